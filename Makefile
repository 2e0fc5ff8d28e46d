# make run    set up, then serve the chat page
# make check  lint, types, and the tests that need neither a browser nor minutes
# make test   set up, system packages included, then the whole suite
# make bundle one archive, in build/bundle, that installs and runs without any network
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
AXE := tests/web/node_modules/axe-core/axe.min.js

.PHONY: run check lint half other-half coverage test setup system bundle screenshots clean

run: $(VENV)/.run
	$(BIN)/bsab serve

QUICK := -m "not browser and not slow"
HALF := tests/corpus tests/index tests/web

# On two cores, each with half of the tests. The first run takes a minute more: what the model makes of the review is
# kept in .pytest_cache.
check: $(VENV)/.test
	$(MAKE) --jobs=2 --keep-going $(if $(filter output-sync,$(.FEATURES)),--output-sync) lint half other-half

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

half:
	$(BIN)/pytest --quiet $(QUICK) $(HALF)

other-half:
	$(BIN)/pytest --quiet $(QUICK) $(HALF:%=--ignore=%)

# Of what make check runs.
coverage: $(VENV)/.test
	mkdir -p build/coverage
	$(BIN)/coverage run -m pytest --quiet $(QUICK)
	$(BIN)/coverage report

test: system $(VENV)/.test $(AXE) bundle
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest --numprocesses 2 --dist loadfile

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

bundle: build/bundle/.made

# Folders, too: their time tells of a file removed.
build/bundle/.made: build/wheels/.fetched scripts/bundle README.md app.py \
		$(shell find corpus index assistant -name __pycache__ -prune -o -print)
	$(BIN)/python scripts/bundle
	touch $@

# What the program needs at run time; pip wheel, not pip download, since jieba comes as source only.
build/wheels/.fetched: $(VENV)/bin/python pyproject.toml constraints.txt
	rm -rf build/wheels build/lib
	$(BIN)/pip wheel --disable-pip-version-check --quiet --constraint constraints.txt --wheel-dir build/wheels .
	touch $@

# Pictures of the real page: all panels, both languages, light and dark, two widths; those in docs/images are renewed.
screenshots: system $(VENV)/.test
	$(BIN)/python -m benchmarks.screenshots --output build/screenshots
	cd docs/images && for picture in *.png; do cp ../../build/screenshots/$$picture $$picture; done

clean:
	rm -rf $(VENV) tests/web/node_modules build *.egg-info
