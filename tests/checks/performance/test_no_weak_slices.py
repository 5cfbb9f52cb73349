from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.performance.no_weak_slices import no_weak_slices
from mlqa.testing import assert_check_conforms


def people(n=4000, seed=0):
    """Features, honest probabilities and labels; harder in the north, which is nobody's fault."""
    rng = np.random.default_rng(seed)
    X = pl.DataFrame(
        {
            "age": rng.integers(18, 80, n),
            "income": rng.lognormal(10, 0.5, n),
            "region": rng.choice(["north", "south", "east", "west"], n),
        }
    )
    score = rng.normal(size=n) * np.where(X["region"] == "north", 0.4, 3.0)
    p = 1 / (1 + np.exp(-score))
    return X, p, (rng.random(n) < p).astype(int)


def broken(X, p):
    """The model is upside down for old people of the south."""
    rows = ((X["age"] > 48) & (X["region"] == "south")).to_numpy()
    return np.where(rows, 1 - p, p)


def test_a_slice_that_is_only_harder_is_no_alarm():
    X, p, y = people()
    north = (X["region"] == "north").to_numpy()
    errors = (p > 0.5) != y
    assert errors[north].mean() > 2 * errors[~north].mean()
    assert no_weak_slices(p, y, X).outcome is Outcome.PASS
    assert no_weak_slices((p > 0.5).astype(int), y, X).outcome is Outcome.PASS


def test_a_broken_slice_is_found_and_said_in_words():
    X, p, y = people()
    verdict = no_weak_slices(broken(X, p), y, X)
    assert verdict.outcome is Outcome.FAIL
    assert set(verdict.columns[:2]) == {"age", "region"}
    assert "region = 'south'" in verdict.evidence.worst[0]["slice"]
    assert "age > 4" in verdict.evidence.worst[0]["slice"]


def test_of_labels_a_slice_counts_where_one_label_would_do_better():
    X, p, y = people()
    y = np.where(((X["age"] > 48) & (X["region"] == "south")).to_numpy(), 1, y)
    verdict = no_weak_slices(np.where(y == 1, (p > 0.5).astype(int), 0), y, X)
    assert verdict.outcome is Outcome.FAIL
    assert "always saying class 1 does better" in verdict.reason


def test_of_values_a_slice_counts_that_is_off_to_one_side():
    rng = np.random.default_rng(1)
    X, _, _ = people()
    truth = 10 * rng.normal(size=4000)
    noise = rng.standard_t(3, 4000)
    assert no_weak_slices(truth + noise, truth, X).outcome is Outcome.PASS
    west = (X["region"] == "west").to_numpy()
    verdict = no_weak_slices(truth + noise + 3 * west, truth, X)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.worst[0]["slice"] == "region = 'west'"
    assert "too high" in verdict.reason


def test_of_many_classes_the_slice_with_more_errors_than_expected_is_found():
    rng = np.random.default_rng(2)
    X, _, _ = people()
    table = rng.dirichlet([0.3, 0.3, 0.3], 4000)
    y = np.array([rng.choice(3, p=row) for row in table])
    assert no_weak_slices(table, y, X).outcome is Outcome.PASS
    east = (X["region"] == "east").to_numpy()
    verdict = no_weak_slices(np.where(east[:, None], np.roll(table, 1, axis=1), table), y, X)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.worst[0]["slice"] == "region = 'east'"


def test_with_a_margin_a_slice_that_is_harder_counts_too():
    X, p, y = people()
    said = (p > 0.5).astype(int)
    verdict = no_weak_slices(said, y, X, margin=0.05)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.worst[0]["slice"] == "region = 'north'"
    assert no_weak_slices(said, y, X, margin=0.4).outcome is Outcome.PASS
    assert no_weak_slices(p, y, X, margin=0.05, metric="log_loss").outcome is Outcome.FAIL


def test_missing_values_are_a_slice():
    X, p, y = people()
    income = X["income"].to_numpy().copy()
    income[:600] = np.nan
    p = np.where(np.isnan(income), 0.5 + 0.45 * np.sign(0.5 - p), p)
    verdict = no_weak_slices(p, y, X.with_columns(pl.Series("income", income)))
    assert verdict.evidence.worst[0]["slice"] == "income is missing"


def test_one_literal_is_enough_where_it_explains_as_much():
    X, p, y = people()
    south = (X["region"] == "south").to_numpy()
    verdict = no_weak_slices(np.where(south, 1 - p, p), y, X, most_literals=1)
    assert [row["slice"] for row in verdict.evidence.worst] == ["region = 'south'"]
    assert no_weak_slices(np.where(south, 1 - p, p), y, X).evidence.worst[0]["slice"] == "region = 'south'"


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "numpy"])
def test_any_kind_of_table_gives_the_same_verdict(kind):
    X, p, y = people(2000)
    said = broken(X, p)
    numbers = X.with_columns(X["region"].rank("dense").cast(pl.Float64), X["age"].cast(pl.Float64))
    table = {"pandas": numbers.to_pandas, "pyarrow": numbers.to_arrow, "numpy": numbers.to_numpy}[kind]()
    same = no_weak_slices(said, y, table)
    assert same.evidence.estimate == no_weak_slices(said, y, numbers).evidence.estimate


def test_few_rows_decide_nothing():
    X, p, y = people(60)
    assert no_weak_slices(p, y, X, at_least_rows=10).outcome is Outcome.UNDECIDED


def test_columns_without_a_condition_are_skipped():
    verdict = no_weak_slices([0.2] * 50, [0, 1] * 25, pl.DataFrame({"one": [1] * 50}))
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "no condition holds in at least 30 of 50 rows, and not in all"


def test_odd_columns_give_a_verdict():
    n = 200
    X = pd.DataFrame(
        {
            "list": [[1]] * n,
            "time": pd.date_range("2020", periods=n),
            "null": [None] * n,
            "inf": [np.inf] * n,
            "many": [str(k) for k in range(n)],
            "<b>": [True, None] * (n // 2),
            "long": ["x" * 1000, "y"] * (n // 2),
            "delta": [dt.timedelta(days=k) for k in range(n)],
        }
    )
    verdict = no_weak_slices(np.tile([0.2, 0.8], n // 2), np.tile([0, 1], n // 2), X)
    assert verdict.outcome in (Outcome.PASS, Outcome.UNDECIDED)


def test_more_than_256_literals_are_searched_too():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(600, 60))
    p = rng.random(600)
    y = (rng.random(600) < p).astype(int)
    said = np.where((X[:, 7] > np.median(X[:, 7])), 1 - p, p)
    assert no_weak_slices(p, y, X).outcome is Outcome.PASS
    assert no_weak_slices(said, y, X).columns[0] == "7"


def test_other_rows_and_scores_are_refused():
    X, p, y = people(100)
    with pytest.raises(UsageError, match="expected 100 rows, as y has"):
        no_weak_slices(p, y, X[:50])
    with pytest.raises(UsageError, match="pass probabilities or labels"):
        no_weak_slices(20 * p, y, X)
    with pytest.raises(UsageError) as refused:
        no_weak_slices(p, y, X, most_literals=3)
    assert str(refused.value) == "most_literals=3: expected 1 or 2, got int.\nHint: longer conditions are not searched"


@pytest.mark.parametrize("fault, n", [(False, 600), (True, 1500), (False, 60)])
def test_it_conforms(fault, n):
    X, p, y = people(n)
    assert_check_conforms(no_weak_slices, broken(X, p) if fault else p, y, X, at_least_rows=20)
