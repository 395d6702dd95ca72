# The project's commands. `make setup` brings all they need; the others call it first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
.PHONY: setup sandbox demo test check bench kills faults corpus etiquette hostile

# What the tests need beside the demo: a browser, MariaDB, older and newer WordPresses, corpora.
setup: sandbox
	@sh .ci/packages.sh tests
	@$(BIN)/python -m wp_sync.sandbox.download --all
	@sh .ci/corpus.sh $(BIN)/python
	@sh .ci/trees.sh $(BIN)/python
	@sh .ci/vectors.sh $(BIN)/python

sandbox: $(READY)
	@sh .ci/packages.sh
	@$(BIN)/python -m wp_sync.sandbox.download

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --compile --editable '.[fulltext,lang]' --group dev
	@touch $@

# Without a PHP it ends in pages, and says so.
demo: $(READY)
	@if sh .ci/packages.sh; then $(BIN)/python -m wp_sync.sandbox.download; fi
	$(BIN)/wp-sync demo $(ARGS)

# Three at a time: most of it waits for real WordPresses. A file's tests stay together, in order.
test: setup
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python tests/bench_startup.py
	$(BIN)/python tests/bench_publish.py $(ARGS)
	$(BIN)/python tests/bench_sources.py
	$(BIN)/python tests/bench_clean.py
	$(BIN)/python tests/bench_topics.py
	$(BIN)/python tests/bench_pictures.py
	$(BIN)/python tests/bench_duplicates.py

# All of feedparser's and Pillow's own test files, of which `make test` reads a part.
corpus: setup
	WP_SYNC_CORPUS=all $(BIN)/python -m pytest tests/sources/test_corpus.py \
	    tests/publish/test_picture_corpus.py $(ARGS)

kills: setup
	WP_SYNC_KILLS=50 $(BIN)/python -m pytest tests/pipeline/test_kills.py $(ARGS)

# The whole programme of faults, in at most three hours; ARGS="--list" names its classes.
faults: setup
	$(BIN)/python tests/lab/faults.py $(ARGS)

# Fourteen simulated days of 200 feeds and 50 kills: what publishers saw, as a score sheet.
etiquette: setup
	$(BIN)/python tests/etiquette.py $(ARGS)

# Attacks on readers and editors: published, and opened in a browser, field by field.
hostile: setup
	$(BIN)/python tests/hostile.py $(ARGS)
