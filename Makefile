# Every target works in a fresh clone; what it needs is fetched once and kept in .venv and .tools.
PYTHON ?= python3
BIN := .venv/bin
CODE := portal tests tools $(wildcard bench drills)

.PHONY: help run test sure fast install install-test test-postgres bench drill shots lock policy

help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: install ## Start the demo clinic on http://127.0.0.1:8000
	@exec $(BIN)/portal demo

test: install-test ## Run all tests, in random order, on all processors, with branch coverage
	@exec $(BIN)/python -m pytest -q -n auto --dist worksteal --cov --cov-report=term:skip-covered

test-postgres: install-test ## Run all tests that do not speak of SQLite itself, on a PostgreSQL of their own
	@exec tools/test-postgres.sh

fast: install-test ## Run the tests that need no browser, without coverage
	@exec $(BIN)/python -m pytest -q -n auto --dist worksteal -m "not browser"

sure: install-test ## Check everything: format, lint, types, contracts, words, tests, coverage
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint portal/templates
	$(BIN)/codespell $(CODE) docs README.md Makefile
	$(BIN)/deptry portal
	$(MAKE) test

bench: install-test ## Measure what performance matters for, each next to its floor
	@exec $(BIN)/python -m bench

drill: install-test ## Walk a clinic's first day on an empty instance, with backup and restore
	@exec $(BIN)/python -m drills

shots: install-test ## Write screenshots of all main pages into shots/
	@exec $(BIN)/python tools/shots.py

policy: install-test ## Write the endpoints and the truth table of access anew, for review as a diff
	@$(BIN)/python tools/policy.py
	@WRITE_POLICY=1 $(BIN)/python -m pytest -q tests/access/test_table.py -k written_anew

lock: ## Resolve the dependencies anew into the hash-locked requirement files (needs uv)
	@exec tools/lock.sh

install:
	@tools/install.sh run $(PYTHON)

install-test:
	@tools/install.sh test $(PYTHON)
	@tools/test-tools.sh
