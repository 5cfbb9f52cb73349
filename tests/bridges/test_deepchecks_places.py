"""deepchecks asked in a test file, in a notebook's cell and behind a gate: the same verdicts in each."""

from __future__ import annotations

import json

import nbformat
import pytest
from places import by_test, run, write

from mlqa import Report
from mlqa.ipynb.outputs import reports_in

pytestmark = [pytest.mark.deepchecks, pytest.mark.kernel]

DATA = """
import polars as pl

train = pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0] * 25, "b": ["x", "y"] * 50})
moved = train.with_columns(pl.col("a") + 9)
"""
TESTS = """
import mlqa


def test_one_value(train):
    assert mlqa.deepchecks("IsSingleValue", train=train)


def test_drift(train, moved):
    assert mlqa.deepchecks("FeatureDrift", train=train, test=moved, conditions=["drift_score_less_than"])
"""
FIXTURES = """
import pytest


@pytest.fixture(name="train")
def fixture_train():
    return train


@pytest.fixture(name="moved")
def fixture_moved():
    return moved
"""
PIPELINE = '[steps.look]\nnotebook = "it.ipynb"\ngate = {expect = ["deepchecks.feature_drift"]}\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory, their_python):
    folder = tmp_path_factory.mktemp("places")
    write(folder, DATA, TESTS, FIXTURES)
    (folder / "pipeline.toml").write_text(PIPELINE)
    return folder


@pytest.fixture(scope="module")
def both(folder):
    """What one run of pytest on the file and the notebook says, by file."""
    done = run(folder, "pytest", "--mlqa", "test_it.py", "it.ipynb", "--mlqa-report", "both.json")
    assert done.returncode == 1, done.stdout + done.stderr
    cases = Report.from_json((folder / "both.json").read_text()).cases
    names = ("test_it.py", "it.ipynb")
    return {name: by_test(Report(tuple(one for one in cases if one.source.startswith(name)))) for name in names}


def test_a_cell_says_what_the_test_file_says(both):
    outcomes = {name: [json.loads(text)["outcome"] for text in told] for name, told in both["test_it.py"].items()}
    assert outcomes == {"test_one_value": ["pass"], "test_drift": ["fail"]}
    assert both["it.ipynb"] == both["test_it.py"]


def test_a_gated_step_says_the_same_and_is_no_go(folder, both):
    done = run(folder, "mlqa", "run", "pipeline.toml")
    assert done.returncode == 1, done.stdout + done.stderr
    (executed,) = folder.glob(".mlqa/runs/*/**/*.ipynb")
    notebook = nbformat.read(executed, as_version=4)
    cell = next(one for one in notebook.cells if one.id == "tests")
    (report,) = reports_in(cell.outputs)
    assert by_test(report) == both["test_it.py"]
    assert "deepchecks.feature_drift" in done.stdout + done.stderr
