# Bedflow. `make run` needs Python 3.11 or newer and make; everything else is fetched by hash into .venv.

SHELL := /bin/sh
PYTHON ?=
LAN ?=
export PYTHON
export PYTHONDONTWRITEBYTECODE = # nothing: each start of the programme would compile it anew
ifneq ($(LAN),)
export BEDFLOW_LAN := $(LAN)
endif

python := .venv/bin/python
artefacts := test-artifacts
uv ?= uv

.PHONY: help run test check check-types check-rest security bench load soak lighthouse faults lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile

run: ## a living sample hospital on http://localhost:8000 (LAN=1: on the local network, over TLS)
	@.ci/environment run
	@exec $(python) -m flow demo

test: ## every test, in a real browser as well
	@.ci/environment test
	@.ci/speaker
	@.ci/npm provider >/dev/null || echo "oidc-provider could not be put into place: signing in by a provider is not tried." >&2
	@CHROMIUM="$$(.ci/chromium)" && CHROMIUM_SHELL="$$(.ci/chromium shell)" && CADDY="$$(.ci/caddy)" && export CHROMIUM CHROMIUM_SHELL CADDY && mkdir -p $(artefacts) && \
	{ $(python) -m pytest tests --ignore=tests/benchmarks $(if $(CHECKED),--ignore=tests/house) -m "not long" -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --maxprocesses 4 --dist loadfile --no-loadscope-reorder --junit-xml=$(artefacts)/junit.xml; \
	  code=$$?; echo "Reports and screenshots: $$(pwd)/$(artefacts)"; exit $$code; }

check: ## lint, types, import contracts, house rules, scanners of the code
	@.ci/environment test
	@.ci/security
	@$(MAKE) --no-print-directory --jobs=2 check-types check-rest

check-types: # one core alone for as long as all the rest takes the other
	$(python) -m mypy

check-rest:
	$(python) -m ruff check .
	$(python) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(python) -m tests.security.code
	$(python) -m pytest -q tests/house

security: ## scanners of the code, the packages and a running hospital of its own; fails when one finds anything (ONLY="testssl wapiti")
	@.ci/environment test
	@.ci/security
	$(python) -m tests.security $(ONLY)

bench: ## speed beside references, in the same run
	@.ci/environment test
	@.ci/environment load
	$(python) -m flow bench all

load: ## four kinds of user on a hospital of its own for MINUTES (3), USERS of them (50); fails when an aim is missed
	@.ci/environment test
	@.ci/environment load
	$(python) -m loadtests.load --minutes $(or $(MINUTES),3) --users $(or $(USERS),50)

soak: ## four kinds of user on a hospital of its own for MINUTES (5), USERS of them (44); fails when a process grows
	@.ci/environment test
	@.ci/environment load
	$(python) -m loadtests.soak --minutes $(or $(MINUTES),5) --users $(or $(USERS),44)

lighthouse: ## the pages before Lighthouse's gates, one after the other on a quiet machine
	@.ci/environment test
	@CHROMIUM="$$(.ci/chromium)" && LIGHTHOUSE="$$(.ci/lighthouse)" && export CHROMIUM LIGHTHOUSE && mkdir -p $(artefacts) && \
	$(python) -m pytest tests/acceptance/test_lighthouse.py

faults: ## the long fault suite: every crash point, the proxy, a hundred screens, days of bad network, the negative controls; says what was run and what not, fails at a finding (ONLY="F0 F3")
	@.ci/environment test
	@.ci/environment load
	@CHROMIUM="$$(.ci/chromium)" && CHROMIUM_SHELL="$$(.ci/chromium shell)" && export CHROMIUM CHROMIUM_SHELL && $(python) -m tests.faults $(ONLY)

lock: ## pin requirements/*.in again, by hash and without addresses (needs uv)
	@for name in run test load node security; do \
	  constraint=$$([ $$name = run ] || [ $$name = security ] || echo "--constraint requirements/run.txt"); \
	  $(uv) pip compile -q --generate-hashes --no-emit-index-url --python-version 3.11 --universal \
	    $$constraint requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

clean: ## remove the environment and what tests left; the data stay
	rm -rf .venv $(artefacts) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
