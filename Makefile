# make run    set up, then serve the chat page
# make test   set up, system packages included, then the whole suite
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AXE := tests/web/node_modules/axe-core/axe.min.js

.PHONY: run test setup system screenshots clean

run: $(VENV)/.run
	$(BIN)/bsab serve

test: system $(VENV)/.test $(AXE)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest

setup: $(VENV)/.test $(AXE)

# The browser that the tests of the page drive, and fonts for what it shows.
system:
	scripts/install-system-packages chromium fonts-noto-cjk
	command -v npm >/dev/null || scripts/install-system-packages npm

$(VENV)/bin/python:
	$(PYTHON) scripts/check-python
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --disable-pip-version-check --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.test: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/pip install --disable-pip-version-check --quiet --constraint constraints.txt --editable '.[test]'
	touch $@ $(VENV)/.run

# What the tests of the page judge its accessibility by.
$(AXE): tests/web/package.json tests/web/package-lock.json
	npm ci --prefix tests/web --silent --no-audit --no-fund
	touch $@

# Pictures of the real page: all panels, both languages, light and dark, two widths; those in docs/images are renewed.
screenshots: system $(VENV)/.test
	$(BIN)/python -m benchmarks.screenshots --output build/screenshots
	cd docs/images && for picture in *.png; do cp ../../build/screenshots/$$picture $$picture; done

clean:
	rm -rf $(VENV) tests/web/node_modules build *.egg-info
