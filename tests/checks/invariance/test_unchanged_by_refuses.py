from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlqa import Outcome, SubjectError, UsageError, unchanged_by
from mlqa.subjects.perturb import cased, scaled


def frame():
    return pd.DataFrame({"age": [20, 50] * 200, "income": [1.5, 2.5] * 200, "plan": ["basic", "plus"] * 200})


def by_plan(table):
    return ["leaves" if plan == "basic" else "stays" for plan in table["plan"]]


def test_a_model_that_answers_by_chance_is_told_apart():
    calls = []

    def model(X):
        calls.append(1)
        return np.full(len(X), len(calls))

    half = np.array([[1.0], [0.0]])
    verdict = unchanged_by(model, half, scaled("0", 2))
    assert "but not when asked again alone" in verdict.reason
    assert "1 untouched rows change too: the model is not deterministic" in verdict.reason


def test_a_model_that_refuses_half_changed_rows_still_gives_a_verdict():
    def model(X):
        if len(X) == 2 and X[1].tolist() != X[0].tolist():
            raise ValueError("a pair")
        return X[:, 0] > 1

    verdict = unchanged_by(model, np.ones((3, 2)), lambda X: X + 1)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.worst[0]["cells changed"] == 2
    assert "reverting" not in verdict.reason


def test_a_model_that_raises_is_named():
    with pytest.raises(SubjectError, match=r"^model=by_plan: it raised KeyError\('plan'\) on 4 rows"):
        unchanged_by(by_plan, pd.DataFrame({"a": [1, 2, 3, 4]}), scaled("a", 2))


def test_a_perturbation_that_raises_is_named():
    def broken(table):
        raise RuntimeError("oh")

    with pytest.raises(SubjectError, match=r"^perturb='broken': it raised RuntimeError\('oh'\) on 400 rows"):
        unchanged_by(by_plan, frame(), broken)


@pytest.mark.parametrize(
    ("perturb", "said"),
    [
        (lambda t: t.head(3), "a function that keeps the shape (400, 3), got shape (3, 3)"),
        (lambda t: t.rename(columns={"plan": "p"}), "a function that keeps the columns in order, got column 'p'"),
        (lambda t: t[["plan", "age", "income"]], "a function that keeps the columns in order, got column 'plan'"),
        (lambda t: t.to_numpy(), "a function that returns a DataFrame, got ndarray"),
        (lambda t: None, "a function that returns a DataFrame, got NoneType"),  # noqa: ARG005
    ],
)
def test_a_perturbation_that_returns_another_table_is_refused(perturb, said):
    with pytest.raises(UsageError) as caught:
        unchanged_by(by_plan, frame(), {"mine": perturb})
    assert str(caught.value).startswith("perturb['mine']='mine': expected ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"at_most": 1.0}, "at_most=1.0: expected a share of rows in [0, 1), got float"),
        ({"at_most": -0.1}, "at_most=-0.1: expected"),
        ({"at_most": float("nan")}, "at_most=nan: expected"),
        ({"at_most": True}, "at_most=True: expected"),
        ({"alpha": 0.7}, "alpha=0.7: expected"),
        ({"change": -1}, "change=-1: expected a number of at least 0, or None"),
        ({"change": 0.1}, "change=0.1: expected None for a model that predicts labels"),
        ({"columns": "plan"}, "columns='plan': expected a list of column names"),
        ({"columns": ["plann"]}, "did you mean 'plan'?"),
        ({"seed": -1}, "seed=-1: expected a whole number of at least 0"),
        ({"perturb": []}, "perturb=[]: expected a function from a table to a table"),
        ({"perturb": "noise"}, "perturb='noise': expected a function from a table to a table"),
        ({"X": [[1, 2]]}, "X=[[1, 2]]: expected a table"),
        ({"X": np.zeros(4)}, "expected an array of shape (rows, columns)"),
        ({"X": frame().head(0)}, "expected a table with at least one row"),
        ({"model": 3}, "model=3: expected a function from a table to predictions"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_hint(options, said):
    arguments = {"model": by_plan, "X": frame(), "perturb": cased("plan")} | options
    model, X, perturb = (arguments.pop(name) for name in ("model", "X", "perturb"))
    with pytest.raises(UsageError) as caught:
        unchanged_by(model, X, perturb, **arguments)
    assert said in str(caught.value)
    assert "\nHint: " in str(caught.value)
