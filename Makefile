# 鲁e宝。单独执行 make 列出全部命令。
PY := .venv/bin/python
LIBPY := .venv-library/bin/python
FRONT_QUICK := tests/brain tests/docs tests/test_cli.py tests/test_serving.py $(addprefix tests/wechat/test_,codec.py messages.py render.py) tests/sms/test_texts.py \
	$(addprefix tests/inbox/test_,alongside.py leased.py messages.py copies.py faults_checker.py sending.py handoff.py front_itself.py overtaking.py files.py) \
	$(addprefix tests/desk/test_,assistant_search.py assistant_cards.py assistant_work.py callbacks.py conversations.py conversations_race.py insight.py \
	insight_export.py knowledge_view.py learning.py live_search.py office.py)
.DEFAULT_GOAL := help
.PHONY: help setup setup-library setup-front run chat ask train learn rollback test test-front eval bench check clean

help:            ## 列出全部命令
	@grep -hE '^[a-z-]+: .*##|^[a-z-]+:  +##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | awk -F'\t' '{printf "  make %-14s %s\n", $$1, $$2}'

setup:           ## 建好运行环境 .venv（run、test 会自动执行）
	@scripts/setup.sh brain

setup-library:   ## 建好只含 luebao 的环境 .venv-library（test 会自动执行）
	@scripts/setup.sh library

setup-front:     ## 建好面向市民的服务的环境 front/.venv（run 会自动执行）
	@scripts/setup.sh front

run: setup setup-front  ## 一条命令启动：建环境、必要时训练、启动服务；Ctrl-C 停止
	@$(PY) -m scripts.serve

chat: setup      ## 在终端里和它对话（先 make run）
	@$(PY) -m scripts.chat

ask: setup       ## 问一句：make ask Q="医保转移多久能办好" [AS_OF=2027-01-31]
	@$(PY) -m scripts.client "$(Q)" "$(AS_OF)"

train: setup     ## 重新训练模型
	@$(PY) -m scripts.train --force

learn: setup setup-front ## 学市民的问法：训练工作台上接受的例句，检验没有变差就换上（不停机）
	@$(PY) -m scripts.learn

rollback: setup setup-front ## 退回上一个模型（不停机），它学的例句也退出来
	@$(PY) -m scripts.learn --roll-back

test: setup setup-library  ## 跑全部测试（必要时先训练）
	@$(PY) -m scripts.train
	$(PY) -m pytest
	$(LIBPY) -m pytest tests/luebao

test-front: setup-front ## 面向市民的服务的测试：快的部分；ALL=1 连同真浏览器、真短信网关（要装 chromium、kannel）
	cd front && .venv/bin/ruff check . && .venv/bin/mypy front && .venv/bin/python -m pytest $(if $(ALL),,$(FRONT_QUICK))

bench: setup      ## 和照文档搭的 Rasa 并排量：make bench [SECTIONS="latency turns"]；第一次要训练一个多小时
	@$(PY) -m benchmarks.bench $(SECTIONS)

eval: setup       ## 评测：用从未训练过的题量一量、画出图；GATE=--gate 变差就失败，GATE=--keep 记下这次的结果
	@$(PY) -m evaluation $(GATE)

check: setup setup-library ## 提交前：格式、静态检查、类型、知识库、全部测试
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m luebao knowledge check
	@$(MAKE) --no-print-directory test test-front

clean:           ## 删掉环境、模型和运行记录
	rm -rf .venv .venv-library front/.venv .tools .run models .rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
