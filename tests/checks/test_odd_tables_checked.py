"""Every default check on legal and odd tables: an answer that can be written, no warning, no crash."""

from __future__ import annotations

import datetime as dt
import decimal
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import mlqa
from mlqa.verdict import Outcome, Verdict

pytestmark = pytest.mark.filterwarnings("error")

N = 120
DAY, START = dt.timedelta(days=1), dt.datetime(2020, 1, 1)
ZONED = pl.Series([START + i * DAY for i in range(N)]).dt.replace_time_zone("Europe/Paris")
NORMAL = np.random.default_rng(0).normal(size=N)
TABLES = {
    "one row": pl.DataFrame({"a": [1.0], "b": ["x"]}),
    "two rows": pl.DataFrame({"a": [1.0, 2.0], "b": [True, False]}),
    "all null": pl.DataFrame({"a": pl.Series([None] * N, dtype=pl.Float64), "b": [None] * N}),
    "constant": pl.DataFrame({"a": [1.0] * N, "b": ["x"] * N}),
    "infinities": pl.DataFrame({"a": [np.inf, -np.inf] * 20 + NORMAL[:80].tolist(), "b": [np.inf] * N}),
    "largest floats": pl.DataFrame({"a": [1.7e308 * (-1) ** i for i in range(N)], "b": [5e-324 * i for i in range(N)]}),
    "huge integers": pl.DataFrame({"a": pl.Series([2**64 - 1 - i for i in range(N)], dtype=pl.UInt64)}),
    "decimals": pl.DataFrame({"a": [decimal.Decimal(i) / 8 for i in range(N)]}),
    "times": pl.DataFrame(
        {"a": [i * DAY for i in range(N)], "b": ZONED, "c": [(START + i * DAY).time() for i in range(N)]}
    ),
    "far times": pl.DataFrame({"a": pl.Series([2**62 + i for i in range(N)]).cast(pl.Datetime("us"))}),
    "nested": pl.DataFrame({"a": [[i] for i in range(N)], "b": [{"x": i} for i in range(N)], "c": [b"\xff"] * N}),
    "categoricals": pl.DataFrame({"a": pl.Series(["x", "y"] * (N // 2), dtype=pl.Enum(["x", "y", "z"]))}),
    "odd text": pl.DataFrame({"a": ["a\0b", "\N{GRINNING FACE}", "\n", "", "\u202e"] * (N // 5)}),
    "half surrogates": pd.DataFrame({"a": ["\ud800", "b"] * (N // 2)}, dtype=object),
    "odd names": pl.DataFrame({"": NORMAL, "a\nb": NORMAL, "c\0": NORMAL, "'": NORMAL}),
    "names that are numbers": pd.DataFrame({0: NORMAL, 1: ["a", "b"] * (N // 2)}),
    "ten thousand categories": pl.DataFrame({"a": [f"c{i % 10_000}" for i in range(12_000)], "b": [0.5] * 12_000}),
    "megabyte strings": pl.DataFrame({"a": ["x" * 1_000_000, "y" * 1_000_000, "z"] * 4, "b": range(12)}),
    "hostile names": pl.DataFrame(
        {
            "<script>alert(1)</script>": NORMAL,
            "\N{GRINNING FACE}": NORMAL,
            "\u05e9\u202e\u05dc": ["a", "b"] * (N // 2),
            "%s{0}": [True, None] * (N // 2),
        }
    ),
    "all NaN": pl.DataFrame({"a": [float("nan")] * N, "b": [float("inf")] * N}),
    "mixed objects": pd.DataFrame({"a": [1, "x", None, [1], {"k": 2}, 2.5] * (N // 6), "b": range(N)}),
    "nullable": pd.DataFrame({"a": [1, None] * (N // 2), "b": [True, None] * (N // 2)}).convert_dtypes(),
    "lazy": pl.LazyFrame({"a": NORMAL}),
    "chunks": pa.concat_tables([pa.table({"a": [1, 2]})] * (N // 2)),
    "wide": pl.DataFrame(np.random.default_rng(1).normal(size=(50, 300))),
    "nearly all text distinct": pl.DataFrame({"a": [str(i // 2) for i in range(N)]}),
}
ORDINARY = pl.DataFrame({"a": NORMAL, "b": ["x", "y"] * (N // 2)})


def answers(report: mlqa.Report) -> tuple[Verdict, ...]:
    assert [case.crash for case in report.cases if case.crash] == []
    for verdict in report.verdicts:
        assert str(verdict)
        assert len(verdict.to_json()) < 20_000
    return report.verdicts


@pytest.mark.parametrize("name", TABLES)
def test_a_table_beside_itself_only_shares_its_rows(name):
    found = answers(mlqa.check(TABLES[name], TABLES[name]))
    assert [v.check for v in found if v.outcome is Outcome.FAIL and v.check != "leakage.no_shared_rows"] == []


@pytest.mark.parametrize("name", TABLES)
def test_a_table_beside_another_and_alone_is_answered(name):
    for report in (
        mlqa.check(TABLES[name]),
        mlqa.check(TABLES[name], ORDINARY) if name != "names that are numbers" else mlqa.check(TABLES[name]),
    ):
        answers(report)


@pytest.mark.parametrize("role", ["target", "time", "id", "group"])
@pytest.mark.parametrize("name", TABLES)
def test_the_first_column_may_have_any_role(name, role):
    table = TABLES[name]
    first = str(next(iter(table.collect_schema() if isinstance(table, pl.LazyFrame) else mlqa.profile(table).columns)))
    answers(mlqa.check(table, table, **{role: first}))
    answers(mlqa.check(table, **{role: first}))


@pytest.mark.parametrize("other", TABLES)
@pytest.mark.parametrize("name", ["constant", "odd text", "times", "nested", "one row", "all null", "infinities"])
def test_columns_of_other_kinds_on_the_two_sides_are_answered(name, other):
    if other != "names that are numbers":
        answers(mlqa.check(TABLES[other], TABLES[name], target="a" if name != "nested" else None))


@pytest.mark.parametrize("name", ["times", "huge integers", "categoricals", "odd names", "infinities"])
def test_every_column_may_be_called_categorical_or_named_to_drift(name):
    table = TABLES[name]
    answers(mlqa.check(table, table, categorical=table.columns))
    assert mlqa.drift_free(table, table, columns=table.columns).outcome is not Outcome.FAIL


def test_far_times_are_compared_when_named():
    table = TABLES["far times"]
    assert mlqa.drift_free(table, table, columns=["a"])


@pytest.mark.parametrize("seed", range(12))
def test_outcome_p_value_limit_and_interval_agree(seed):
    rng = np.random.default_rng(seed)
    rows, moved = rng.integers(20, 900, 2), rng.choice([0.0, 0.2, 0.6])
    before, after = (
        pl.DataFrame({"x": rng.normal(at, 1, n), "c": rng.choice(list("abc"), n)}).with_columns(
            pl.when(pl.Series(rng.random(n) > gone)).then(pl.col("c")).alias("c")
        )
        for n, at, gone in ((rows[0], 0.0, 0.02), (rows[1], moved, 0.02 + moved / 5))
    )
    asked = ("quality.missing_rate_holds", "drift.drift_free", "leakage.no_shared_rows")
    for verdict in [one for one in answers(mlqa.check(after, before, alpha=0.01)) if one.check in asked]:
        evidence, failed = verdict.evidence, verdict.outcome is Outcome.FAIL
        assert bool(verdict.columns or "shared" in verdict.check) >= failed
        if verdict.check == "quality.missing_rate_holds":
            assert failed == (evidence.p_value <= 0.01 and evidence.low > evidence.limit)
        else:
            assert failed == (evidence.p_value <= 0.01)
        if failed and verdict.columns:
            assert [row["column"] for row in evidence.worst] == list(verdict.columns)
            assert evidence.worst[0]["p_value"] == evidence.p_value
        assert (verdict.outcome is Outcome.UNDECIDED) == (evidence.rows_needed is not None)


def test_another_hash_seed_and_another_number_of_threads_give_the_same_bytes():
    script = """
import numpy as np, polars as pl, mlqa
def table(seed, n):
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"x": rng.normal(size=n), "c": rng.choice(list("abcdefgh"), n), "k": rng.integers(0, 9, n)})
print(mlqa.check(table(1, 400), table(2, 500).with_columns(c=pl.lit("z"))).to_json())
"""
    seen = set()
    for seed, threads in (("1", "1"), ("2", "2")):
        env = os.environ | {"PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": threads}
        out = subprocess.run([sys.executable, "-W", "error", "-c", script], env=env, capture_output=True, check=True)
        seen.add(out.stdout)
    assert len(seen) == 1
