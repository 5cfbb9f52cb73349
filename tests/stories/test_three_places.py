"""One test function, one data set, three places: the Verdict JSON is the same to the byte."""

import json

import nbclient
import nbformat
import pytest
from places import by_test, run, write

from mlqa import Report
from mlqa.ipynb.outputs import reports_in

pytestmark = pytest.mark.kernel

NAMES = ("reference", "current", "shifted", "y", "old", "new")

DATA = """
import numpy as np
import polars as pl

rng = np.random.default_rng(7)
reference = pl.DataFrame({"age": rng.normal(40, 9, 400), "plan": rng.choice(["basic", "pro"], 400)})
current = reference.with_columns(pl.col("age").shuffle(seed=1))
shifted = current.with_columns(pl.col("age") * 12)
y = rng.integers(0, 2, 120)
old = rng.random(120)
new = np.clip(old + rng.normal(0, 0.3, 120), 0, 1)
"""

TESTS = """
import mlqa


def test_passes(reference, current):
    assert mlqa.drift_free(reference, current)
    assert mlqa.schema_holds(reference, current)


def test_fails(reference, shifted):
    assert mlqa.drift_free(reference, shifted, alpha=0.001)


def test_is_undecided(new, old, y):
    assert mlqa.not_worse(new, old, y, metric="roc_auc", margin=0.02)


def test_is_skipped(reference):
    assert mlqa.unchanged_by(lambda table: table["age"].to_numpy(), reference, lambda table: table.clone())
"""


def fixtures():
    """Write fixtures with the names of the notebook's variables."""
    lines = ["\nimport pytest\n"]
    lines += [f'\n@pytest.fixture(name="{n}")\ndef fixture_{n}():\n    return {n}\n' for n in NAMES]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("three")
    write(folder, DATA, TESTS, fixtures())
    return folder


@pytest.fixture(scope="module")
def in_ci(folder):
    done = run(folder, "pytest", "--mlqa", "test_it.py", "--mlqa-report", "ci.json")
    assert done.returncode == 1, done.stdout + done.stderr
    return by_test(Report.from_json((folder / "ci.json").read_text()))


def test_the_four_outcomes_are_there(in_ci):
    outcomes = {name: [json.loads(text)["outcome"] for text in lines] for name, lines in in_ci.items()}
    assert outcomes == {
        "test_passes": ["pass", "pass"],
        "test_fails": ["fail"],
        "test_is_undecided": ["undecided"],
        "test_is_skipped": ["skipped"],
    }


def test_a_cell_run_by_nbclient_says_the_same(folder, in_ci):
    notebook = nbformat.read(folder / "it.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    (report,) = reports_in(notebook.cells[-1].outputs)
    assert by_test(report) == in_ci


def test_the_notebook_collected_by_pytest_says_the_same(folder, in_ci):
    done = run(folder, "pytest", "--mlqa", "it.ipynb", "--mlqa-report", "notebook.json")
    assert done.returncode == 1, done.stdout + done.stderr
    assert by_test(Report.from_json((folder / "notebook.json").read_text())) == in_ci


def test_a_pipeline_step_says_the_same(folder, in_ci):
    done = run(folder, "mlqa", "run", "it.ipynb")
    assert done.returncode == 1, done.stdout + done.stderr
    (executed,) = folder.glob(".mlqa/runs/*/**/*.ipynb")
    notebook = nbformat.read(executed, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "tests")
    (report,) = reports_in(cell.outputs)
    assert by_test(report) == in_ci
    assert by_test(Report.from_dict(notebook.metadata["mlqa"]["report"])) == in_ci
