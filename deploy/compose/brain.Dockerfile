# 机器人（Rasa 和动作两个进程用同一个镜像）。在仓库根目录：docker build -f deploy/compose/brain.Dockerfile -t luebao-brain .
# 模型在构建时训练，约1分半；学了新例句（data/nlu/learned.yml）要重新构建。
FROM python:3.10-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock README.md ./
COPY luebao luebao
ENV UV_PROJECT_ENVIRONMENT=/app/.venv UV_LINK_MODE=copy
RUN uv sync --locked --no-default-groups --group rasa --no-python-downloads
COPY config.yml domain.yml endpoints.yml credentials.yml ./
COPY brain brain
COPY actions actions
COPY scripts scripts
COPY knowledge knowledge
COPY data data
ENV RASA_TELEMETRY_ENABLED=false PYTHONPATH=/app TF_CPP_MIN_LOG_LEVEL=3
RUN .venv/bin/python -m scripts.train

FROM python:3.10-slim-bookworm
RUN useradd --system --uid 10002 --home-dir /var/lib/luebao --create-home luebao
COPY --from=build /app /app
WORKDIR /app
USER 10002
# 一条消息太小，不值得几个线程分（docs/decisions/0008-costs-removed.md）
ENV PATH=/app/.venv/bin:$PATH PYTHONPATH=/app PYTHONUNBUFFERED=1 RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 \
    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 SANIC_HOST=127.0.0.1 LUEBAO_ACTIONS_PORT=5055 LUEBAO_KNOWLEDGE=/app/knowledge \
    LUEBAO_TRACKER_URL=sqlite:////var/lib/luebao/tracker.db
VOLUME /var/lib/luebao
EXPOSE 5005
CMD ["python", "-m", "rasa", "run", "--model", "models/luebao.tar.gz", "--interface", "0.0.0.0", "--port", "5005"]
