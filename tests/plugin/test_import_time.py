"""What is there before ``--mlqa`` is asked for weighs nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys

HEAVY = {
    "IPython",
    "jupyter_client",
    "mlqa.baselines",
    "mlqa.checks",
    "mlqa.plugin.judge",
    "mlqa.report",
    "mlqa.stats",
    "mlqa.subjects",
    "narwhals",
    "nbformat",
    "numpy",
    "pandas",
    "polars",
    "scipy",
    "sklearn",
}


def _imported(code: str) -> set[str]:
    """Return the modules that a fresh Python imports for `code`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    command = [sys.executable, "-X", "importtime", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=kept)
    rows = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in rows}


def test_the_entry_point_imports_pytest_and_level_0_only():
    seen = _imported("import mlqa.plugin")
    assert "mlqa.plugin.options" in seen
    assert not seen & HEAVY


def test_a_plain_run_imports_nothing_more(tmp_path):
    (tmp_path / "test_a.py").write_text("def test_a(): pass\n")
    args = ["-p", "mlqa.plugin", "-q", "--rootdir", str(tmp_path), str(tmp_path)]
    alone = "import os, pytest; os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'; "
    assert not _imported(f"{alone}assert pytest.main({args!r}) == 0") & HEAVY


def test_collecting_a_notebook_imports_nothing_of_jupyter(tmp_path):
    cell = {"cell_type": "code", "id": "one", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**cell, "source": "%%mlqa\ndef test_a(): pass"}]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    (tmp_path / "a.ipynb").write_text(text)
    args = ["-p", "mlqa.plugin", "--mlqa", "--collect-only", "-s", "-q", "--rootdir", str(tmp_path), str(tmp_path)]
    alone = "import os, pytest; os.environ['PYTEST_DISABLE_PLUGIN_AUTOLOAD'] = '1'; "
    seen = _imported(f"{alone}assert pytest.main({args!r}) == 0")
    assert "mlqa.ipynb.cells" in seen
    assert not seen & {"IPython", "jsonschema", "jupyter_client", "nbformat", "nbval"}
