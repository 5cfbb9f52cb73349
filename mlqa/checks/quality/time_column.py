"""A column of times, counted, and times and spans in words."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from mlqa.errors import UsageError
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.profile import is_profile, profile
from mlqa.subjects.table import pick, read_table
from mlqa.wording import number

__all__ = ["DAY", "HOUR", "moment", "refused", "size_of", "span", "time_column", "unit_of"]

HOUR, DAY = 3_600_000_000, 86_400_000_000
_EPOCH = datetime(1970, 1, 1)
_SIZES = {"days": DAY, "hours": HOUR, "steps": 1}


def time_column(table: Any, time: str, *, name: str) -> ColumnProfile:
    """Count the times of a table, in microseconds since 1970.

    Parameters
    ----------
    table : DataFrame, path or Profile
    time : str
        Its column of dates, times or numbered steps.
    name : str
        What the caller calls the table.

    Raises
    ------
    UsageError
        If it is no table or has no such column.
    """
    if is_profile(table):
        made = profile(table, name=name)
        pick(pl.DataFrame({one: [] for one in made.columns}), [time], name="time")
        return made.columns[time]
    frame = read_table(table, name=name)
    return profile(frame[pick(frame, [time], name="time")], name=name).columns[time]


def unit_of(column: ColumnProfile) -> str | None:
    """Return in what a column of times is measured.

    Returns
    -------
    {'days', 'hours', 'steps'} or None
        Days for dates, hours for times, steps for numbers; None of a
        column that holds something else.
    """
    if column.dtype.startswith("Date"):
        return "days" if column.dtype == "Date" else "hours"
    return "steps" if column.kind == "numeric" else None


def refused(column: ColumnProfile) -> UsageError:
    """Return the error for a column that holds no times."""
    hint = 'parse it first: pl.col("seen").str.to_datetime() or pandas.to_datetime(table["seen"])'
    return UsageError("time", column.name, "a column of dates or times", hint, f"a column of type {column.dtype}")


def size_of(unit: str) -> int:
    """Return how many microseconds (of numbered steps: steps) a unit has."""
    return _SIZES[unit]


def moment(at: float, unit: str = "hours") -> str:
    """Write a time.

    Parameters
    ----------
    at : float
        Microseconds since 1970, or a step.
    unit : {'days', 'hours', 'steps'}

    Examples
    --------
    >>> moment(1.5 * DAY), moment(2.0 * DAY, "days"), moment(7.0, "steps")
    ('1970-01-02 12:00:00', '1970-01-03', '7')
    """
    if unit == "steps":
        return number(at)
    try:
        found = _EPOCH + timedelta(microseconds=round(at))
    except OverflowError:
        return "a time beyond the calendar"
    return found.date().isoformat() if unit == "days" else found.isoformat(sep=" ", timespec="seconds")


def span(length: float, unit: str = "hours") -> str:
    """Write how long something takes, in a unit that reads.

    Parameters
    ----------
    length : float
        Microseconds, or steps.
    unit : {'days', 'hours', 'steps'}

    Examples
    --------
    >>> span(30.0 * DAY), span(1.5 * HOUR), span(90e6), span(1.0 * DAY, "days"), span(3.0, "steps")
    ('30 days', '1.5 hours', '90 seconds', '1 day', '3')
    """
    if unit == "steps":
        return number(length)
    if unit == "days" or abs(length) >= 2 * DAY:
        value, name = length / DAY, "days"
    elif abs(length) >= HOUR:
        value, name = length / HOUR, "hours"
    else:
        value, name = length / 1e6, "seconds"
    return number(value, name.removesuffix("s") if value == 1 else name)
