"""The question whether every column holds at least one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.subjects.table import pick, read_table
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed

__all__ = ["no_empty_columns"]


def no_empty_columns(current: Any, *, columns: Sequence[str] | None = None) -> Verdict:
    """Ask whether every column holds at least one value.

    A contract: true or false, no error rate. It needs no reference.

    Parameters
    ----------
    current : DataFrame or path
    columns : list of str, optional
        Columns to look at; by default all.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the columns without a value.

    Raises
    ------
    UsageError
        If it is no table, or `columns` names one it has not.

    Examples
    --------
    >>> import polars as pl
    >>> no_empty_columns(pl.DataFrame({"a": [1, 2], "b": [None, None]})).reason
    "1 of 2 columns hold no value: 'b'"
    """
    frame = read_table(current, name="current")
    asked = frame.columns if columns is None else pick(frame, columns, name="columns")
    empty = [name for name in asked if frame.get_column(name).null_count() == frame.height]
    found = f"{len(empty)} of {len(asked)} columns hold no value: {listed(empty)}"
    return Verdict(
        check="quality.no_empty_columns",
        outcome=Outcome.FAIL if empty else Outcome.PASS,
        claim="every column holds at least one value",
        reason=found if empty else f"all {len(asked)} columns hold a value",
        evidence=Evidence(
            estimate=float(len(empty)),
            limit=0.0,
            unit="columns at fault",
            n=frame.height,
            method="count of values",
            worst=tuple({"column": name, "rows": frame.height} for name in empty),
        ),
        columns=tuple(empty),
        remedy="drop the column, or mend the step that fills it" if empty else "",
    )
