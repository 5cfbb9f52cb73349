"""What rules over rows share: the rows themselves, ten of those that break the rule, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from mlqa.errors import UsageError
from mlqa.subjects.profile import is_profile, profile
from mlqa.subjects.table import kind_of, pick, read_table
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["count", "examples", "keyed", "names_of", "no_rows", "rows_of", "ruled", "unknown"]

_MOST_EXAMPLES = 10
_MOST_COLUMNS = 8


def rows_of(table: Any, *, name: str) -> pl.DataFrame | None:
    """Return all rows of a table, or of a profile that holds them all; None of one that does not."""
    if not is_profile(table):
        return read_table(table, name=name)
    held = profile(table, name=name)
    return held.sample if held.sample is not None and held.sample.height == held.rows else None


def names_of(columns: Any, frame: pl.DataFrame, *, name: str) -> list[str]:
    """Return columns given as a list, or as one name; at least one, each once.

    Raises
    ------
    UsageError
        If one is missing or named twice, or it is no list.
    """
    given = [columns] if isinstance(columns, str) else columns
    if not isinstance(given, (list, tuple)) or not given:
        raise UsageError(name, columns, "a column name or a list of them", "name at least one column")
    if len(set(map(str, given))) < len(given):
        raise UsageError(name, columns, "columns that differ", "name each column once", "one of them twice")
    return pick(frame, given, name=name)


def keyed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return columns that can be grouped and joined: lists, structs and bytes as their text."""
    # by name: polars renames a column without one where it is given a list
    columns = frame.get_columns()
    return pl.DataFrame({one.name: _as_text(one) if kind_of(one) == "other" else one for one in columns})


def examples(frame: pl.DataFrame, rows: Sequence[int], more: Sequence[Mapping[str, Any]] = ()) -> tuple[Any, ...]:
    """Show rows by their place in the table and what they hold, as plain values.

    Parameters
    ----------
    frame : polars.DataFrame
        Cut to the columns that matter.
    rows : sequence of int
        Worst first.
    more : sequence of mapping, optional
        What else to say of each.
    """
    shown = frame[frame.columns[:_MOST_COLUMNS]] if frame.width else frame
    found = []
    for at, row in enumerate(rows[:_MOST_EXAMPLES]):
        cells = {column: _plain(value) for column, value in shown.row(row, named=True).items()} if shown.width else {}
        found.append({"row": row, **cells, **(more[at] if more else {})})
    return tuple(found)


def ruled(
    check: str,
    claim: str,
    *,
    asked: int,
    broken: int,
    fault: str,
    kept: str,
    open_rows: int = 0,
    columns: Sequence[str] = (),
    worst: tuple[Any, ...] = (),
    remedy: str = "",
    skipped: str = "no row can be asked",
) -> Verdict:
    """Turn counted rows into the verdict of a contract.

    Parameters
    ----------
    check, claim : str
    asked, broken : int
        Rows the rule applies to, and those that break it.
    fault, kept : str
        The reason of a FAIL and of a PASS.
    open_rows : int
        Rows where a missing value leaves it open: they neither keep nor break it.
    columns : sequence of str
        Those at fault if any row is.
    worst : tuple of dict
    remedy : str
    skipped : str
        Why the question does not apply, where no row is asked.
    """
    told = unknown(open_rows)
    if not asked:
        return Verdict(check=check, outcome=Outcome.SKIPPED, claim=claim, reason=f"{skipped}{told}")
    evidence = Evidence(
        estimate=float(broken), limit=0.0, unit="rows", n=asked, method="count of rows", worst=worst if broken else ()
    )
    return Verdict(
        check=check,
        outcome=Outcome.FAIL if broken else Outcome.PASS,
        claim=claim,
        reason=f"{fault if broken else kept}{told}",
        evidence=evidence,
        columns=tuple(columns) if broken else (),
        remedy=remedy if broken else "",
    )


def no_rows(check: str, claim: str) -> Verdict:
    """Say that a profile cannot answer."""
    return Verdict(
        check=check,
        outcome=Outcome.SKIPPED,
        claim=claim,
        reason="the profile holds no rows, or not all of them",
        remedy="pass the table",
    )


def count(rows: int, what: str = "row") -> str:
    """Count in words.

    Examples
    --------
    >>> count(1), count(2), count(3, "key")
    ('1 row', '2 rows', '3 keys')
    """
    return f"1 {what}" if rows == 1 else f"{rows} {what}s"


def unknown(rows: int) -> str:
    """Say how many rows a missing value leaves open."""
    return f"; {count(rows)} cannot be told for a missing value" if rows else ""


def _as_text(series: pl.Series) -> pl.Series:
    written = [None if value is None else repr(value) for value in series.to_list()]
    return pl.Series(series.name, written, dtype=pl.String)


def _plain(value: Any) -> Any:
    """Return a cell as JSON can hold it; numbers beyond what a float tells apart stay whole."""
    if isinstance(value, float):
        return value if np.isfinite(value) else str(value)
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
