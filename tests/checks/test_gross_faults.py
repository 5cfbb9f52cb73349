"""Faults that nobody would forgive missing: at a thousand rows mlqa.check finds each, and blames no other column."""

from functools import cache

import numpy as np
import polars as pl
import pytest

import mlqa
from mlqa.verdict import Outcome

N = 1000
CITIES = [f"city {i}" for i in range(60)]


@cache
def world(seed, rows=N):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "normal": rng.normal(size=rows),
            "skewed": rng.lognormal(0, 1, rows),
            "count": rng.poisson(3, rows),
            "mostly zero": np.where(rng.random(rows) < 0.7, 0.0, rng.exponential(5, rows)),
            "negative": rng.normal(-50, 5, rows),
            "binary": rng.integers(0, 2, rows),
            "plan": rng.choice(list("abcde"), rows, p=[0.4, 0.3, 0.15, 0.1, 0.05]),
            "city": rng.choice(CITIES, rows),
        }
    )


def tenfold(column):
    return lambda rows, _: rows.with_columns(pl.col(column) * 10)


def replaced(column, value, share):
    def fault(rows, rng):
        hit = pl.Series(rng.random(rows.height) < share)
        return rows.with_columns(pl.when(hit).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))

    return fault


FAULTS = {
    **{f"{column} tenfold": (column, tenfold(column)) for column in world(0).columns[:6]},
    **{f"{column} missing": (column, replaced(column, None, 0.2)) for column in ("normal", "count", "plan", "city")},
    "labels shuffled": ("plan", lambda rows, _: rows.with_columns(pl.col("plan").replace(dict(zip("abcde", "bcdea"))))),
    "a new category of five": ("plan", replaced("plan", "new", 0.03)),
    "a new category of sixty": ("city", replaced("city", "new", 0.03)),
    "numbers as words": ("normal", lambda rows, _: rows.with_columns(pl.lit("much").alias("normal"))),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_gross_fault_is_found_in_its_column_and_in_no_other(name):
    column, fault = FAULTS[name]
    for seed in range(1, 9, 2):
        report = mlqa.check(fault(world(seed), np.random.default_rng(seed)), world(seed - 1))
        blamed = {named for verdict in report.verdicts if verdict.outcome is Outcome.FAIL for named in verdict.columns}
        assert blamed == {column}


@pytest.mark.parametrize("rows", [N, 200])
def test_one_row_in_twenty_copied_from_the_reference_is_found(rows):
    for seed in range(1, 9, 2):
        copies = world(seed - 1).sample(rows // 20, seed=seed)
        current = pl.concat([world(seed).head(rows - rows // 20), copies])
        failed = [v.check for v in mlqa.check(current, world(seed - 1)).verdicts if v.outcome is Outcome.FAIL]
        assert failed == ["leakage.no_shared_rows"]
