# Two commands for a fresh machine with Python 3.11 or newer: `make demo` and `make test`.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
PYTHON ?= $(shell for name in $(CANDIDATES); do "$$name" -c "$(NEW_ENOUGH)" 2>/dev/null && echo "$$name" && break; done)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint docs docs-check bench clean

help:
	@echo "make demo   scan a sample estate on this machine (ARGS='--lang ja', ARGS=--serve)"
	@echo "make test   ruff, mypy, pyright, generated docs, all tests"
	@echo "make lint   the checkers only"
	@echo "make docs   write docs/checks.md, docs/cli.md, docs/policy.md and the list in the README"
	@echo "make bench  the figures of bench/"
	@echo "make clean  remove what the above left behind, $(VENV) included"

demo: $(VENV)/.demo
	@$(BIN)/python -m cloudaudit.demo $(ARGS)

test: lint docs-check
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)
	@echo "make test: ruff, mypy, pyright, generated docs and all tests passed."

lint: $(VENV)/.tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pyright

docs: $(VENV)/.tests
	@$(BIN)/python -m tools.docs

docs-check: $(VENV)/.tests
	@$(BIN)/python -m tools.docs --check

bench: $(VENV)/.tests
	@$(BIN)/python -m bench $(ARGS)

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis demo-out
	find . -type d -name __pycache__ -prune -exec rm -rf {} +

# ------------------------------------------------------------------- the virtual environment

# A marker is newer than what it stands for, so that a second run installs nothing.
$(VENV)/.made:
	@"$(PYTHON)" -c "$(NEW_ENOUGH)" 2>/dev/null || \
	  { echo "cloudaudit needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making the virtual environment $(VENV) with $$("$(PYTHON)" --version) ..."
	@"$(PYTHON)" -m venv $(VENV)
	@$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.demo: $(VENV)/.made pyproject.toml
	@echo "Installing cloudaudit and the sample estate into $(VENV), once ..."
	@$(PIP) install --editable '.[demo]'
	@touch $@

$(VENV)/.tests: $(VENV)/.made pyproject.toml
	@echo "Installing cloudaudit and what its tests need into $(VENV), once ..."
	@$(PIP) install --editable '.[all,spark,athena,bigquery]' --group dev
	@touch $@ $(VENV)/.demo
