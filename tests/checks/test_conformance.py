"""Every check of ours, at every outcome it can give, held to the contract by the public kit."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pytest

import mlqa
from mlqa.checks.quality.no_empty_columns import no_empty_columns
from mlqa.subjects.perturb import cased, noise, swapped
from mlqa.testing import assert_check_conforms

ROWS = 1200


@cache
def table(seed: int = 0, rows: int = ROWS, moved: float = 0.0) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "age": rng.integers(18, 80, rows),
            "income": rng.normal(40_000, 9_000, rows) * (1 + moved),
            "plan": rng.choice(["basic", "plus", "gold"], rows),
            "since": pl.Series(rng.integers(0, 3000, rows)).cast(pl.Date),
        }
    )


def holed(share: float) -> pl.DataFrame:
    gone = np.random.default_rng(9).random(ROWS) < share
    return table(1).with_columns(pl.when(pl.Series(gone)).then(None).otherwise(pl.col("income")).alias("income"))


def with_repeats(seed: int, copies: pl.DataFrame | None = None) -> pl.DataFrame:
    rows = table(seed)
    return rows if copies is None else pl.concat([rows, copies])


def labels(flipped: float, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    y = rng.integers(0, 2, rows)
    baseline = np.where(rng.random(rows) < 0.1, 1 - y, y)
    return np.where(rng.random(rows) < flipped, 1 - baseline, baseline), baseline, y


def by_plan(rows: pl.DataFrame) -> np.ndarray:
    return (rows["plan"] == "basic").to_numpy()


def by_age(rows: pl.DataFrame) -> np.ndarray:
    return (rows["age"] > 40).to_numpy()


STATISTICAL = {
    "drift_free, pass": (mlqa.drift_free, (table(0), table(1)), {}, "PASS"),
    "drift_free, fail": (mlqa.drift_free, (table(0), table(1, moved=0.5)), {}, "FAIL"),
    "drift_free, undecided": (mlqa.drift_free, (table(0, 6), table(1, 6)), {}, "UNDECIDED"),
    "missing_rate_holds, pass": (mlqa.missing_rate_holds, (holed(0.05), table(0)), {}, "PASS"),
    "missing_rate_holds, fail": (mlqa.missing_rate_holds, (table(0), holed(0.3)), {}, "FAIL"),
    "no_shared_rows, pass": (mlqa.no_shared_rows, (with_repeats(0), with_repeats(1)), {}, "PASS"),
    "no_shared_rows, fail": (mlqa.no_shared_rows, (table(0), with_repeats(1, table(0).head(300))), {}, "FAIL"),
    "not_worse, pass": (mlqa.not_worse, labels(0.0), {"metric": "accuracy", "margin": 0.05}, "PASS"),
    "not_worse, fail": (mlqa.not_worse, labels(0.3), {"metric": "accuracy"}, "FAIL"),
    "not_worse, undecided": (mlqa.not_worse, labels(0.1, 60), {"metric": "accuracy", "margin": 0.1}, "UNDECIDED"),
    "unchanged_by, pass": (mlqa.unchanged_by, (by_age, table(), cased("plan")), {"at_most": 0.02}, "PASS"),
    "unchanged_by, fail": (mlqa.unchanged_by, (by_plan, table(), cased("plan")), {"at_most": 0.02}, "FAIL"),
    "unchanged_by, undecided": (
        mlqa.unchanged_by,
        (by_age, table(0, 40), cased("plan")),
        {"at_most": 0.02},
        "UNDECIDED",
    ),
}
CONTRACTS = {
    "schema_holds, pass": (mlqa.schema_holds, (table(0), table(1)), {}, "PASS"),
    "schema_holds, fail": (mlqa.schema_holds, (table(0), table(1).drop("age")), {}, "FAIL"),
    "no_empty_columns, pass": (no_empty_columns, (table(),), {}, "PASS"),
    "no_empty_columns, fail": (no_empty_columns, (table().with_columns(pl.lit(None).alias("gone")),), {}, "FAIL"),
    "unchanged_by never, pass": (mlqa.unchanged_by, (by_age, table(), [cased("plan")]), {}, "PASS"),
    "unchanged_by never, fail": (mlqa.unchanged_by, (by_plan, table(), {"case": cased("plan")}), {}, "FAIL"),
    "unchanged_by, skipped": (mlqa.unchanged_by, (by_age, table(), swapped("plan", {"none": "x"})), {}, "SKIPPED"),
}


@pytest.mark.parametrize("name", [*STATISTICAL, *CONTRACTS])
@pytest.mark.parametrize("kind", ["polars", "pandas"])
def test_a_check_conforms(name: str, kind: str):
    check, args, options, outcome = {**STATISTICAL, **CONTRACTS}[name]
    if kind == "pandas":
        if not any(isinstance(value, pl.DataFrame) for value in args):
            pytest.skip("takes no table")
        args = [value.to_pandas() if isinstance(value, pl.DataFrame) else value for value in args]
    verdict = assert_check_conforms(check, *args, **options)
    assert verdict.outcome.name == outcome
    assert verdict.kind == ("statistical" if name in STATISTICAL else "contract")
    assert verdict.check.endswith(f".{check.__name__}")


def test_noise_is_tied_to_rows_so_only_the_order_may_matter():
    model, table_ = (lambda rows: rows["age"] > 40), pd.DataFrame({"age": np.arange(100.0)})
    assert_check_conforms(mlqa.unchanged_by, model, table_, noise("age", 5.0), order_free=False, at_most=0.5)


@pytest.mark.parametrize("seed", [-3, "a", 1.5, True, None])
@pytest.mark.parametrize("name", ["drift_free", "missing_rate_holds", "no_shared_rows"])
def test_every_check_refuses_a_seed_in_the_same_words(name, seed):
    table = pl.DataFrame({"x": range(50)})
    with pytest.raises(mlqa.UsageError, match=r"seed=.*expected a whole number of at least 0"):
        getattr(mlqa, name)(table, table, seed=seed)
