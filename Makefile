# Entente: one command starts everything, one runs every test. `make help` lists them all.
# Needs make, a shell and a Python of 3.12 or newer; works with the make of macOS too.

PYTHON_ENV = .venv/bin/python
BASE = .venv/installed-base
DEV = .venv/installed-dev
ROOMS = config core dealers ledger contracts performance onboarding communications
ARGS =

.DEFAULT_GOAL = help
.PHONY: help install run test walls lint style types layers templates migrations format bench walkthrough backup restore messages

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(BASE) ## Start the portal (PORT, DATABASE_URL and REDIS_URL are honoured); Ctrl-C stops everything
	@$(PYTHON_ENV) -m compileall -q $(ROOMS)
	@exec $(PYTHON_ENV) manage.py run $(ARGS)

test: $(DEV) ## Run the suite (ARGS="-k name" for a part)
	@$(PYTHON_ENV) -m compileall -q $(ROOMS)
	@$(PYTHON_ENV) -m pytest -n 2 --dist worksteal -m "not long" $(ARGS)

walls: $(DEV) ## Run the long versions: every method, every field of every form, workers killed at their work
	@$(PYTHON_ENV) -m compileall -q $(ROOMS)
	@$(PYTHON_ENV) -m pytest -n 2 --dist worksteal -m long $(ARGS)

lint: style types layers templates migrations ## Check style, types, layers, templates and migrations

style: $(DEV)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: $(DEV)
	.venv/bin/mypy .

layers: $(DEV)
	.venv/bin/lint-imports

templates: $(DEV)
	git ls-files -z 'templates/*.html' '*/templates/*.html' | xargs -0 .venv/bin/djade --check

migrations: $(DEV)
	$(PYTHON_ENV) manage.py makemigrations --check --dry-run

format: $(DEV) ## Put code and templates into form
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	git ls-files -z 'templates/*.html' '*/templates/*.html' | xargs -0 .venv/bin/djade

bench: $(DEV) ## Measure: one JSON line per figure (ARGS="name" for one)
	@$(PYTHON_ENV) -m benchmarks $(ARGS)

walkthrough: $(BASE) ## Walk the whole road on real data, in a database of its own (DATA=folder of AdventureWorks)
	@rm -rf var/walkthrough
	@env -u DATABASE_URL ENTENTE_VAR=var/walkthrough $(PYTHON_ENV) manage.py walkthrough "$(DATA)"

backup: $(BASE) ## Write database and files into one archive (FILE=path; default: var/backups)
	@$(PYTHON_ENV) manage.py backup $(FILE)

restore: $(BASE) ## Put an archive back (FILE=path YES=1); messages to people stay fenced until released
	@$(PYTHON_ENV) manage.py restore $(FILE) $(if $(YES),--yes)

messages: $(DEV) ## Bring the catalogue level with the code (needs no gettext) and compile it
	@$(PYTHON_ENV) -m scripts.messages
	@$(PYTHON_ENV) manage.py compile_catalogues

install: $(BASE) ## Install what running needs (the other commands do it by themselves)

$(BASE): requirements/base.txt scripts/install.sh
	@scripts/install.sh base
	@touch $@

# The development lock holds the other one, so this serves both.
$(DEV): requirements/dev.txt requirements/base.txt scripts/install.sh
	@scripts/install.sh dev
	@touch $(BASE) $@
