"""The question whether every column holds at least one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.checks.quality.asked import asked
from mlqa.stats.unseen import lost_chance
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed

__all__ = ["no_empty_columns"]

_BY_CHANCE = 1e-6


def no_empty_columns(current: Any, *, reference: Any = None, columns: Sequence[str] | None = None) -> Verdict:
    """Ask whether every column holds at least one value.

    A contract: true or false, no error rate. With a reference, a column that
    holds nothing there either is a property of the data and no fault; nor is
    one that held so few values that all of them may have missed current by
    chance.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : DataFrame, path or Profile, optional
    columns : list of str, optional
        Columns to look at; by default all.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the columns without a value.

    Raises
    ------
    UsageError
        If either is no table, or `columns` names one that it has not.

    Notes
    -----
    By chance: the probability that all values of a column came to lie in the
    reference, where rows are exchangeable, is above 1 in a million.

    Examples
    --------
    >>> import polars as pl
    >>> no_empty_columns(pl.DataFrame({"a": [1, 2], "b": [None, None]})).reason
    "1 of 2 columns holds no value: 'b'"
    """
    after, before, names = asked(current, reference, columns)
    was = {} if before is None else before.columns
    empty = [name for name in names if _emptied(after.columns[name], was.get(name))]
    found = f"{len(empty)} of {len(names)} columns {'holds' if len(empty) == 1 else 'hold'} no value: {listed(empty)}"
    return Verdict(
        check="quality.no_empty_columns",
        outcome=Outcome.FAIL if empty else Outcome.PASS,
        claim="every column holds at least one value",
        reason=found if empty else _quiet(len(names), with_reference=before is not None),
        evidence=Evidence(
            estimate=float(len(empty)),
            limit=0.0,
            unit="columns at fault",
            n=after.rows,
            method="count of values",
            worst=tuple({"column": name, "rows": after.rows} for name in empty),
        ),
        columns=tuple(empty),
        remedy="drop the column, or mend the step that fills it" if empty else "",
    )


def _emptied(after: ColumnProfile, before: ColumnProfile | None) -> bool:
    """Tell whether a column has no value, and should have."""
    if after.present:
        return False
    return before is None or lost_chance(before.present, before.rows, after.rows) <= _BY_CHANCE


def _quiet(columns: int, *, with_reference: bool) -> str:
    held = "that should hold a value does" if with_reference else "hold a value"
    return f"every one of {columns} columns {held}" if with_reference else f"all {columns} columns {held}"
