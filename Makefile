# Every target sets up what it needs. Only Python 3.11 and make are asked of the machine.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
COMPANY ?= data/demo
UV_COMPILE := $(BIN)/uv pip compile pyproject.toml --generate-hashes --no-header --no-annotate --universal --python-version 3.11

.PHONY: run test ui lint campaign lock clean

run: $(VENV)/.run
	$(BIN)/sop run --company $(COMPANY)

test: $(VENV)/.test
	$(BIN)/python -m pytest assets_tests -q -n 2 --dist loadfile -m "not campaign"

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

ui: $(VENV)/.run
	$(BIN)/sop ui --company $(COMPANY)

campaign: $(VENV)/.campaign
	$(BIN)/python -m pytest assets_tests -q -m campaign
	grep -rl --include='test_*.py' "^from hypothesis" assets_tests | xargs $(BIN)/python -m pytest -q -n 2 -m "not campaign" --hypothesis-profile new_examples

lock: $(VENV)/.uv
	$(UV_COMPILE) -o requirements.lock
	$(UV_COMPILE) --extra test -c requirements.lock -o requirements-test.lock
	$(UV_COMPILE) --extra test --extra max --extra dask --extra ray --extra spark -c requirements-test.lock -o requirements-campaign.lock

clean:
	rm -rf $(VENV)

$(VENV)/.uv:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --disable-pip-version-check uv
	touch $@

$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/.uv
	$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	touch $@

$(VENV)/.test: requirements-test.lock pyproject.toml | $(VENV)/.uv
	$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-test.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	touch $@ $(VENV)/.run

$(VENV)/.campaign: requirements-campaign.lock pyproject.toml | $(VENV)/.uv
	$(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-campaign.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	touch $@ $(VENV)/.run $(VENV)/.test
