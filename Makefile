# Two commands do everything on a fresh machine: make demo, make test.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
SPARK := .venv-spark
READY := .venv/.ready
FRONT := $(wildcard jupyter_ext/package.json jupyter_ext/yarn.lock jupyter_ext/tsconfig.json \
	jupyter_ext/src/*.ts jupyter_ext/style/* jupyter_ext/schema/*)
# so many tests run side by side
WORKERS ?= 2
# threads that wait spin otherwise, and keep the other process from its core
PYTEST := OMP_WAIT_POLICY=passive $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo test lint types front cover bench faultbench lab chromium test-spark java clean

install: $(READY)

$(READY): pyproject.toml .ci/constraints.txt $(FRONT)
	@$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info[:2] < (3, 14)' 2>/dev/null || \
		{ echo "make: $(PYTHON) is no Python 3.11-3.13; pass one: make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || if [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; \
		else echo "make: Python lacks venv; run: sudo apt-get install python3-venv"; exit 2; fi
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'uv>=0.5'
	rm -rf mlqa/labextension
	$(BIN)/uv pip install --quiet --python $(BIN)/python --constraint .ci/constraints.txt --editable '.[test]'
	touch $@

demo: $(READY)
	$(BIN)/mlqa demo

test: chromium $(READY) lint types
	$(PYTEST)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy
	cd jupyter_ext && PATH="$(CURDIR)/$(BIN):$$PATH" jlpm run lint:types

cover: chromium $(READY)
	$(PYTEST) --cov --cov-report=term
	$(BIN)/coverage report

bench: $(READY)
	$(BIN)/python tests/benchmarks/bench_check.py $(BENCH)
	for name in bench_model_check bench_invariance bench_regression power_models power_regression; do \
		$(BIN)/python tests/benchmarks/$$name.py || exit 1; done

faultbench: $(READY)
	$(BIN)/python tests/benchmarks/faultbench.py --json .mlqa/faultbench.json

lab: $(READY)
	$(BIN)/jupyter lab notebooks

# Spark needs Java and an environment of its own.
test-spark: java $(SPARK)/.ready
	$(SPARK)/bin/python -m pytest tests/subjects/test_backends_spark.py

$(SPARK)/.ready: $(READY) pyproject.toml .ci/constraints.txt
	test -x $(SPARK)/bin/python || $(BIN)/uv venv --quiet --python $(BIN)/python $(SPARK)
	$(BIN)/uv pip install --quiet --python $(SPARK)/bin/python --constraint .ci/constraints.txt --editable '.[spark]'
	touch $@

java:
	@command -v java >/dev/null || if [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; \
		else echo "make: Spark needs Java 17; run: sudo apt-get install openjdk-17-jre-headless"; exit 2; fi

chromium:
	@command -v chromium >/dev/null || if [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu fonts-noto-color-emoji; \
		else echo "make: the browser tests need Chromium; run: sudo apt-get install chromium fonts-dejavu"; exit 2; fi

clean:
	rm -rf .venv .venv-spark mlqa/labextension jupyter_ext/lib jupyter_ext/node_modules notebooks/.mlqa notebooks/artifacts .mlqa
