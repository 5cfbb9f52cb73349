from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Outcome, SubjectError, UsageError
from mlqa.checks.performance.features_used import features_used
from mlqa.testing import assert_check_conforms


def frame(n=300):
    rng = np.random.default_rng(0)
    data = {
        "age": rng.integers(18, 80, n),
        "plan": rng.choice(["a", "b"], n),
        "noise": rng.normal(size=n),
        "one": [1] * n,
    }
    return pd.DataFrame(data, index=np.arange(n)[::-1])


def by_age_and_plan(table):
    return (np.asarray(table["age"]) > 40) & (np.asarray(table["plan"]) == "a")


def test_unused_columns_are_named_and_no_fault():
    verdict = features_used(by_age_and_plan, frame())
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "no prediction depends on 'noise'; 2 of 3 columns are used"
    assert verdict.kind == "contract"


def test_with_a_limit_too_many_of_them_fail():
    verdict = features_used(by_age_and_plan, frame(), most_unused=0)
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("noise",))


def test_a_model_that_ignores_its_input_fails():
    verdict = features_used(lambda table: np.zeros(len(table)), frame())
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("age", "plan", "noise")


@pytest.mark.parametrize(
    "kind", [pl.from_pandas, lambda table: pl.from_pandas(table).to_arrow()], ids=["polars", "arrow"]
)
def test_any_kind_of_table_is_asked(kind):
    def model(table):
        return np.asarray(table["age"].to_numpy()) > 40

    assert (
        features_used(model, kind(frame())).reason
        == "no prediction depends on 'plan', 'noise'; 1 of 3 columns are used"
    )


def test_one_call_is_enough_for_many_columns():
    calls = []

    def model(X):
        calls.append(len(X))
        return X.sum(axis=1)

    assert features_used(model, np.random.default_rng(0).normal(size=(2000, 20))).outcome is Outcome.PASS
    assert calls == [41_000]


def test_a_table_that_does_not_vary_is_skipped():
    assert features_used(lambda X: X[:, 0], np.ones((5, 2))).outcome is Outcome.SKIPPED


def test_a_model_that_raises_and_a_limit_below_zero_are_refused():
    with pytest.raises(SubjectError):
        features_used(lambda X: X / "no", np.arange(6.0).reshape(3, 2))
    with pytest.raises(UsageError) as refused:
        features_used(lambda X: X[:, 0], np.arange(6.0).reshape(3, 2), most_unused=-1)
    assert str(refused.value).endswith("Hint: leave it out for no limit")


@pytest.mark.parametrize("most", [None, 0])
def test_it_conforms(most):
    assert_check_conforms(features_used, by_age_and_plan, frame(), most_unused=most)
