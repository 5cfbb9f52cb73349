from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.invariance.decreases_with import decreases_with
from mlqa.checks.invariance.increases_with import increases_with
from mlqa.subjects.perturb import scaled

N = 300


def frame(kind="pandas", rows=N):
    rng = np.random.default_rng(5)
    data = {
        "age": rng.integers(18, 80, rows),
        "income": rng.normal(40, 9, rows).round(2),
        "plan": ["a", "b"] * (rows // 2),
    }
    return pd.DataFrame(data) if kind == "pandas" else pl.DataFrame(data)


def rising(table):
    return np.asarray(table["age"]) * 2.0 + np.asarray(table["income"])


def dipping(table):
    """Falls once, between two ages, of the customers of plan b."""
    age = np.asarray(table["age"], dtype=float)
    return age - 8 * (np.asarray(table["plan"]) == "b") * ((age >= 40) & (age < 44))


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_model_that_never_falls_passes(kind):
    verdict = increases_with(rising, frame(kind), "age")
    assert verdict.outcome is Outcome.PASS
    assert verdict.claim == "no prediction falls as 'age' grows"
    assert (verdict.check, verdict.kind, verdict.evidence.n) == ("invariance.increases_with", "contract", N)


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_a_fall_between_two_others_is_found_and_shown_between_two_values(kind):
    verdict = increases_with(dipping, frame(kind), "age", points=62)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("age",)
    assert verdict.evidence.estimate == 0.5
    worst = verdict.evidence.worst[0]
    assert worst["'age' before"] == 39
    assert worst["'age' after"] in (40, 41, 42, 43)
    assert worst["prediction after"] < worst["prediction before"]
    assert "150 of 300 rows fall; row 1, 'age': 'age' 39 -> 40 turns 39 into 32" in verdict.reason


def test_decreases_with_is_the_mirror_image():
    table = frame()
    assert decreases_with(lambda X: -rising(X), table, "age").outcome is Outcome.PASS
    verdict = decreases_with(rising, table, "age")
    assert verdict.outcome is Outcome.FAIL
    assert verdict.claim == "no prediction rises as 'age' grows"
    assert "300 of 300 rows rise" in verdict.reason


def test_under_a_perturbation_the_prediction_must_not_move_the_wrong_way():
    raised = {"a raise": lambda X: X.assign(income=X["income"] + 10)}
    assert increases_with(rising, frame(), raised).outcome is Outcome.PASS
    assert increases_with(rising, frame(), raised).claim == "no prediction falls under 'a raise'"
    verdict = decreases_with(rising, frame(), raised, at_most=0.1)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.claim == "at most 10 % of predictions rise under 'a raise'"
    assert verdict.columns == ("income",)


def test_the_rate_of_falls_has_an_exact_interval():
    within = increases_with(dipping, frame(), "age", points=62, at_most=0.7, alpha=0.01)
    assert (within.outcome, within.alpha) == (Outcome.PASS, 0.01)
    astride = increases_with(dipping, frame(), "age", points=62, at_most=0.5, alpha=0.01)
    assert astride.outcome is Outcome.UNDECIDED
    assert astride.claim == "at most 50 % of predictions fall as 'age' grows"
    assert increases_with(dipping, frame(), "age", points=62, at_most=0.3, alpha=0.01).outcome is Outcome.FAIL


def test_a_fall_that_is_accepted_is_none():
    assert increases_with(dipping, frame(), "age", points=62, change=7.5).outcome is Outcome.PASS
    assert increases_with(dipping, frame(), "age", points=62, change=6.5).outcome is Outcome.FAIL


def test_a_classifier_is_asked_for_the_probability_of_a_class():
    class Model:
        classes_ = np.array(["no", "yes", "maybe"])

        def predict_proba(self, X):
            p = 0.1 + 0.4 * (X[:, 0] > 0)
            return np.column_stack([p, 0.5 - p / 2, 0.5 - p / 2])

    X = np.linspace(-1, 1, 20).reshape(-1, 1)
    assert increases_with(Model(), X, "0", label="no").outcome is Outcome.PASS
    assert decreases_with(Model(), X, "0", label="yes").outcome is Outcome.PASS
    assert increases_with(Model(), X, "0", label="yes").outcome is Outcome.FAIL
    with pytest.raises(UsageError, match="label=None: expected one of the 3 classes"):
        increases_with(Model(), X, "0")
    with pytest.raises(UsageError, match="label='y': expected one of 'no', 'yes', 'maybe'"):
        increases_with(Model(), X, "0", label="y")


def test_of_two_classes_the_second_is_judged():
    def model(X):
        p = 1 / (1 + np.exp(-X[:, 0]))
        return np.column_stack([1 - p, p])

    X = np.linspace(-3, 3, 30).reshape(-1, 1)
    assert increases_with(model, X, "0").outcome is Outcome.PASS
    assert decreases_with(model, X, "0").outcome is Outcome.FAIL


def test_dates_have_an_order_too_and_missing_ones_are_left_alone():
    table = pl.DataFrame({"since": [date(2026, 1, day) for day in range(1, 29)] + [None], "x": range(29)})
    newer = lambda X: X["since"].dt.day().fill_null(0).to_numpy() * 1.0  # noqa: E731
    verdict = increases_with(newer, table, "since")
    assert (verdict.outcome, verdict.evidence.n) == (Outcome.PASS, 28)
    assert decreases_with(newer, table, "since").columns == ("since",)


def test_a_column_of_one_value_is_skipped():
    verdict = increases_with(rising, frame().assign(age=30), "age")
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "'age' changes no cell of 300 rows: nothing was asked"


def test_predictions_are_asked_in_large_blocks_only():
    sizes = []

    def model(X):
        sizes.append(len(X))
        return X[:, 0]

    increases_with(model, np.random.default_rng(0).normal(size=(12_000, 2)), "0", points=10)
    assert sizes == [100_000, 20_000, 12_000, 12_000]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"perturb": "plan"},
            "perturb='plan': expected a column of numbers, dates or times, got a column that holds str",
        ),
        ({"perturb": "agee"}, "did you mean 'age'?"),
        ({"points": 1}, "points=1: expected a whole number in [2, 1000]"),
        ({"columns": ["age"]}, "columns=['age']: expected None where a column is named"),
        ({"model": lambda X: ["a"] * len(X)}, "expected a model whose predictions have an order"),
        ({"change": -1}, "change=-1: expected a number of at least 0, or None"),
        ({"remembered": 3}, "remembered=3: expected a list of dicts"),
    ],
)
def test_what_cannot_be_used_is_refused(options, said):
    arguments = {"model": rising, "perturb": "age"} | options
    model, perturb = arguments.pop("model"), arguments.pop("perturb")
    with pytest.raises(UsageError) as caught:
        increases_with(model, frame(), perturb, **arguments)
    assert said in str(caught.value)


def test_a_missing_prediction_is_a_fall_unless_both_are():
    X = np.array([[1.0], [2.0], [3.0]])
    assert increases_with(lambda t: np.full(len(t), np.nan), X, scaled("0", 2)).outcome is Outcome.PASS
    verdict = increases_with(lambda t: np.where(t[:, 0] > 5, np.nan, 0.0), X, scaled("0", 2))
    assert (verdict.outcome, verdict.evidence.worst[0]["row"]) == (Outcome.FAIL, 2)
