# Every recipe brings its environment up to date first; nothing is installed outside .venv.
PYTHON ?= python3
UV ?= uv
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed

.PHONY: help start install install-dev test test-fast test-long check fix vendor lock bench browser clean-test

help:
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

start: install ## set up everything and run the product
	@$(BIN)/samlop start $(ARGS)

install: $(RUN) ## .venv with the locked dependencies

install-dev: $(DEV) ## the same, with the tools for tests and checks

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Samløp needs Python 3.11 or newer (set PYTHON=…)."; exit 1; }
	@echo "Making .venv"
	@$(PYTHON) -m venv $(VENV)

$(RUN): requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked dependencies"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): requirements-dev.lock $(RUN)
	@echo "Installing the locked tools for tests and checks"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

test: install-dev browser ## every test
	@$(BIN)/python -m $(if $(filter 1,$(SAMLOP_SKIP_BROWSER)),pytest -m "not browser and not long",tests)

test-fast: install-dev ## every test but the browser ones
	@$(BIN)/python -m pytest -m "not browser and not long"

test-long: install-dev browser ## the full-size kill, race and volume runs
	@$(BIN)/python -m pytest -m long

browser:
	@tools/ensure-browser

check: install-dev ## everything that can be checked without running the product
	@tools/check

fix: install-dev ## let the tools put right what they can
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .
	@git ls-files -co --exclude-standard 'samlop/web/templates/*.html' | xargs -r $(BIN)/djhtml -t 2

vendor: ## copy the front-end files anew after raising a version (needs npm)
	@cd frontend && npm ci --silent && $(PYTHON) vendor.py

lock: ## write both lock files anew (needs uv)
	@$(UV) pip compile -q pyproject.toml --group build --universal --generate-hashes --no-header --no-annotate -o requirements.lock
	@$(UV) pip compile -q pyproject.toml --group build --group dev --universal --generate-hashes --no-header --no-annotate -c requirements.lock -o requirements-dev.lock

bench: install-dev ## measure the main pages and write docs/benchmarks.md
	@$(BIN)/python -m tests.bench

.PHONY: bench-planner bench-uptake check-reference
REFERENCE ?= ../shared/planner/check.py

bench-planner: install-dev ## measure the planner and write docs/benchmarks-planner.md (LONG=1: all of it)
	@$(BIN)/python -m tests.planner.bench $(if $(LONG),--long) $(if $(ONLY),--only $(ONLY))

bench-uptake: install-dev ## an import beside COPY, pages over ten million figures: docs/benchmarks-uptake.md
	@$(BIN)/python -m tests.bench.uptake

check-reference: install-dev ## compare our checker of plans with the reference one (REFERENCE=check.py)
	@$(BIN)/python -m tests.planner.reference $(REFERENCE)
