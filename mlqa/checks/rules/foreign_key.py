"""The question whether every key of one table is there in another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from mlqa.checks.rules.broken_rows import count, examples, keyed, names_of, no_rows, rows_of, ruled
from mlqa.errors import UsageError
from mlqa.subjects.table import kind_of
from mlqa.verdict import Verdict
from mlqa.wording import listed

__all__ = ["foreign_key"]

_CHECK = "rules.foreign_key"


def foreign_key(
    table: Any, column: str | Sequence[str], other: Any, other_column: str | Sequence[str] | None = None
) -> Verdict:
    """Ask whether every key of a table is there in another table.

    A contract: true or false, no error rate. Whether the other table has each
    key once only is another question: `unique_together`.

    Parameters
    ----------
    table : DataFrame, path or Profile
        The table that refers. A profile answers if it holds all rows.
    column : str or list of str
        Its key; several columns make one key.
    other : DataFrame, path or Profile
        The table referred to.
    other_column : str or list of str, optional
        The key there, in the same order; by default the same names.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the rows that refer to nothing;
        ``evidence.worst`` shows the first row of each of the ten such keys with
        the most rows.

    Raises
    ------
    UsageError
        If either is no table, a column is not there, or the keys have not the
        same number of columns.

    Notes
    -----
    A row with a missing value in its key refers to nothing and is no fault
    (as in SQL, simple match), and how many is said. Numbers are equal whatever
    their type; a number and a text never are, and the verdict then says so.

    Examples
    --------
    >>> import polars as pl
    >>> orders = pl.DataFrame({"customer": [1, 2, 9, 9]})
    >>> foreign_key(orders, "customer", pl.DataFrame({"id": [1, 2, 3]}), "id").reason
    "2 of 4 rows have a 'customer' that the other table has not: 1 key"
    """
    frame, target = rows_of(table, name="table"), rows_of(other, name="other")
    if frame is None or target is None:
        return no_rows(_CHECK, "every key is there in the other table")
    names = names_of(column, frame, name="column")
    theirs = names_of(column if other_column is None else other_column, target, name="other_column")
    if len(names) != len(theirs):
        wanted = f"{count(len(names), 'column')}, as the key has"
        raise UsageError("other_column", other_column, wanted, "name them in the same order", str(len(theirs)))
    return _judged(frame[names], target[theirs])


def _judged(chosen: pl.DataFrame, target: pl.DataFrame) -> Verdict:
    """Count the rows whose key is not there."""
    asked, lost = _lost(chosen, target)
    names, rows = chosen.columns, int(lost["rows"].sum())
    have = f"{rows} of {count(asked)} {'has' if rows == 1 else 'have'} a {_key(names)}"
    return ruled(
        _CHECK,
        f"every {_key(names)} is there in {_key(target.columns)} of the other table",
        asked=asked,
        broken=rows,
        fault=f"{have} that the other table has not: {count(lost.height, 'key')}{_unlike(chosen, target)}",
        kept=f"the other table has the {_key(names)} of all {count(asked)}",
        open_rows=chosen.height - asked,
        columns=names,
        worst=examples(chosen, lost["first"].head(10).to_list(), [{"rows": n} for n in lost["rows"].head(10)]),
        remedy="load the other table anew, or drop the rows that refer to nothing",
    )


def _key(names: list[str]) -> str:
    return repr(names[0]) if len(names) == 1 else f"key ({listed(names)})"


def _lost(chosen: pl.DataFrame, target: pl.DataFrame) -> tuple[int, pl.DataFrame]:
    """Return how many rows have a whole key, and the rows and the first place of every key that is not there."""
    keys = [f"key{at}" for at in range(chosen.width)]
    place = pl.int_range(pl.len(), dtype=pl.Int64).alias("place")
    mine, theirs = _same_types(_renamed(chosen, keys), _renamed(target, keys))
    whole = mine.with_columns(place).drop_nulls()
    grouped = whole.group_by(keys).agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("place").min().alias("first"))
    comparable = all(one == other for one, other in zip(mine.dtypes, theirs.dtypes))
    lost = grouped.join(theirs.drop_nulls().unique(), on=keys, how="anti") if comparable else grouped
    return whole.height, lost.sort(["rows", "first"], descending=[True, False]).select("rows", "first")


def _renamed(frame: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    return keyed(frame).rename(dict(zip(frame.columns, names)))


def _same_types(mine: pl.DataFrame, theirs: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cast what can be equal to one type; whole numbers stay whole."""
    casts: dict[str, pl.DataType] = {}
    for name, one, other in zip(mine.columns, mine.dtypes, theirs.dtypes):
        if one != other and one.is_numeric() and other.is_numeric():
            whole = one.is_integer() and other.is_integer()
            large = pl.UInt64() in (one, other)
            casts[name] = (pl.Int128() if large else pl.Int64()) if whole else pl.Float64()
        elif {one, other} == {pl.Date(), pl.Datetime("us")}:
            casts[name] = pl.Datetime("us")
    return mine.cast(casts), theirs.cast(casts)  # type: ignore[arg-type]  # a dict of names is a valid schema


def _unlike(chosen: pl.DataFrame, target: pl.DataFrame) -> str:
    """Say where the kinds differ, so that nothing can be equal."""
    for one, other in zip(chosen.get_columns(), target.get_columns()):
        mine, theirs = kind_of(one), kind_of(other)
        if mine != theirs:
            return f"; {one.name!r} is {mine} here and {other.name!r} {theirs} there, so no two are equal"
    return ""
