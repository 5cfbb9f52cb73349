"""Models and tables that pyproject.toml names come as fixtures, once for each subject."""

from __future__ import annotations

SETTINGS = """
[tool.mlqa.subjects.churn]
model = "shop.models:predict"
train = "data/train.csv"
test = "shop.models:test_table"
target = "left"

[tool.mlqa.subjects.fraud]
model = "shop.models:predict"
train = "data/train.csv"
"""
MODELS = """
LOADS = []

def predict(table):
    return [0] * len(table)

def test_table():
    import polars as pl
    LOADS.append("test")
    return pl.DataFrame({"x": [1.0, 2.0, 3.0], "left": [0, 1, 0]})
"""
TESTS = """
import polars as pl
from shop import models

def test_model(mlqa_model, mlqa_train):
    assert len(mlqa_model(mlqa_train)) == 2
    assert isinstance(mlqa_train, pl.DataFrame)

def test_table(mlqa_subject, mlqa_test):
    assert mlqa_test.columns == ["x", mlqa_subject["target"]]

def test_table_again(mlqa_test):
    assert models.LOADS == ["test"]
"""
FILES = {
    "pyproject.toml": SETTINGS,
    "shop/__init__.py": "",
    "shop/models.py": MODELS,
    "data/train.csv": "x,left\n1,0\n2,1\n",
    "tests/test_a.py": TESTS,
}


def test_each_test_runs_once_for_each_subject_and_loads_once(project):
    run = project(FILES).run("--mlqa", "-v", "-rs", "tests")
    assert run.outcomes == {"passed": 4, "skipped": 2}
    assert "tests/test_a.py::test_model[churn] PASSED" in run.text
    assert "subject 'fraud' has no 'test': set [tool.mlqa.subjects.fraud] test in" in run.text


def test_one_subject_can_be_chosen_and_order_does_not_matter(project):
    place = project(FILES)
    assert place.run("--mlqa", "-k", "churn", "tests").outcomes == {"passed": 3, "deselected": 3}
    assert place.run("--mlqa", "--random-order", "--random-order-seed=5", "tests").outcomes == {
        "passed": 4,
        "skipped": 2,
    }


def test_without_subjects_the_test_errs_with_a_hint(project):
    run = project({"test_a.py": "def test_a(mlqa_model): pass"}).run("--mlqa")
    assert run.outcomes == {"errors": 1}
    assert "pyproject.toml names none.\nHint: add one, say [tool.mlqa.subjects.churn]" in run.text
    assert "Traceback" not in run.text


def test_what_cannot_be_loaded_is_named_by_its_key(project):
    files = {
        "pyproject.toml": '[tool.mlqa.subjects.churn]\nmodel = "shop.no:thing"\ntrain = "no.csv"\ntest = 1\n',
        "test_a.py": "def test_a(mlqa_model): pass\ndef test_b(mlqa_train): pass\n"
        "def test_c(mlqa_test): pass\ndef test_d(mlqa_current): pass\n",
    }
    run = project(files).run("--mlqa", "test_a.py")
    assert run.outcomes == {"errors": 4}
    assert "[tool.mlqa.subjects.churn] model='shop.no:thing': expected" in run.text
    assert "[tool.mlqa.subjects.churn] train='no.csv': expected a file that exists, got no file." in run.text
    assert "[tool.mlqa.subjects.churn] test=1: expected a path or 'pkg.module:name', got int.\nHint: " in run.text
    assert "subject 'churn' has no 'current': set [tool.mlqa.subjects.churn] current in pyproject.toml" in run.text
    assert "exception" not in run.text


def test_a_conftest_may_bring_its_own(project):
    conftest = "import pytest\n\n@pytest.fixture\ndef mlqa_model():\n    return 'mine'\n"
    test = "def test_a(mlqa_model):\n    assert mlqa_model == 'mine'\n"
    assert project({"conftest.py": conftest, "test_a.py": test}).run("--mlqa").outcomes == {"passed": 1}
