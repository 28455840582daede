# Every target sets up what it needs: a virtual environment in .venv with pinned versions.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: shapes setup demo test run lint bench test-lowest smoke-wheel package package-check package-lock clean

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

# The wheel in a fresh environment outside the checkout.
smoke-wheel: setup
	sh packaging/smoke-wheel.sh $(BIN)

# The bundle and the packages around it for the machine that this runs on; needs Python 3.11. See docs/install.md.
package:
	$(PYTHON) packaging/installer/build.py

# Installs those packages into a fresh minimal Debian, uses and removes them there. Needs root and debootstrap.
package-check:
	bash packaging/installer/linux/check.sh

# The versions and hashes that bundles are built from, after constraints.txt changed.
package-lock:
	build/package/environment/bin/python packaging/installer/lock.py

clean:
	rm -rf $(VENV) .venv-lowest build dist demo-output
