# 面向市民的服务。在仓库根目录：docker build -f deploy/compose/front.Dockerfile -t luebao-front .
FROM python:3.12-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml README.md ./
COPY luebao luebao
COPY front front
ENV UV_PROJECT_ENVIRONMENT=/app/front/.venv UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN uv sync --project front --locked --no-default-groups --no-python-downloads

FROM python:3.12-slim-bookworm
# pg_dump、pg_restore：front backup、front restore 用；版本要不低于数据库的
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/luebao --create-home luebao
COPY --from=build /app /app
COPY knowledge /app/knowledge
WORKDIR /app/front
USER 10001
ENV PATH=/app/front/.venv/bin:$PATH PYTHONUNBUFFERED=1 LUEBAO_RUN=/var/lib/luebao LUEBAO_KNOWLEDGE=/app/knowledge
VOLUME /var/lib/luebao
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/livez', timeout=3)"]
ENTRYPOINT ["front"]
CMD ["serve", "--port", "8000"]
