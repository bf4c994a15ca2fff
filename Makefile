# One word per habit. `make` alone prints them.

PYTHON ?= python3
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2> /dev/null)
# `make test PYTHON=python3.13` works beside the default environment, not over it.
VENV := .venv$(if $(filter-out python3,$(PYTHON)),-$(notdir $(PYTHON)))
BIN := $(VENV)/bin
READY := $(VENV)/.made-$(VERSION)
ROOMS := bot db delivery exchange handlers locales model names services simulator views
PIN := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --custom-compile-command 'make pins' $(if $(UPGRADE),--upgrade)
COMPILE := $(PIN) --extra postgres pyproject.toml
EXTRACT := $(BIN)/pybabel --quiet extract -F babel.cfg -k pgettext:1c,2 \
	--add-comments=Translators: --add-location=never --no-wrap --sort-output \
	--project=Vestka --version=0 --last-translator=Vestka \
	--msgid-bugs-address=CONTRIBUTING.md -o build/messages.pot $(filter-out simulator,$(ROOMS))
UPDATE := $(BIN)/pybabel --quiet update -i build/messages.pot --previous --no-fuzzy-matching \
	--no-wrap --ignore-pot-creation-date --ignore-obsolete

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_RETRIES := 10
export PIP_TIMEOUT := 60

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help ready demo test lint format types contracts messages catalogues check-api screenshot bench pins clean

help: ## print these words
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Made anew for another Python; brought up to date when the pins change.
$(READY): requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else 1)' 2> /dev/null || \
		{ echo 'Vestka needs Python 3.11 or newer: make PYTHON=python3.13 …' >&2; exit 1; }
	$(PYTHON) -m venv $(if $(wildcard $@),,--clear) $(VENV)
	$(BIN)/pip install --quiet --require-hashes --only-binary :all: -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

ready: $(READY) ## make the environment that all the others work in

demo: $(READY) ## try the bot in the browser: no token, public figures of a real release
	$(BIN)/vestka demo

# The order is shuffled, but alike in every run; pytest by itself tries another each time.
test: $(READY) ## run every test and measure what they cover (ARGS=… for pytest)
	$(BIN)/python -m pytest -n 2 --randomly-seed=2025 --cov --cov-report= $(ARGS)
	$(BIN)/coverage report --fail-under=90
	$(BIN)/coverage report --fail-under=100 --include='services/*,db/*,delivery/*,names/*'

lint: $(READY) ## look for slips and uneven form
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

format: $(READY) ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

types: $(READY) ## check the types
	$(BIN)/mypy

contracts: $(READY) ## check which room imports which
	$(BIN)/lint-imports

# What differs from day to day or from version to version is left out of the template.
build/messages.pot: $(READY) FORCE
	@mkdir -p build
	@$(EXTRACT)
	@sed -e '/^# /d' -e '/^#$$/d' -e '/^"POT-Creation-Date/d' -e '/^"Generated-By/d' $@ > $@.new
	@mv $@.new $@
FORCE:

messages: build/messages.pot ## gather the words to translate into the catalogues
	cp build/messages.pot locales/messages.pot
	$(UPDATE) -d locales

catalogues: build/messages.pot ## check that the catalogues hold every word, as gathered
	@rm -rf build/locales
	@cp -R locales build/locales
	@cp build/messages.pot build/locales/messages.pot
	@$(UPDATE) -d build/locales
	@diff -ru locales build/locales || { echo 'The catalogues are behind: make messages' >&2; exit 1; }

check-api: $(READY) ## hold the stand-in against Telegram's own description (SPEC=file)
	$(BIN)/python -m simulator.check_api $(SPEC)

screenshot: $(READY) ## picture the demo for the README, after its tour in a browser
	SCREENSHOT=$(CURDIR)/docs/pictures/demo.png $(BIN)/python -m pytest -q tests/browser

bench: $(READY) build/bench/.made ## measure how fast and how right
	$(BIN)/python -m benchmarks

# What Vestka is measured against.
build/bench/.made: requirements/bench.txt
	$(PYTHON) -m venv --clear build/bench
	build/bench/bin/pip install --quiet --require-hashes --only-binary :all: -r $<
	@touch $@

pins: $(READY) ## pin what pyproject.toml asks for (UPGRADE=1 takes the newest)
	$(COMPILE) --output-file requirements/run.txt > /dev/null
	$(COMPILE) --group test --group lint --group build --constraint requirements/run.txt \
		--output-file requirements/dev.txt > /dev/null
	$(PIN) --group bench --output-file requirements/bench.txt > /dev/null

clean: ## throw away what was made
	rm -rf .venv .venv-* build dist .coverage .coverage.* htmlcov \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
