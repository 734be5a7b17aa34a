# Every target makes its own environment under .venv/ first, and only when it is missing or out of date.
.DEFAULT_GOAL := help
.PHONY: demo run test crash sim bench lint lock help

PYTHON ?= python3
DEMO_PORT ?= 8765
ARGS ?=
UPGRADE ?=
SEED ?=
N ?= 200

define venv
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 6))' 2>/dev/null || { \
	  echo 'Uplift needs Python 3.11 or newer; "$(PYTHON)" is not one. Install it, or name one:'; \
	  echo '  make $@ PYTHON=/path/to/python3.11'; exit 1; }
	@$(PYTHON) scripts/venv.py $(1)
endef

demo: ## the real bot in a simulated Discord, in your browser; needs no token
	$(call venv,demo)
	@.venv/demo/bin/python -m bot demo --port $(DEMO_PORT)

run: ## the bot on Discord; needs DISCORD_TOKEN in .env
	$(call venv,run)
	@.venv/run/bin/python -m bot

# Twice as many workers as processors: what acts in a simulated Discord rests half of its time.
test: ## every test; ARGS='-k fact' picks some, and is passed to pytest
	$(call venv,dev)
	@.venv/dev/bin/python -m tests.support.chromium
	@.venv/dev/bin/python -m pytest -q -n $$((2 * $$(getconf _NPROCESSORS_ONLN))) --dist worksteal $(ARGS)

crash: ## kills the bot at each step, and N=200 times at random: nothing may be lost or counted twice
	$(call venv,dev)
	@.venv/dev/bin/python -m tests.crash $(N)

# Its own number where N is not given: the one above is meant for crash.
sim: ## a thousand simulated worlds full of trouble: every post once, on its day; SEED=n begins there, N=1 replays it
	$(call venv,dev)
	@.venv/dev/bin/python -m tests.sim --runs $(if $(filter command\ line environment,$(origin N)),$(N),1000) $(if $(SEED),--seed $(SEED))

bench: ## speed and memory against bare discord.py and bare SQLite; QUICK=1 ends within a minute
	$(call venv,dev)
	@.venv/dev/bin/python -m tests.benchmarks

lint: ## style, format and types
	$(call venv,dev)
	@.venv/dev/bin/python -m ruff check
	@.venv/dev/bin/python -m ruff format --check
	@.venv/dev/bin/python -m pyright --pythonpath .venv/dev/bin/python

# Pins stay as they are unless pyproject.toml asks for something else. The page does without av, which is 118 MB.
compile = .venv/dev/bin/python -m uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header $(if $(UPGRADE),--upgrade)

lock: ## requirements*.txt from pyproject.toml; UPGRADE=1 moves every pin to the newest
	$(call venv,dev)
	@$(compile) -o requirements.txt >/dev/null
	@$(compile) --extra demo --no-emit-package av -o requirements-demo.txt >/dev/null
	@$(compile) --extra dev --no-emit-package av -o requirements-dev.txt >/dev/null
	@echo 'Locked: requirements.txt, requirements-demo.txt, requirements-dev.txt'

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo '  DEMO_PORT=$(DEMO_PORT)    where make demo serves its page'
	@echo '  PYTHON=$(PYTHON)    Python 3.11 or newer; it makes the environments'
