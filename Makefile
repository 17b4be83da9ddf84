# make run      installs into .venv what is missing, runs a scenario, prints its summary and where the report is
# make test     the test suite         make lint   style          make types   static types
# make validate what takes long: what texts say (a table), a plain model, kills and restarts, other examples than make test's
# make wheel    a wheel in dist/, for use without this folder
# make bench    measures speed         make gallery   the pictures of the texts
# make load     forty students at once on the classroom page, about 22 minutes
# make clean  removes .venv and caches; results/ stays
#
# Another Python: make run PYTHON=python3.12      Another scenario: make run SCENARIO=scenarios/seminar.yaml

NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do $$p $(NEW_ENOUGH) 2>/dev/null && echo $$p && break; done)
SCENARIO ?= scenarios/baseline.yaml
PYTEST_ARGS ?= -n 2 --dist worksteal
BIN := .venv/bin
# What is compiled is kept, whatever the shell says: the tests start a hundred processes, and each would compile anew.
COMPILED := PYTHONDONTWRITEBYTECODE=
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test validate wheel lint types bench load gallery clean

run: .venv/installed
	@$(BIN)/sim run $(SCENARIO)

test: .venv/installed-dev
	@$(COMPILED) $(BIN)/python -m pytest $(PYTEST_ARGS)

validate: .venv/installed-dev
	-@$(BIN)/sim claims --models 60 -n 100
	@$(COMPILED) $(BIN)/python -m pytest $(PYTEST_ARGS) -m "validate or hypothesis" --hypothesis-profile=validate

wheel: .venv/installed
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps -w dist .
	@ls dist/*.whl

lint: .venv/installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: .venv/installed-dev
	@$(BIN)/mypy

bench: .venv/installed-dev
	@$(BIN)/python -m tests.bench

load: .venv/installed-dev
	@$(BIN)/python -m tests.bench.classroom

gallery: .venv/installed-dev
	@$(BIN)/python -m tests.gallery

clean:
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An empty stamp says that what pyproject.toml asks for is there; nothing is asked of the network until that file changes.
.venv/installed: pyproject.toml | $(BIN)/python
	@echo "Installing the simulator and what it stands on into .venv (once, a minute or two) ..."
	@$(PIP) -e ".[web,analysis]"
	@touch $@

.venv/installed-dev: pyproject.toml | $(BIN)/python
	@echo "Installing the simulator and the tools that test it into .venv (once, a minute or two) ..."
	@$(PIP) -e '.[dev]'
	@touch .venv/installed $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed. If it is somewhere unusual: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) $(NEW_ENOUGH) 2>/dev/null || { echo "$(PYTHON) is no Python 3.11 or newer. Another one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "This Python makes no virtual environments; on Debian: apt install python3-venv" >&2; exit 1; }
