# The commands of the project. Each sets up what it needs; each is safe to repeat.
#   PYTHON=…     the Python to build the environment with (3.11 or newer)
#   PORT=8000    where the pages are served
#   ANLAN_VAR=…  the data folder (default: var)

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo test lint format unit bench clean

help: ## 显示这些命令
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

setup: ## 只准备运行环境（.venv 和前端文件）
	@$(PYTHON) tools/bootstrap.py

setup-dev: ## 准备开发和测试环境
	@$(PYTHON) tools/bootstrap.py --dev

run: setup ## 准备并运行：数据库、网页、后台任务、监测（Ctrl-C 全部停止）
	@exec $(BIN)/anlan run --with-parent

demo: setup ## 同 run，并载入标明为演示的一年数据
	@exec $(BIN)/anlan run --with-parent --demo

# Both halves always run: a missing blank must not hide a broken test.
test: setup-dev ## 检查代码并运行全部测试（含浏览器测试）
	@failed=; \
	$(MAKE) --no-print-directory lint || failed="$$failed lint"; \
	$(MAKE) --no-print-directory unit || failed="$$failed unit"; \
	if [ -n "$$failed" ]; then echo "没有通过：$$failed" >&2; exit 1; fi

lint: setup-dev ## 只检查代码
	@failed=; \
	for check in "ruff check ." "ruff format --check ." "mypy" "lint-imports" "djlint --lint src"; do \
		echo "\$$ $$check"; $(BIN)/$$check || failed="$$failed [$$check]"; \
	done; \
	if [ -n "$$failed" ]; then echo "没有通过：$$failed" >&2; exit 1; fi

format: setup-dev ## 按统一格式改写代码
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

unit: setup-dev ## 只运行测试；PYTEST_ARGS 传给 pytest
	$(BIN)/pytest -n $(if $(DATABASE_URL),0,2) --dist loadgroup $(PYTEST_ARGS)

bench: setup-dev ## 运行性能测试
	@for file in tests/bench/bench_*.py; do \
		$(BIN)/python -m tests.bench.$$(basename $$file .py) || exit 1; \
	done

clean: ## 删除环境和生成的文件（不动数据文件夹）
	rm -rf .venv static-vendor frontend/node_modules build .mypy_cache .ruff_cache .pytest_cache
