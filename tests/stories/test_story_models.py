"""Without a test written: the default checks of the models that pyproject.toml names, as items of their own."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from mlqa.checks import model_default

SETTINGS = """
[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.mlqa.subjects.churn]
model = "shop:model"
test = "data/test.csv"
target = "left"
"""
SHOP = """
import numpy as np

CALLS = "calls.txt"


class Model:
    def predict(self, rows):
        with open(CALLS, "a") as file:
            file.write(f"{list(rows)} {len(rows)}\\n")
        return np.where(rows["age"] > 40, "yes", "no")


model = Model()
broken = Model.predict
"""
# Questions of our own, so that the story does not change with the catalogue.
STUB = """
from mlqa import Outcome, Verdict
from mlqa.checks import default, model_default

REAL = model_default.model_questions, model_default.model_questions_named, default.questions_named


def answer(check, outcome="pass", **more):
    words = {"claim": "the claim holds", "reason": "so it was measured", "remedy": "look at it"}
    return Verdict(check=check, outcome=Outcome(outcome), **{**words, **more})


def named(*, has_train, has_baseline):
    train = ("performance.not_overfit",) if has_train else ()
    return ("conformance.row_order_ignored", "performance.calibrated", "performance.odd", *train)


def questions(model, X, y, *, said, seed=0, **more):
    right = float((said["X"][0] == y).mean())
    return {
        "conformance.row_order_ignored": lambda: answer("conformance.row_order_ignored", reason=f"{len(y)} rows"),
        "performance.calibrated": lambda: answer(
            "performance.calibrated", "fail", reason=f"accuracy is {right}", alpha=1e-4
        ),
        "performance.odd": lambda: 1 / 0,
        "performance.not_overfit": lambda: answer("performance.not_overfit", reason=str(sorted(more))),
    }


def pytest_configure(config):
    model_default.model_questions, model_default.model_questions_named = questions, named
    default.questions_named = lambda *given, **roles: ()


def pytest_unconfigure(config):
    model_default.model_questions, model_default.model_questions_named, default.questions_named = REAL
"""
_ = pd  # imported here: what a run imports is forgotten after it, and pandas cannot be imported twice
TEST = "def test_mine():\n    assert True\n"
NAMES = ("conformance.row_order_ignored", "performance.calibrated", "performance.odd")
CHURN = [f"pyproject.toml::churn::{name}" for name in NAMES]


def rows(count: int = 200) -> str:
    rng = random.Random(1)
    made = []
    for number in range(count):
        age = rng.gauss(40, 9)
        made.append(f"{number},{age:.3f},{'yes' if age + rng.gauss(0, 3) > 40 else 'no'}")
    return "\n".join(["id,age,left", *made]) + "\n"


FILES = {
    "pyproject.toml": SETTINGS,
    "conftest.py": STUB,
    "shop.py": SHOP,
    "tests/test_a.py": TEST,
    "data/test.csv": rows(),
}


def collected(run):
    return [line for line in run.text.splitlines() if "::" in line and " " not in line]


def with_lines(*lines, drop=""):
    return {**FILES, "pyproject.toml": SETTINGS.replace(drop, "") + "\n".join(lines) + "\n"}


def test_each_default_check_is_an_item_of_its_subject_and_nothing_is_loaded(project):
    run = project(FILES).run("--mlqa", "--collect-only", "-q")
    assert collected(run) == ["tests/test_a.py::test_mine", *CHURN]
    assert "calls.txt" not in run.changed


def test_they_run_and_fail_and_crash_as_tests_do(project):
    run = project(FILES).run("--mlqa", "--mlqa-report=report.json")
    assert run.outcomes == {"passed": 2, "failed": 2}
    assert "pyproject.toml, subject 'churn': model on test\n\nFAIL  performance.calibrated  (alpha" in run.text
    assert "FAILED pyproject.toml::churn::performance.calibrated - FAIL" in run.text
    assert "ZeroDivisionError" in run.text
    assert "_pytest" not in run.text
    cases = {case.source: case for case in run.report.cases}
    assert list(cases) == [*CHURN, "tests/test_a.py::test_mine"]
    assert [cases[name].outcome for name in CHURN] == ["pass", "fail", "crash"]
    assert cases[CHURN[0]].line == 5


def test_predictions_are_made_once_in_a_run_and_the_label_is_not_handed_over(project):
    run = project(FILES).run("--mlqa")
    assert run.changed["calls.txt"] == "['id', 'age'] 200\n"


def test_an_id_is_no_feature(project):
    run = project(with_lines('id = "id"')).run("--mlqa")
    assert run.changed["calls.txt"] == "['age'] 200\n"


def test_training_rows_bring_their_questions(project):
    files = with_lines('train = "data/test.csv"')
    run = project(files).run("--mlqa", "-k", "not_overfit", "--mlqa-report=report.json")
    assert run.outcomes["passed"] == 1
    assert run.report.verdicts[0].reason == "['X_train', 'y_train']"


def test_items_and_predictions_ask_a_model_once_between_them(project):
    test = "def test_mine(mlqa_predictions):\n    assert mlqa_predictions.test.n == 200\n"
    run = project({**FILES, "tests/test_a.py": test}).run("--mlqa")
    assert run.outcomes == {"passed": 2, "failed": 2}
    assert run.changed["calls.txt"] == "['id', 'age'] 200\n"


def test_a_baseline_is_what_the_model_is_compared_with(project):
    files = {name: text for name, text in with_lines('baseline = "shop:older"').items() if name != "conftest.py"}
    files["shop.py"] += "\n\ndef older(rows):\n    return np.where(rows['age'] > 55, 'yes', 'no')\n"
    run = project(files).run("--mlqa", "-k", "not_worse", "--mlqa-report=report.json", "pyproject.toml")
    found = {case.source.rpartition("::")[2]: case.verdicts[0] for case in run.report.cases}
    assert found["regression.not_worse"].outcome.value == "pass"
    assert found["regression.not_worse"].evidence.estimate > 0.2


@pytest.mark.parametrize(
    ("baseline", "said"),
    [
        ("shop:no_model", "[tool.mlqa.subjects.churn] baseline='shop:no_model': expected"),
        ("shop:CALLS", "[tool.mlqa.subjects.churn] baseline='shop:CALLS': expected"),
    ],
)
def test_a_baseline_that_is_none_is_named_by_its_key(project, baseline, said):
    files = {name: text for name, text in with_lines(f'baseline = "{baseline}"').items() if name != "conftest.py"}
    run = project(files).run("--mlqa", "-k", "not_worse", "pyproject.toml")
    assert said in run.text
    assert "Traceback" not in run.text


@pytest.mark.parametrize(
    ("args", "outcomes"),
    [
        (("pyproject.toml::churn::performance.calibrated",), {"failed": 1}),
        (("-k", "row_order_ignored"), {"passed": 1}),
        (("-k", "performance and churn"), {"failed": 2}),
        (("pyproject.toml",), {"passed": 1, "failed": 2}),
    ],
)
def test_they_are_chosen_as_tests_are(project, args, outcomes):
    run = project(FILES).run("--mlqa", *args)
    assert {key: count for key, count in run.outcomes.items() if key != "deselected"} == outcomes


def test_what_failed_is_asked_again_alone(project):
    place = project(FILES)
    place.run("--mlqa")
    again = place.run("--mlqa", "--lf", "-v")
    assert again.outcomes["failed"] == 2
    assert "row_order_ignored" not in again.text


def test_workers_share_them(project):
    run = project(FILES).run("--mlqa", "-n2", "--mlqa-report=report.json", apart=True)
    assert {**run.outcomes, "warnings": 0} == {"passed": 2, "failed": 2, "warnings": 0}
    assert [case.source for case in run.report.cases] == [*CHURN, "tests/test_a.py::test_mine"]


@pytest.mark.parametrize(
    ("given", "line", "said"),
    [
        ("shop:model", "shop:no_model", "[tool.mlqa.subjects.churn] model='shop:no_model': expected"),
        ("shop:model", "models/none.joblib", "[tool.mlqa.subjects.churn] model='models/none.joblib': expected a file"),
        ("data/test.csv", "data/no.csv", "[tool.mlqa.subjects.churn] test='data/no.csv': expected a file that exists"),
        ('"left"', '"lfet"', "[tool.mlqa.subjects.churn] target='lfet': expected a column of test"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_key(project, given, line, said):
    run = project({**FILES, "pyproject.toml": SETTINGS.replace(given, line)}).run("--mlqa", "-k", "row_order")
    assert run.outcomes["errors"] == 1
    assert said in run.text
    assert "Traceback" not in run.text


@pytest.mark.parametrize("missing", ['model = "shop:model"\n', 'test = "data/test.csv"\n', 'target = "left"\n'])
def test_without_a_model_a_table_and_a_label_there_are_none(project, missing):
    run = project(with_lines(drop=missing)).run("--mlqa", "--collect-only", "-q")
    assert collected(run) == ["tests/test_a.py::test_mine"]


def test_the_verdicts_are_those_of_mlqa_model_check(project):
    files = {name: text for name, text in FILES.items() if name != "conftest.py"}
    run = project(files).run(
        "--mlqa", "--mlqa-report=report.json", "pyproject.toml", "-k", "conformance or performance"
    )
    asked = model_default.model_questions_named()
    found = {case.source.rpartition("::")[2]: case for case in run.report.cases}
    assert set(found) == {name for name in asked if name.split(".")[0] in ("conformance", "performance")}
    assert found["performance.better_than_naive"].outcome == "pass"
    assert found["conformance.row_order_ignored"].verdicts[0].check == "conformance.row_order_ignored"
