# `make help` lists what there is. Only Python 3.11 or later (with venv), make and git are needed on the machine.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first Python that is new enough and can make an environment; else any, which then says what is missing.
FOUND := $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$name"; break; }; done)
SYSTEM_PYTHON := $(or $(FOUND),python3)
PYTHON := .venv/bin/python
# Compiled modules make every later start several times faster.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help
help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup:  ## .venv, node_modules, bundled assets and the classifier, from the lock files
	@command -v $(SYSTEM_PYTHON) >/dev/null || { echo "Python 3.11 or later is needed: apt-get install python3 python3-venv" >&2; exit 1; }
	@$(SYSTEM_PYTHON) tools/bootstrap.py

.PHONY: demo
demo: setup  ## everything with demo data, until Ctrl-C (RESET=1 starts over, PORT=8000)
	@RESET=$(RESET) PORT=$(PORT) exec $(PYTHON) -m config.demo

.PHONY: dev
dev: setup  ## the same with auto-reload, for working on the code
	@RESET=$(RESET) PORT=$(PORT) exec $(PYTHON) -m config.demo --reload

.PHONY: test
test: setup  ## every check and every test, with a summary
	@exec $(PYTHON) tools/check.py

.PHONY: lint
lint: setup  ## style, templates, layers, types: no database, no tests
	@exec $(PYTHON) tools/check.py --lint

.PHONY: faults
faults: setup  ## the long form of the fault tests: 10,000 filings under fire (FAULTS_SEED=…)
	@MULIN_FAULTS=long exec $(PYTHON) tools/check.py --faults

.PHONY: bench
bench: setup  ## speed at 10,000 to a million tickets, beside minimal SQL and a bare view (BENCH="--sizes 10000")
	@exec $(PYTHON) -m benchmarks.run $(BENCH)

.PHONY: messages
messages: setup  ## collect and compile the translations
	@$(PYTHON) tools/messages.py collect && $(PYTHON) tools/messages.py compile

.PHONY: lock
lock: setup  ## pin the newest allowed versions, for every Python from 3.11 on
	@.venv/bin/uv pip compile --upgrade --universal --python-version 3.11 --all-extras --generate-hashes --no-header \
		--quiet pyproject.toml --output-file requirements.lock

.PHONY: clean
clean:  ## stop the services and remove all that can be made again (and the demo's data)
	@test ! -x $(PYTHON) || $(PYTHON) -m config.embedded stop
	@test ! -x $(PYTHON) || MULIN_VAR=var/test $(PYTHON) -m config.embedded stop
	@rm -rf .venv node_modules static/build var .mypy_cache .ruff_cache .import_linter_cache .hypothesis
