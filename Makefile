# pmconsole's commands. `make help` lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
BIN := .venv/bin
# What tools need that read the settings and keep no secret: made anew each time.
TOOL_ENV = SECRET_KEY=$$(openssl rand -hex 32 2>/dev/null || head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n') \
  DATABASE_URL=sqlite://:memory: \
  ENCRYPTION_KEYS=1:$$(head -c 32 /dev/urandom | base64 | tr '+/' '-_') LOG_LEVEL=ERROR
# One file's tests in one process, in their order. A process that dies ends the run as failed: put in
# the place of the last one, a new process would wait for tests forever.
SIDE_BY_SIDE = --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.PHONY: help
help: ## List these targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

.venv/.runtime: requirements.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed: install it, or name one with PYTHON=…"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/.development: .venv/.runtime requirements-dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

.PHONY: run
run: .venv/.runtime ## Start a trial: console, workers, mail server, example (Ctrl+C stops it)
	@exec $(BIN)/python manage.py up $(ARGS)

.PHONY: test
test: .venv/.development ## All tests on SQLite, browser and stories included, but the soak
	@sh tests/browser/provide_chromium.sh
	@sh tests/foreign_systems/provide_mail_servers.sh
	@sh tests/console/provide_promtool.sh
	$(BIN)/python -m pytest -n 3 $(SIDE_BY_SIDE) -m "not soak"  # browsers let processors wait

.PHONY: test-all
test-all: test test-soak test-postgresql ## All tests, on SQLite and on PostgreSQL

.PHONY: test-soak
test-soak: .venv/.development ## Workers killed at random, half a minute (`make soak`: minutes)
	$(BIN)/python -m pytest -m soak tests/faults

.PHONY: test-postgresql
test-postgresql: .venv/.development ## The tests that touch the database, on PostgreSQL
	PMCONSOLE_TEST_DATABASE=postgresql $(BIN)/python -m pytest -n 2 $(SIDE_BY_SIDE) -m "not browser and not story"

.PHONY: test-production
test-production: .venv/.development ## The set of deploy/ under work, its parts killed in turn, and an operator's day (minutes)
	@sh tests/production/provide_nginx.sh
	@sh tests/foreign_systems/provide_mail_servers.sh
	$(BIN)/python -m pytest tests/production/whole_set.py tests/production/operators_day.py \
	  tests/production/image.py

.PHONY: soak
soak: .venv/.development ## Kill workers, broker and database for minutes, thousands of mails (ARGS=--seed 2)
	$(BIN)/python -W ignore -m tests.faults.soak $(ARGS)

.PHONY: fuzz
fuzz: .venv/.development ## Feed the reading of replies with bytes for minutes (ARGS=-max_total_time=600)
	$(BIN)/python -m tests.approvals.reply.fuzz $(ARGS)

.PHONY: test-pure
test-pure: .venv/.development ## The tests of the pure modules alone, in seconds
	$(BIN)/python -m pytest -n 2 -q tests/policies/engine tests/policies/lint tests/approvals/reply tests/approvals/letters \
	  tests/core/test_text.py tests/core/test_dates.py tests/foreign_systems/test_smtp_url.py \
	  tests/tasks/test_task_schedule.py

.PHONY: lint
lint: .venv/.development ## Formatting, types, templates, imports, migrations, deployment, secrets, vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(TOOL_ENV) $(BIN)/mypy core items foreign_systems approvals actions policies agents tasks console trial pmconsole benchmarks manage.py
	$(BIN)/djlint --check templates
	$(BIN)/djlint --lint templates
	$(TOOL_ENV) $(BIN)/lint-imports
	$(BIN)/hadolint deploy/Containerfile
	$(TOOL_ENV) $(BIN)/python manage.py makemigrations --check --dry-run
	$(TOOL_ENV) $(BIN)/python manage.py lint_migrations
	$(TOOL_ENV) PUBLIC_URL=https://pm.example.com $(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/python -m pytest -q tests/test_no_secrets.py
	@$(MAKE) --no-print-directory vulnerabilities

# Tools that the code doesn't need, in an environment of their own.
.tools/.made: .venv/.runtime
	$(PYTHON) -m venv .tools
	.tools/bin/pip install --quiet --disable-pip-version-check pip-audit==2.10.1 cyclonedx-bom==7.5.0
	@touch $@

.PHONY: vulnerabilities
vulnerabilities: .venv/.runtime ## Known vulnerabilities of what pmconsole runs on, if their list can be reached
	@$(MAKE) --silent .tools/.made >/dev/null 2>&1 || true
	@$(BIN)/python .ci/vulnerabilities.py

.PHONY: sbom
sbom: .tools/.made ## What pmconsole runs on, as a CycloneDX file: sbom.json
	.tools/bin/cyclonedx-py requirements requirements.txt --of JSON -o sbom.json

.PHONY: format
format: .venv/.development ## Bring code and templates into their form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat templates

.PHONY: bench
bench: .venv/.development ## Measure beside peers (ARGS=--quick: a minute each)
	@set -e; for each in benchmarks/*.py; do name=$$(basename $$each .py); \
	  case $$name in __init__|comparing) continue;; esac; \
	  $(TOOL_ENV) $(BIN)/python -m benchmarks.$$name $(ARGS); done

.PHONY: screenshots
screenshots: .venv/.development ## Take a picture of each page, light and dark, wide and narrow: docs/screenshots/index.html
	@sh tests/browser/provide_chromium.sh
	PMCONSOLE_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/browser
	$(BIN)/python -m tests.browser.gallery docs/screenshots

.PHONY: requirements
requirements: .venv/.development ## Compile requirements*.in to fully pinned requirements*.txt
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile requirements.in -o requirements.txt --no-header --no-emit-index-url --quiet
	$(BIN)/uv pip compile requirements-tracing.in -o requirements-tracing.txt --no-header --no-emit-index-url --quiet
	$(BIN)/uv pip compile requirements-dev.in -o requirements-dev.txt --no-header --no-emit-index-url --quiet

.PHONY: clean
clean: ## Remove the environment and caches (never the trial's data)
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
