"""`mlqa.model_check` as a new user misuses it: other types, other orders, models of every form."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import mlqa
from mlqa.checks.answering import case_of
from mlqa.checks.evaluated import evaluate
from mlqa.checks.model_default import model_questions
from mlqa.report import Report
from mlqa.report.html import to_html
from mlqa.report.markdown import to_markdown

ELSEWHERE = "conformance.same_in_another_process"
RNG = np.random.default_rng(3)


def drawn():
    rows = pd.DataFrame(RNG.normal(size=(400, 3)).round(4), columns=["a", "b", "c"])
    return rows, rows["a"].to_numpy() * 1.2 - rows["b"].to_numpy() + RNG.normal(size=400)


(X, SIGNAL), (X_TRAIN, SIGNAL_TRAIN) = drawn(), drawn()
Y, Y_TRAIN = (SIGNAL > 0).astype(int), (SIGNAL_TRAIN > 0).astype(int)
MODEL = LogisticRegression().fit(X_TRAIN, Y_TRAIN)
CUTS = [-0.7, 0.7]


def asked(model=MODEL, rows=X, y=Y, **more):
    questions = model_questions(model, rows, y, **more)
    return Report(tuple(case_of(questions[name], name) for name in questions if name != ELSEWHERE))


def failed(report):
    assert not [case.crash for case in report.cases if case.crash]
    return [case.source for case in report.cases if case.verdicts[0].outcome.value == "fail"]


def refusal(model=MODEL, rows=X, y=Y, **more):
    with pytest.raises(mlqa.UsageError) as caught:
        mlqa.model_check(model, rows, y, **more)
    return caught.value


@pytest.mark.parametrize("labels", [lambda s: (s > 0).astype(int), lambda s: np.digitize(s, CUTS)], ids=["2", "3"])
def test_a_function_of_all_probabilities_is_as_sound_as_its_model(labels):
    model = LogisticRegression().fit(X_TRAIN, labels(SIGNAL_TRAIN))
    report = asked(lambda rows: model.predict_proba(rows), y=labels(SIGNAL))  # noqa: PLW0108 - a plain function
    assert failed(report) == []


@pytest.mark.parametrize(
    "kind",
    [pd.Categorical, lambda said: pd.Series(said, dtype="string"), lambda said: said.astype(object)],
    ids=["categorical", "string", "object"],
)
def test_a_function_may_give_texts_of_any_kind(kind):
    names = np.array(["no", "yes"])
    report = asked(lambda rows: kind(names[MODEL.predict(rows)]), y=names[Y])
    assert failed(report) == []


def test_a_model_that_ends_the_program_is_a_model_that_fails():
    def model(rows):
        raise SystemExit("done")

    assert failed(asked(model)) == ["conformance.every_row_answered"]


def test_why_a_model_does_not_answer_is_told_once_for_all_that_is_skipped():
    def model(rows):
        raise RuntimeError("no weights")

    text = " ".join(str(asked(model)).split())
    assert text.count("no weights") == 2  # by the check that fails, and for the others


@pytest.mark.parametrize("columns", [[0, 1, 2], ["a", "b", "c"]], ids=["places", "names"])
def test_columns_that_nobody_named_are_not_asked_for_by_name(columns):
    rows = X.set_axis(columns, axis=1)
    model = LogisticRegression().fit(X_TRAIN.set_axis(columns, axis=1), Y_TRAIN)
    found = {case.source: case.verdicts[0] for case in asked(model, rows).cases}["conformance.columns_found_by_name"]
    assert found.outcome.value == ("skipped" if columns[0] == 0 else "pass")


@pytest.mark.parametrize(("slope", "task"), [(1.0, "classes"), (1.3, "values")])
def test_more_than_twenty_whole_numbers_are_classes_where_they_are_mostly_met(slope, task):
    letters = np.repeat(np.arange(26), 40)
    rows = pd.DataFrame({"a": letters + RNG.normal(0, 0.3, letters.size), "b": RNG.normal(size=letters.size)})
    assert evaluate(lambda rows: (rows["a"] * slope).round().clip(0, 25).astype(int), rows, letters).task == task


@pytest.mark.parametrize("kind", [bool, float, np.int8])
def test_labels_of_another_type_in_training_are_the_same_labels(kind):
    assert failed(asked(X_train=X_TRAIN, y_train=Y_TRAIN.astype(kind))) == []


def test_labels_in_another_order_than_the_rows_are_refused():
    shuffled, labels = X.sample(frac=1, random_state=0), pd.Series(Y).sample(frac=1, random_state=1)
    error = refusal(rows=shuffled, y=labels)
    assert error.name == "y"
    assert "the index of X" in str(error)
    assert failed(asked(rows=shuffled, y=pd.Series(Y)[shuffled.index])) == []


@pytest.mark.parametrize(
    ("baseline", "said"),
    [
        (91, "accuracy in [0, 1]"),
        (True, "a finite score"),
        ({"accuracy": "high"}, "a finite score"),
        ({"accuracy": float("nan")}, "a finite score"),
        (LogisticRegression, "an object with predict"),
        (LogisticRegression(), "not fitted"),
        (np.where(Y == 1, "yes", "no"), "what the model gives (numbers)"),
    ],
    ids=["percent", "truth", "word", "nan", "class", "unfitted", "texts"],
)
def test_a_baseline_that_is_none_is_refused_by_its_own_name(baseline, said):
    error = refusal(baseline=baseline)
    assert error.name == "baseline"
    assert said in str(error)


def test_the_one_value_of_y_is_shown_as_it_was_written():
    assert "got 1 in every row" in str(refusal(y=np.ones(400, dtype=int)))


def test_a_check_asked_twice_costs_the_others_no_place_in_the_table():
    report = asked(baseline=MODEL)
    text = str(report)
    assert "regression.not_worse[log_loss]" in text
    assert "performance.better_than_naive" in text
    assert max(map(len, text.splitlines())) <= 80
    assert r"regression.not_worse\[log_loss\]" in to_markdown(report)
    assert "regression.not_worse[log_loss]</td>" in to_html(report)
