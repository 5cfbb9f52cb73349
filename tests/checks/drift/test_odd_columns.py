"""Every check of columns on hostile tables: a verdict that can be written down, from tables and from profiles."""

import datetime as dt
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from mlqa import UsageError, Verdict, drift_free
from mlqa.checks.drift.label_drift_free import label_drift_free
from mlqa.checks.drift.point_masses_hold import point_masses_hold
from mlqa.checks.drift.precision_holds import precision_holds
from mlqa.checks.drift.prediction_drift_free import prediction_drift_free
from mlqa.checks.drift.range_holds import range_holds
from mlqa.checks.drift.unit_holds import unit_holds
from mlqa.subjects.profile import profile

CHECKS = {
    "drift_free": drift_free,
    "range_holds": range_holds,
    "point_masses_hold": point_masses_hold,
    "unit_holds": unit_holds,
    "precision_holds": precision_holds,
    "label_drift_free": lambda before, after: label_drift_free(before, after, target=before.columns[0]),
    "prediction_drift_free": lambda before, after: prediction_drift_free(before, after, columns=[before.columns[0]]),
}
DAY = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ODD = {
    "one row": [1.5],
    "constant": [7] * 40,
    "all null": pl.Series([None] * 30, dtype=pl.Float64),
    "all infinite": [float("inf")] * 20 + [float("-inf")] * 20,
    "huge and tiny": [1e308, -1e308, 5e-324, 0.0, -0.0] * 9,
    "beyond 2**53": pl.Series([2**64 - 1 - i for i in range(40)], dtype=pl.UInt64),
    "boolean with nulls": [True, None, False] * 12,
    "texts": ["<script>", "\N{PILE OF POO}", "", " ", "x" * 100_000] * 8,
    "ten thousand texts": [f"v{i}" for i in range(10_000)],
    "numbers and words": ["1", "2.5", "n/a", "inf", "nan"] * 9,
    "numbers as text": [str(i / 7) for i in range(60)],
    "days": [dt.date(1, 1, 1), dt.date(9999, 12, 31), None] * 12,
    "zoned": [DAY + dt.timedelta(hours=i) for i in range(50)],
    "durations": [dt.timedelta(days=10**6), dt.timedelta(microseconds=1)] * 15,
    "hours": [dt.time(1), dt.time(23, 59, 59)] * 15,
    "decimals": [Decimal("1.10"), Decimal("2.25")] * 20,
    "lists": [[1, 2], None] * 20,
    "structs": [{"a": 1}, {"a": 2}] * 20,
    "bytes": [b"\x00", b"\xff"] * 20,
    "many numbers": np.random.default_rng(0).normal(size=9_000),
}


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("odd", ODD)
def test_any_column_gets_a_verdict_against_itself_and_against_any_other(odd, check):
    name = "<script>\N{PILE OF POO}"
    before = pl.DataFrame({name: ODD[odd]})
    for other in (odd, "one row", "all null", "constant", "texts", "zoned", "durations", "lists", "many numbers"):
        after = pl.DataFrame({name: ODD[other]})
        verdict = CHECKS[check](before, after)
        assert isinstance(verdict, Verdict)
        assert len(verdict.to_json()) < 50_000
        ends = [
            end for end in (verdict.evidence.low, verdict.evidence.estimate, verdict.evidence.high) if end is not None
        ]
        assert ends == sorted(ends)
    same = CHECKS[check](before, before)
    assert same.columns == ()


@pytest.mark.parametrize("check", ["drift_free", "range_holds", "point_masses_hold", "unit_holds", "precision_holds"])
def test_saved_profiles_give_the_verdict_of_their_tables(check, tmp_path):
    rng = np.random.default_rng(0)
    before, after = (
        pl.DataFrame({"x": rng.normal(size=size), "n": rng.integers(0, 30, size), "c": rng.choice(["a", "b"], size)})
        for size in (300, 7000)
    )
    after = after.with_columns(pl.when(pl.int_range(pl.len()) < 700).then(-999.0).otherwise("x").alias("x"))
    saved = [profile(side).save(tmp_path / f"{place}.mlqa-profile") for place, side in enumerate((before, after))]
    assert CHECKS[check](*saved).to_json() == CHECKS[check](before, after).to_json()


@pytest.mark.parametrize("check", CHECKS)
def test_what_is_no_table_is_refused(check):
    with pytest.raises(UsageError):
        CHECKS[check](pl.DataFrame({"x": [1.0]}), 7)
    with pytest.raises(UsageError):
        CHECKS[check](pl.DataFrame({"x": [1.0]}), pl.DataFrame({"x": pl.Series([], dtype=pl.Float64)}))
