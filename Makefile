# The project's commands. `make setup` brings all they need; the others call it first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
.PHONY: setup sandbox demo test check bench kills faults corpus etiquette

# What the tests need beside the demo: a browser, MariaDB, older and newer WordPresses, a corpus.
setup: sandbox
	@sh .ci/packages.sh tests
	@$(BIN)/python -m wp_sync.sandbox.download --all
	@sh .ci/corpus.sh $(BIN)/python

sandbox: $(READY)
	@sh .ci/packages.sh
	@$(BIN)/python -m wp_sync.sandbox.download

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --compile --editable '.[fulltext]' --group dev
	@touch $@

demo: sandbox
	$(BIN)/wp-sync demo $(ARGS)

# Two at a time: most of it waits for real WordPresses. A file's tests stay together, in order.
test: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python tests/bench_startup.py
	$(BIN)/python tests/bench_publish.py $(ARGS)
	$(BIN)/python tests/bench_sources.py

# All of feedparser's own test files, of which `make test` reads one in sixteen.
corpus: setup
	WP_SYNC_CORPUS=all $(BIN)/python -m pytest tests/sources/test_corpus.py $(ARGS)

kills: setup
	WP_SYNC_KILLS=50 $(BIN)/python -m pytest tests/pipeline/test_kills.py $(ARGS)

# The whole programme of faults, in at most three hours; ARGS="--list" names its classes.
faults: setup
	$(BIN)/python tests/lab/faults.py $(ARGS)

# Fourteen simulated days of 200 feeds and 50 kills: what publishers saw, as a score sheet.
etiquette: setup
	$(BIN)/python tests/etiquette.py $(ARGS)
