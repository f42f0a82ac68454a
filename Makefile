# From a bare machine to a solved problem (`make solve`) or to every check (`make test`). `make` alone lists the tasks.
#
# Each step runs only when something it depends on has changed: the stamps in .venv/ carry a hash of pyproject.toml,
# constraints.txt and the processor's features, so that a warm run costs seconds.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# The first Python that is new enough and can make virtual environments; PYTHON=... on the command line overrides it.
PYTHON = $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
KEY := $(shell { cat pyproject.toml constraints.txt; grep -m1 -i '^\(flags\|features\)' /proc/cpuinfo || uname -m; } \
	| sha256sum | cut -c1-16)
PACKAGES := $(VENV)/.packages-$(KEY)
EVALPLUS := $(VENV)/evalplus/bin/python
ENGINE := $(VENV)/.engine-$(KEY)
PIP := $(BIN)/python -m pip --disable-pip-version-check

MODEL := qwen2.5-coder-1.5b-instruct-q4_k_m
SMALL_MODEL := smollm2-135m-instruct-q4_1
EXAMPLE ?= warmest_stretch

.PHONY: help tools languages browser apt setup weights solve test lint unit bench docs clean

help: ## List the tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# What pip cannot bring: a Python with venv and a C++ compiler; for the tests also what the sandbox runs programs of other
# languages with. It is installed only by root, and then only where nobody can be asked (CI, no terminal) or HI_MOE_APT=1
# says so; anybody else is told the command.
tools: ## Check for Python >= 3.11 and a C++ compiler, the two things that pip cannot bring
	@missing=""; \
	[ -n "$(PYTHON)" ] || missing="python3 python3-venv"; \
	command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || missing="$$missing g++"; \
	[ -n "$$missing" ] || exit 0; $(MAKE) apt MISSING="$$missing"

# The sandbox itself is asked: it uses only what lies below /usr, so a compiler that built the engine may not do, nor a
# Node.js in somebody's home.
define MISSING_PACKAGES
import sys
from sandbox.languages.cpp import Cpp
from sandbox.languages.javascript import JavaScript
from sandbox.languages.toolchain import ToolchainMissing
for open_language in (Cpp, JavaScript):
    try:
        open_language()
    except ToolchainMissing as missing:
        print("error:" if not missing.package else "missing:", missing, file=sys.stderr)
        if not missing.package:
            sys.exit(3)
        print(missing.package)
endef
export MISSING_PACKAGES

languages: $(PACKAGES) ## Check for the GCC and the Node.js that the sandbox runs programs with
	@missing="$$($(BIN)/python -c "$$MISSING_PACKAGES")"; \
	[ -n "$$missing" ] || exit 0; $(MAKE) apt MISSING="$$(echo $$missing)"; \
	[ -z "$$($(BIN)/python -c "$$MISSING_PACKAGES")" ]

browser: ## Check for the Chromium that tests look at reports with
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; \
	$(MAKE) apt MISSING=chromium

apt:
	@command="apt-get update && apt-get install -y --no-install-recommends $(MISSING)"; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && { [ -n "$${CI:-}$${HI_MOE_APT:-}" ] || [ ! -t 0 ]; }; then \
		echo "installing: $(MISSING)"; \
		export DEBIAN_FRONTEND=noninteractive; eval "$$command"; \
	else \
		echo "error: missing: $(MISSING); as root: $$command" >&2; exit 3; \
	fi

$(PACKAGES):
	@$(MAKE) tools
	@if ! $(BIN)/python -c pass 2>/dev/null; then \
		python="$(PYTHON)"; \
		[ -n "$$python" ] || { echo "error: no Python >= 3.11 with venv was found; install one and name it: make setup PYTHON=/path/to/python3" >&2; exit 3; }; \
		echo "making $(VENV) with $$($$python --version)"; $$python -m venv --clear $(VENV); \
	fi
	$(PIP) install -q -c constraints.txt hatchling editables
	$(PIP) install -c constraints.txt --no-build-isolation -e '.[evals,ray,remote,dev]'
	@rm -f $(VENV)/.packages-*; touch $@

# The engine has no wheel on the index: one is compiled for this processor, tried with the small model, kept in a cache.
$(ENGINE): $(PACKAGES)
	@$(BIN)/hi-moe models pull $(SMALL_MODEL)
	$(BIN)/python -m serving.build_llama --install
	$(PIP) install -q -c constraints.txt --no-build-isolation -e '.[embedded,evals,ray,remote,dev]'
	@rm -f $(VENV)/.engine-*; touch $@

setup: $(ENGINE) ## Make .venv with hi-moe, its engine and its tools

weights: setup ## Fetch and check the weights: the default model and the small one of the tests
	@$(BIN)/hi-moe models pull $(MODEL)
	@$(BIN)/hi-moe models pull $(SMALL_MODEL)

solve: setup ## Solve a shipped contest problem, live on screen (EXAMPLE=name picks another one)
	@$(BIN)/hi-moe models pull $(MODEL)
	$(BIN)/hi-moe solve --example $(EXAMPLE)

lint: setup ## Ruff, mypy and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: languages browser weights $(EVALPLUS) ## Every test, with branch coverage
	$(BIN)/python -m pytest --cov --cov-branch --cov-report=term --cov-fail-under=90

test: lint unit ## Every check: lint and tests

bench: weights $(EVALPLUS) ## The benchmarks that need nothing but the weights; each prints ratios
	@for bench in startup isolation intake overhead engine routing; do echo "== $$bench"; $(BIN)/python bench/$$bench.py; done
	@echo "== sandbox"; $(BIN)/python bench/sandbox.py --evalplus-python $(EVALPLUS)

# EvalPlus asks for far more than its executor imports, so it has an environment of its own.
$(EVALPLUS): $(PACKAGES)
	$(BIN)/python -m venv --clear $(VENV)/evalplus
	$(VENV)/evalplus/bin/python -m pip install -q --no-deps evalplus==0.3.1
	$(VENV)/evalplus/bin/python -m pip install -q numpy psutil

docs: setup ## Renew the table of settings in docs/configuration.md
	@sed -i '/^| key /,$$d' docs/configuration.md
	@$(BIN)/hi-moe config keys >> docs/configuration.md

clean: ## Remove what make made here; weights and built wheels stay in the cache folder
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage .hypothesis
