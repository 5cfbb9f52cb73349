"""`mlqa.model_check`: what is asked of which model, and what odd models and arguments get."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression

import mlqa
from mlqa.checks.answering import case_of
from mlqa.checks.model_catalogue import QUESTIONS
from mlqa.checks.model_default import model_questions, model_questions_named
from mlqa.report import Report
from mlqa.verdict import Outcome

ELSEWHERE = "conformance.same_in_another_process"  # seconds each: asked by the one test that runs everything
RNG = np.random.default_rng(3)
X = pd.DataFrame(RNG.normal(size=(400, 3)).round(4), columns=["a", "b", "c"])
SIGNAL = X["a"].to_numpy() * 1.2 - X["b"].to_numpy() + RNG.normal(size=400)
Y = (SIGNAL > 0).astype(int)
THREE = np.digitize(SIGNAL, [-0.7, 0.7])
MODEL = LogisticRegression().fit(X, Y)


def asked(model=MODEL, rows=X, y=Y, **more):
    """Everything but another process, as a report."""
    questions = model_questions(model, rows, y, **more)
    return Report(tuple(case_of(questions[name], name) for name in questions if name != ELSEWHERE))


def outcomes(report):
    assert not [case.crash for case in report.cases if case.crash]
    return {case.source: case.verdicts[0].outcome.value for case in report.cases}


def failed(report):
    return [name for name, outcome in outcomes(report).items() if outcome == "fail"]


def test_a_sound_model_passes_everything():
    report = mlqa.model_check(MODEL, X, Y, X_train=X, y_train=Y, baseline=MODEL)
    skipped = {name for name, outcome in outcomes(report).items() if outcome == "skipped"}
    assert set(outcomes(report)) == set(QUESTIONS)
    assert failed(report) == ["leakage.no_shared_rows"]  # it was judged by the rows it learned
    assert skipped == {
        "conformance.unseen_categories_answered",
        "performance.errors_unbiased",
        "performance.no_huge_errors",
    }


def test_the_order_is_that_of_the_catalogue_and_the_source_names_the_check():
    report = asked(X_train=X, y_train=Y, baseline=MODEL)
    assert [case.source for case in report.cases] == [name for name in QUESTIONS if name != ELSEWHERE]
    assert all(case.verdicts[0].check == case.source.split("[")[0] for case in report.cases)


def test_every_question_knows_its_kind():
    for case in asked(X_train=X, y_train=Y, baseline=MODEL).cases:
        assert (case.verdicts[0].alpha is None) == QUESTIONS[case.source].contract, case.source


def test_without_training_rows_or_a_baseline_it_does_not_ask_about_them():
    names = model_questions_named()
    assert not [name for name in names if QUESTIONS[name].needs]
    assert set(outcomes(asked())) | {ELSEWHERE} == set(names)


def test_the_same_arguments_give_the_same_report():
    assert asked(seed=4).to_json() == asked(seed=4).to_json()


def test_the_level_is_that_of_every_statistical_check():
    levels = {verdict.alpha for verdict in asked(alpha=0.01).verdicts}
    assert levels == {None, 0.01}


@pytest.mark.parametrize(
    "rows",
    [X.to_numpy(), pl.from_pandas(X), pl.from_pandas(X).to_arrow()],
    ids=["numpy", "polars", "pyarrow"],
)
def test_tables_of_any_kind_are_handed_over_as_they_are(rows):
    kinds = set()

    def model(given):
        kinds.add(type(given))
        a, b = (given[:, 0], given[:, 1]) if isinstance(given, np.ndarray) else (given["a"], given["b"])
        return (np.asarray(a) > np.asarray(b)).astype(int)

    assert failed(asked(model, rows)) == []
    assert kinds == {type(rows)}


def test_texts_are_rows_too():
    texts = np.array([f"good number {i}" if y else f"bad number {i}" for i, y in enumerate(Y)], dtype=object)
    report = asked(lambda given: np.array([int("good" in text) for text in given]), texts)
    assert outcomes(report)["performance.better_than_naive"] == "pass"


def test_several_classes_with_names():
    names = np.array(["low", "mid", "top"])[THREE]
    model = LogisticRegression().fit(X, names)
    report = asked(model, X, names, X_train=X, y_train=names)
    assert outcomes(report)["performance.calibrated"] == "pass"
    assert outcomes(report)["performance.labels_serve"] == "pass"


def test_a_class_that_the_rows_lack_is_no_fault():
    model = LogisticRegression().fit(X, THREE)
    some = THREE != 1
    found = outcomes(asked(model, X[some], THREE[some]))
    assert found["performance.labels_serve"] == "skipped"
    assert found["conformance.probabilities_valid"] == "pass"
    assert "crash" not in found.values()


def test_a_regression_is_asked_other_questions():
    model = LinearRegression().fit(X, SIGNAL)
    found = outcomes(asked(model, X, SIGNAL, X_train=X, y_train=SIGNAL, baseline=model))
    assert found["performance.errors_unbiased"] == "pass"
    assert found["performance.calibrated"] == "skipped"
    assert found["regression.not_worse"] == "pass"


@pytest.mark.parametrize(
    "baseline",
    [
        MODEL,
        MODEL.predict(X),
        MODEL.predict_proba(X),
        MODEL.predict_proba(X)[:, 1],
        {"roc_auc": 0.6},
        0.6,
    ],
    ids=["model", "labels", "probabilities", "scores", "score by its metric", "score"],
)
def test_a_baseline_comes_in_many_forms(baseline):
    found = outcomes(asked(baseline=baseline))
    assert found["regression.not_worse"] == "pass"
    worse = outcomes(asked(lambda rows: rows["c"] > 0, baseline=0.99 if isinstance(baseline, float) else baseline))
    if isinstance(baseline, float) or not isinstance(baseline, dict):
        assert worse["regression.not_worse"] == "fail"


REFUSED = [
    ({"y": Y[:-1]}, "y"),
    ({"y": np.where(Y == 1, np.nan, 0.0)}, "y"),
    ({"y": [None, *Y[1:].tolist()]}, "y"),
    ({"y": np.zeros(400, dtype=int)}, "y"),
    ({"y": np.column_stack([Y, Y])}, "y"),
    ({"y": np.where(Y == 1, "yes", "no")}, "y"),
    ({"y": "target"}, "y"),
    ({"X": X[:0]}, "X"),
    ({"X": "no such file.csv"}, "X"),
    ({"X": np.zeros((400, 3, 2))}, "X"),
    ({"model": 3}, "model"),
    ({"model": LogisticRegression}, "model"),
    ({"X_train": X}, "y_train"),
    ({"y_train": Y}, "X_train"),
    ({"X_train": X, "y_train": Y[:-1]}, "y_train"),
    ({"X_train": X.drop(columns="a"), "y_train": Y}, "X_train"),
    ({"X_train": X, "y_train": np.where(Y == 1, "yes", "no")}, "y_train"),
    ({"baseline": MODEL.predict(X)[:-1]}, "baseline"),
    ({"baseline": np.full((400, 3), 1 / 3)}, "baseline"),
    ({"baseline": float("nan")}, "baseline"),
    ({"baseline": {"roc_auc": 0.6, "f1": 0.5}}, "baseline"),
    ({"alpha": 2}, "alpha"),
    ({"seed": -1}, "seed"),
]


@pytest.mark.parametrize(("changed", "name"), REFUSED, ids=[f"{name}{i}" for i, (_, name) in enumerate(REFUSED)])
def test_what_cannot_be_used_is_refused_by_name(changed, name):
    given = {"model": MODEL, "X": X, "y": Y, **changed}
    with pytest.raises(mlqa.UsageError) as caught:
        mlqa.model_check(given.pop("model"), given.pop("X"), given.pop("y"), **given)
    assert caught.value.name == name
    assert "\nHint: " in str(caught.value)


def test_what_is_refused_is_refused_before_the_model_is_asked():
    def model(rows):
        raise AssertionError("asked")

    with pytest.raises(mlqa.UsageError):
        mlqa.model_check(model, X, Y, X_train=X)


def raises(rows):
    raise ValueError("no such thing")


def prints(rows):
    print("hello")
    return (rows["a"] > rows["b"]).astype(int)


def mutates(rows):
    rows["a"] = 0.0
    return (rows["b"] < 0).astype(int)


ODD = {
    "raises": (raises, "conformance.every_row_answered"),
    "generator": (lambda rows: (row > 0 for row in rows["a"]), None),
    "endless": (lambda _rows: iter(int, 1), "conformance.every_row_answered"),
    "nothing": (lambda _rows: None, "conformance.every_row_answered"),
    "too few": (lambda rows: rows["a"].to_numpy()[1:] > 0, "conformance.every_row_answered"),
    "nan": (lambda rows: rows["a"].where(rows["a"] < 1).to_numpy(), "conformance.predictions_finite"),
    "constant": (lambda rows: np.zeros(len(rows), dtype=int), "performance.better_than_naive"),
    "prints": (prints, None),
    "mutates": (mutates, "conformance.input_kept"),
    "random": (lambda rows: np.random.default_rng().random(len(rows)), "conformance.repeatable"),
    "objects": (lambda rows: [{"a": 1}] * len(rows), "conformance.every_row_answered"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_models_get_a_report_and_no_crash(name):
    model, wanted = ODD[name]
    found = failed(asked(model))
    if wanted is not None:
        assert any(one.startswith(wanted) for one in found), found


def test_a_model_that_raises_is_asked_no_more_and_says_so_once():
    calls = []

    def model(rows):
        calls.append(len(rows))
        raise ValueError("the store is down")

    report = asked(model)
    assert failed(report) == ["conformance.every_row_answered"]
    assert len(calls) == 2
    skipped = [verdict for verdict in report.verdicts if verdict.outcome is Outcome.SKIPPED]
    assert all("the store is down" in verdict.reason for verdict in skipped)


def test_hundreds_of_classes():
    many = np.arange(400) // 2
    model = RandomForestClassifier(n_estimators=5, random_state=0).fit(X, many)
    found = outcomes(asked(model, X, many))
    assert "crash" not in found.values()


def test_three_rows_are_few_but_no_crash():
    found = outcomes(asked(MODEL, X[:3], [0, 1, 1]))
    assert "fail" not in found.values()


def test_predictions_are_made_once():
    class Counted(LogisticRegression):
        whole = 0

        def predict(self, rows):
            Counted.whole += len(rows) == 400
            return super().predict(rows)

    model = Counted().fit(X, Y)
    model_questions(model, X, Y)
    assert Counted.whole == 1
