"""One table and a faulty partner, for the tests that ask every backend the same."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

import mlqa
from mlqa.subjects.profile import profile

ROLES = {"target": "churn", "time": "at", "id": "customer"}
START = dt.datetime(2024, 1, 1)


def tables(rows: int = 900) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A reference, and a current table with missing values, another unit, a new category and copied rows."""
    before, after = _table(rows, 1, 0), _table(rows, 2, rows)
    after = after.with_columns(
        income=pl.col("income") * 100,
        visits=pl.when(pl.col("visits") % 3 == 0).then(None).otherwise("visits"),
        plan=pl.when(pl.col("plan") == "basic").then(pl.lit("Básico 🎈")).otherwise("plan"),
    )
    copied = before.head(rows // 10).with_columns(customer=pl.int_range(9 * rows, 9 * rows + rows // 10))
    return before, pl.concat([after.head(rows - rows // 10), copied])


def _table(rows: int, seed: int, first: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    income = rng.lognormal(7, 1, rows)
    gaps = rng.random((3, rows)) < 0.1
    plan = pl.Series(["basic", "gold", "silver"]).gather(rng.integers(0, 3, rows))
    return pl.DataFrame(
        {
            "customer": np.arange(first, first + rows),
            "income": income,
            "age": rng.integers(18, 80, rows),
            "visits": pl.Series(rng.poisson(4, rows)).set(pl.Series(gaps[0]), None),
            "score": pl.Series(rng.normal(size=rows)).set(pl.Series(gaps[1]), None),
            "plan": plan,
            "region": pl.Series([f"region {at}" for at in rng.integers(0, 9, rows)]).set(pl.Series(gaps[2]), None),
            "active": rng.random(rows) < 0.7,
            "asked": pl.Series(rng.random(rows) < 0.5).set(pl.Series(gaps[2]), None),
            "since": pl.Series([START.date() - dt.timedelta(days=int(days)) for days in rng.integers(0, 900, rows)]),
            "at": pl.Series([START + dt.timedelta(minutes=int(at)) for at in range(first, first + rows)]),
            "churn": pl.Series(np.where(rng.random(rows) < 1 / (1 + income / 1000), "yes", "no")),
        }
    )


def answers(current: object, reference: object) -> list[dict[str, object]]:
    """Every verdict of the default checks, as plain values; a crash is an error."""
    report = mlqa.check(current, reference, **ROLES)
    assert [case.crash for case in report.cases if case.crash] == []
    return [verdict.to_dict() for verdict in report.verdicts]


def summary(table: object) -> tuple[object, ...]:
    """What a profile counted, without how it was stored."""
    made = profile(table, target=ROLES["target"], leave_out=[ROLES["id"]])
    columns = tuple((column.name, column.kind, column.nulls) for column in made.columns.values())
    cells = tuple(
        (column.grid.values.tolist(), column.grid.counts.tolist()) for column in made.columns.values() if column.grid
    )
    return made.rows, made.digest, columns, cells, made.row_counts.counts.tolist(), made.positions.tolist()
