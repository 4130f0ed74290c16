# Two commands matter: `make demo` and `make test`. Both install what they need first.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := demo
export LC_ALL := C.UTF-8
export PYTHONUTF8 := 1

# Names of programs only, relative to here: the path of the checkout may contain a blank.
PYTHON := .venv/bin/python
UV := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --quiet \
	--custom-compile-command "make lock"

.PHONY: demo test test-long bench mutants verify-external lock pictures clean

demo: ## Cairn with a database, a worker and sample data on http://localhost:8000 (PORT=8001 for another port)
	@bash scripts/bootstrap.sh demo
	@exec $(PYTHON) -m config.demo

test: ## every check and test
	@bash scripts/bootstrap.sh test
	@exec bash scripts/check.sh

test-long: ## the same, with the tests that take minutes
	@bash scripts/bootstrap.sh test
	@CAIRN_TEST_LONG=1 exec bash scripts/check.sh

bench: ## measured figures, on a database of its own (SIZE=large; ARGS=--write puts them into docs/figures.md)
	@bash scripts/bootstrap.sh test
	@SIZE="$(or $(SIZE),usual)" exec $(PYTHON) -m tests.benchmarks --write

mutants: ## guards removed one by one, which tests notice (SEED=2 COUNT=80 draws others; ARGS=--again, --list or --write)
	@bash scripts/bootstrap.sh test
	@SEED="$(SEED)" COUNT="$(COUNT)" exec $(PYTHON) -m tests.mutants $(ARGS)

verify-external: ## independent verifiers against what the demo has signed (EXPORT=folder for another export); needs node
	@bash scripts/bootstrap.sh test
	@$(PYTHON) -m pytest -q tests/external/published.py
	@exec $(PYTHON) -m tests.external

pictures: ## screenshots of the main pages into var/pictures; those of the README into docs/pictures
	@bash scripts/bootstrap.sh test
	@CAIRN_PICTURES=var/pictures exec $(PYTHON) -m pytest tests/journeys -s

lock: ## the hash-locked requirements, anew from pyproject.toml (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv on the PATH: https://docs.astral.sh/uv/"; exit 2; }
	$(UV) -o requirements.lock
	$(UV) --group test -c requirements.lock -o requirements-test.lock

clean: ## removes var/ (the demo's data!) and caches, keeps .venv
	@if [ -e var/demo/supervisor.lock ] && ! flock --nonblock var/demo/supervisor.lock true; then \
		echo "A demo is running: stop it first (Ctrl-C in its terminal)."; exit 2; fi
	@echo "Removing var/ with the demo's database, and the caches of the tools."
	@rm -rf var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
