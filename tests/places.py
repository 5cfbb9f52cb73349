"""One folder with the same tests as a file and as a notebook's cells, and commands run in it as a shell would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nbformat

from mlqa import Report


def run(folder: Path, *command: str, timeout: int = 240) -> subprocess.CompletedProcess[str]:
    """Run ``python -m command`` in a folder, without what pytest and CI left in the environment."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST") and key != "CI"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def write(folder: Path, data: str, tests: str, fixtures: str) -> None:
    """Write test_it.py with its conftest.py, and it.ipynb with the same data and the same tests."""
    (folder / "conftest.py").write_text(data + fixtures)
    (folder / "test_it.py").write_text(tests)
    notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
    cells = {"data": data, "load": "%load_ext mlqa", "tests": "%%mlqa" + tests}
    notebook.cells = [nbformat.v4.new_code_cell(text.strip(), id=name) for name, text in cells.items()]
    nbformat.write(notebook, folder / "it.ipynb")


def by_test(report: Report) -> dict[str, list[str]]:
    """Give each test's verdicts as JSON lines, without where it ran; cells that only ran ask nothing."""
    named = {case.source.rsplit("::", 1)[-1]: case.verdicts for case in report.cases}
    return {name: [v.to_json() for v in told] for name, told in named.items() if name.startswith("test_")}
