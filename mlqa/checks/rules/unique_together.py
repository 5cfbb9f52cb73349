"""The question whether no two rows share a key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from mlqa.checks.rules.broken_rows import count, examples, keyed, names_of, no_rows, rows_of, ruled
from mlqa.verdict import Verdict
from mlqa.wording import listed

__all__ = ["unique_together"]

_CHECK = "rules.unique_together"


def unique_together(table: Any, columns: str | Sequence[str]) -> Verdict:
    """Ask whether no two rows have the same values in all of some columns.

    A contract: true or false, no error rate.

    Parameters
    ----------
    table : DataFrame, path or Profile
        A profile answers if it holds all rows.
    columns : str or list of str
        The key.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the rows that share their key with
        another; ``evidence.worst`` shows the first row of each of the ten
        keys with the most rows.

    Raises
    ------
    UsageError
        If it is no table, or a column is not there.

    Notes
    -----
    A row with a missing value in its key equals no other (as in SQL), and how
    many is said. 1 equals 1.0, and 0.0 equals -0.0.

    Examples
    --------
    >>> import polars as pl
    >>> visits = pl.DataFrame({"user": ["a", "a", "b"], "day": [1, 1, 1]})
    >>> unique_together(visits, ["user", "day"]).reason
    "1 key of 'user', 'day' is shared by 2 of 3 rows"
    >>> unique_together(visits.with_row_index(), "index").outcome
    <Outcome.PASS: 'pass'>
    """
    frame = rows_of(table, name="table")
    if frame is None:
        return no_rows(_CHECK, "no two rows share a key")
    names = names_of(columns, frame, name="columns")
    chosen = frame[names]
    asked, shared = _shared(chosen)
    rows = int(shared["rows"].sum())
    key = listed(names)
    return ruled(
        _CHECK,
        f"no two rows share their {key}",
        asked=asked,
        broken=rows,
        fault=f"{count(shared.height, 'key')} of {key} {'is' if shared.height == 1 else 'are'} shared by "
        f"{rows} of {count(asked)}",
        kept=f"all {count(asked)} differ in {key}",
        open_rows=frame.height - asked,
        columns=names,
        worst=examples(chosen, shared["first"].head(10).to_list(), [{"rows": n} for n in shared["rows"].head(10)]),
        remedy="drop the repeated rows, or add what tells them apart to the key",
    )


def _shared(chosen: pl.DataFrame) -> tuple[int, pl.DataFrame]:
    """Return how many rows have a whole key, and the rows and the first place of every key shared."""
    keys = keyed(chosen).rename({name: f"key{at}" for at, name in enumerate(chosen.columns)})
    place = pl.int_range(pl.len(), dtype=pl.Int64).alias("place")
    whole = keys.with_columns(place).drop_nulls()
    grouped = whole.group_by(keys.columns).agg(
        pl.len().cast(pl.Int64).alias("rows"), pl.col("place").min().alias("first")
    )
    shared = grouped.filter(pl.col("rows") > 1).sort(["rows", "first"], descending=[True, False])
    return whole.height, shared.select("rows", "first")
