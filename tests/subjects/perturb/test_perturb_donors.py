"""Real values put into other rows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.invariance.changes_at_most import changes_at_most
from mlqa.subjects.perturb import neighbouring, resampled
from mlqa.subjects.table import read_table

DATA = {
    "age": [31, 47, 58, 47],
    "x": [1.5, None, 3.0, 9.0],
    "plan": ["b", None, "a", "c"],
    "on": [date(2026, 1, 2)] * 4,
}
KINDS = {
    "pandas": lambda: pd.DataFrame(DATA),
    "polars": lambda: pl.DataFrame(DATA),
    "pyarrow": lambda: pl.DataFrame(DATA).to_arrow(),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("column", ["age", "x", "plan"])
def test_values_come_from_the_column_and_missing_ones_stay(kind, column):
    table = KINDS[kind]()
    old, new = read_table(table)[column], read_table(resampled(column, table, seed=4)(table))[column]
    assert new.dtype == old.dtype
    assert set(new.to_list()) <= set(old.to_list())
    assert (new.is_null() == old.is_null()).all()
    assert not new.equals(old)


@pytest.mark.parametrize("kind", KINDS)
def test_neighbours_are_at_most_so_many_real_values_away(kind):
    table = KINDS[kind]()
    seen = set()
    for seed in range(20):
        moved = read_table(neighbouring("x", table, seed=seed)(table))["x"].to_list()
        assert moved[1] is None
        assert moved[0] in (1.5, 3.0)
        assert moved[3] in (3.0, 9.0)
        seen.add(moved[2])
    assert seen == {1.5, 3.0, 9.0}


def test_the_worst_real_value_is_searched_for():
    table = pd.DataFrame({"x": np.arange(500.0), "y": 0.0})
    peak = lambda rows: 1.0 * (rows["x"].to_numpy() == 499.0)  # noqa: E731
    assert changes_at_most(peak, table.head(50), resampled("x", table), 0.5).outcome is Outcome.FAIL


def test_what_cannot_be_used_is_refused():
    table = KINDS["polars"]()
    with pytest.raises(UsageError, match="steps=0: expected a whole number of at least 1"):
        neighbouring("x", table, steps=0)
    with pytest.raises(UsageError, match="column='plan': expected a numeric column"):
        neighbouring("plan", table)
    with pytest.raises(UsageError, match="missing values only"):
        resampled("a", pl.DataFrame({"a": [None, None]}, schema={"a": pl.Int8}))
    with pytest.raises(UsageError, match="expected a column whose values have an order"):
        resampled("a", pd.DataFrame({"a": [1, "x"]}))
