# Every target sets up what it needs: a virtual environment in .venv with pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: shapes setup demo test run lint bench test-lowest clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt packaging/setup.sh
	PYTHON=$(PYTHON) sh packaging/setup.sh $(VENV)
	@touch $@

demo: setup
	$(BIN)/vosapp demo

test: setup
	sh packaging/run-tests.sh $(BIN)

# The oldest versions that pyproject.toml allows, in an environment of their own.
test-lowest:
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet -r packaging/lowest.txt
	.venv-lowest/bin/python -m pip install --quiet --no-deps -e .
	sh packaging/run-tests.sh .venv-lowest/bin tests/unit tests/contracts tests/gui

run: setup
	$(BIN)/vosapp

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m tests.bench --write

# How shapes meet true masks, drawn by ourselves and, where it is installed, by MLT's renderer.
shapes: setup
	$(BIN)/python -m tests.shapes demo blackswan libby

# Kills, hostile files and a soak: half an hour and more. See docs/reliability.md.
attack: setup
	$(BIN)/python -m tests.attack

clean:
	rm -rf $(VENV) .venv-lowest build dist demo-output
