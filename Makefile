# Every target sets up what it needs, in .venv, on its first run.
# PYTHON chooses the interpreter that makes .venv (3.11 or newer): by default the
# system's own if that is new enough, since distributions build theirs with all
# optimisations. One that pyenv has built as it comes is a fifth slower.
system = /usr/bin/python3
suits = import ensurepip, sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell $(system) -c '$(suits)' 2>/dev/null && echo $(system) || echo python3)
BIN := .venv/bin
SHELL := /bin/sh

.DEFAULT_GOAL := help
.PHONY: help setup demo test suite check docs clients terraform format lock bench kill soak prove mutation fuzz grants screenshot clean

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.installed ## the local virtual environment

# The newest pip: an older one takes a package with an extra for another, unpinned
# one, and refuses the hashed list as soon as that package has a newer version.
# Twice quiet, since setuptools frames a warning that is of no mistake.
.venv/.installed: requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "dropbatch needs Python 3.11 or newer, this is %d.%d: make PYTHON=python3.12 ..." % v[:2])'
	test -x $(BIN)/python || $(PYTHON) -m venv --upgrade-deps .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What the deployed functions install, so that a test of the archive needs no
# network: tests talk to this machine only.
.venv/wheels: requirements.txt | .venv/.installed
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --require-hashes -r requirements.txt -d $@
	@touch $@

# The other major of google-genai: no environment can hold both.
.venv/genai3/.installed: requirements-genai3.txt | .venv/.installed
	$(BIN)/python -m venv --clear --without-pip .venv/genai3
	$(BIN)/python -m pip --python .venv/genai3 install --quiet --disable-pip-version-check --require-hashes -r requirements-genai3.txt
	@touch $@

# What reads the Terraform configuration for what should not be in one.
.venv/checkov/.installed: requirements-checkov.txt | .venv/.installed
	$(BIN)/python -m venv --clear --without-pip .venv/checkov
	$(BIN)/python -m pip --python .venv/checkov install --quiet --disable-pip-version-check --require-hashes -r requirements-checkov.txt
	@touch $@

# What plants mistakes; it runs the tests with what `.venv` has.
.venv/mutation/.installed: requirements-mutation.txt | .venv/.installed
	$(BIN)/python -m venv --clear --without-pip .venv/mutation
	$(BIN)/python -m pip --python .venv/mutation install --quiet --disable-pip-version-check --require-hashes -r requirements-mutation.txt
	@touch $@

# A file's name is data, whatever characters it has.
quoted = '$(subst ','\'',$(1))'
demo: setup ## the main job on the local cloud (FILE=my.jsonl for your own)
	@FILE=$(call quoted,$(value FILE)); $(BIN)/dropbatch demo $${FILE:+-- "$$FILE"}

# Tests of what could not be set up are skipped, and fail with CI=true.
test: .venv/wheels .venv/genai3/.installed .venv/checkov/.installed ## lint, format, strict types, every test
	-@$(BIN)/python -m tests.clients.installing
	-@$(BIN)/python -m tests.terraform.installing
	@$(MAKE) --no-print-directory --jobs 2 check suite

# Tests wait for other processes often enough that two cores have time for four.
# Each of those, and what they begin, would compile the same code again where an
# environment says not to keep what was compiled.
suite: export PYTHONDONTWRITEBYTECODE =
suite: setup
	$(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder

check: setup ## lint, format and strict types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@if command -v terraform >/dev/null; then set -x; terraform fmt -check -recursive terraform; \
	else echo "terraform/ is not checked: no terraform here"; fi
	$(BIN)/mypy

docs: setup ## write the pages that are made from the code
	$(BIN)/python -m pages.write

clients: setup ## Google's clients in Node.js, Go and Java, for the tests
	$(BIN)/python -m tests.clients.installing

terraform: setup ## the providers that Terraform needs, for the tests
	$(BIN)/python -m tests.terraform.installing

bench: setup ## the figures: imports, checks, large files, uploads, the simulator, and memory
	$(BIN)/python -m benchmarks.cold_start
	$(BIN)/python -m benchmarks.preflight
	$(BIN)/python -m benchmarks.large_files
	$(BIN)/python -m benchmarks.uploads
	$(BIN)/python -m benchmarks.simulator

kill: setup ## 200 functions killed at random moments (KILLS=, SEED=)
	$(BIN)/python -m tests.e2e.killing --kills $(or $(KILLS),200) --seed $(or $(SEED),7)

soak: setup ## everything that can go wrong, at random, for ten minutes (MINUTES=, SEED=)
	$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),10) --seed $(or $(SEED),7)

prove: setup ## every pair of mishaps, every schedule, thousands of days and lives, the door (WHAT=pairs, schedules, days, crowds, lives, door; SEED=)
	$(BIN)/python -m tests.properties.prove $(or $(WHAT),all) --seed $(or $(SEED),7)

mutation: .venv/mutation/.installed ## a thousand small mistakes in the ledger and the submission (half an hour), and which of them no test sees
	rm -rf mutants
	PYTHONPATH="$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" .venv/mutation/bin/mutmut run --max-children 2
	@$(BIN)/python -m tests.mutation_score

fuzz: setup ## mutated lines against the check and a second opinion (ROWS=1000000, SEED=7; some minutes)
	$(BIN)/python -m tests.corpus.fuzzing --rows $(or $(ROWS),1000000) --seed $(or $(SEED),7)

grants: setup ## each grant taken away in turn (a minute and a half)
	EACH_GRANT=all $(BIN)/python -m pytest tests/e2e/test_each_grant.py

screenshot: setup ## take the picture of the local cloud's page again
	$(BIN)/python -m tests.page.screenshot docs/local-cloud/page.png

format: setup ## let ruff rewrite what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The compiled files name no registry: whoever installs decides where from.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate
lock: setup ## compile each requirements file, with hashes
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) pyproject.toml --extra local --group dev -c requirements.txt -o requirements-dev.txt
	$(COMPILE) --group genai3 -o requirements-genai3.txt
	$(COMPILE) --group checkov -o requirements-checkov.txt
	$(COMPILE) --group mutation -c requirements-dev.txt -o requirements-mutation.txt

clean: ## remove .venv and caches
	rm -rf .venv .build mutants demo-results .mypy_cache .pytest_cache .ruff_cache *.egg-info
