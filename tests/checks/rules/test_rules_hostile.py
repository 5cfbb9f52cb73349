"""Tables as nobody wants them, thrown at every rule: each gives a verdict or a clear refusal."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import UsageError, Verdict
from mlqa.checks.quality.is_fresh import is_fresh
from mlqa.checks.quality.no_time_gaps import no_time_gaps
from mlqa.checks.rules.foreign_key import foreign_key
from mlqa.checks.rules.implies import implies
from mlqa.checks.rules.sum_of import sum_of
from mlqa.checks.rules.unique_together import unique_together

ROWS = 40
ZONED = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=at) for at in range(ROWS)]
COLUMNS = {
    "all null": [None] * ROWS,
    "one constant": [7] * ROWS,
    "infinite": [np.inf, -np.inf] * (ROWS // 2),
    "NaN": [float("nan")] * ROWS,
    "lists": [[at, None] for at in range(ROWS)],
    "structs": [{"a": at} for at in range(ROWS)],
    "bytes": [bytes([at]) for at in range(ROWS)],
    "decimals": [Decimal(at) / 7 for at in range(ROWS)],
    "zones": ZONED,
    "dates": [date(2024, 1, 1) + timedelta(days=at) for at in range(ROWS)],
    "spans": [timedelta(hours=at) for at in range(ROWS)],
    "hours": [(datetime(2024, 1, 1) + timedelta(minutes=at)).time() for at in range(ROWS)],
    "far dates": [date(1, 1, 1), date(9999, 12, 31)] * (ROWS // 2),
    "boolean with nulls": [True, None] * (ROWS // 2),
    "long texts": ["\U0001f600" * 10**5] + ["x"] * (ROWS - 1),
    "large numbers": pl.Series([2**64 - 1 - at for at in range(ROWS)], dtype=pl.UInt64),
    "numbers as text": [str(at) for at in range(ROWS)],
}
NAMES = ["x", "<script>alert(1)</script>", "\u202eesrever \U0001f600", "", "row", "key0", "place"]


def asked(table, name, other):
    """Ask every rule about one column, and one that is always there."""
    yield lambda: implies(table, (name, "is not null"), (name, ">", 3))
    yield lambda: implies(table, ("row number", ">", 3), (name, "is null"))
    yield lambda: sum_of(table, "row number", [name])
    yield lambda: unique_together(table, name)
    yield lambda: unique_together(table, [name, "row number"])
    yield lambda: foreign_key(table, name, other, "k")
    yield lambda: is_fresh(table, name, at_most=timedelta(1), now="2024-01-05")
    yield lambda: no_time_gaps(table, name)
    yield lambda: no_time_gaps(table, name, at_most=timedelta(1))
    yield lambda: no_time_gaps(table, "row number", group=name)
    yield lambda: no_time_gaps(table, name, reference=other.rename({"k": name}))


def answer(ask):
    try:
        return ask()
    except UsageError as error:
        return str(error)


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("rows", [ROWS, 1])
def test_every_rule_answers_or_refuses(kind, rows):
    values, place = COLUMNS[kind], list(COLUMNS).index(kind)
    series = values if isinstance(values, pl.Series) else pl.Series(values, strict=False)
    for at in range(place, place + (3 if rows == ROWS else 1)):
        name = NAMES[at % len(NAMES)]
        table = pl.DataFrame({name: series[:rows], "row number": np.arange(rows)})
        others = (COLUMNS["dates"], COLUMNS["numbers as text"], [1.5] * ROWS, values)
        other = pl.DataFrame({"k": pl.Series(others[at % 4], strict=False)})
        for ask in asked(table, name, other):
            said = answer(ask)
            assert isinstance(said, Verdict) or "\nHint: " in said
            assert len(said if isinstance(said, str) else said.to_json()) < 20_000


def test_objects_of_pandas_are_taken_as_text():
    table = pd.DataFrame({"a": [1, "x", None, 2.5, [1]] * 8, "b": pd.Categorical(["u", "v", "u", "u", "v"] * 8)})
    assert unique_together(table, ["a", "b"]).evidence.estimate == 32.0
    assert implies(table, ("b", "==", "v"), ("a", "!=", "x")).evidence.estimate == 8.0


@pytest.mark.parametrize("empty", [pl.DataFrame(), pl.DataFrame({"x": []}), pd.DataFrame({"x": []}), {"x": [1]}, 3])
def test_what_is_no_table_is_refused(empty):
    for ask in asked(empty, "x", pl.DataFrame({"k": [1]})):
        with pytest.raises(UsageError):
            ask()
