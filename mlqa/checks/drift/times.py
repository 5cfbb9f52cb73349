"""Columns of times as microseconds, and how these read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

__all__ = ["Show", "show_date", "show_span", "time_kind"]

Show = Callable[[float], float | str]


def time_kind(dtype: str) -> str:
    """Tell dates (with or without the hour) from times of day and from durations.

    Examples
    --------
    >>> time_kind("Duration(time_unit='us')"), time_kind("Date")
    ('span', 'date')
    """
    return {"Time": "hour", "Duration": "span"}.get(dtype.partition("(")[0], "date")


def show_date(microseconds: float) -> str:
    """Write an instant; a float may lie past the calendar's end by its rounding."""
    try:
        return (datetime(1970, 1, 1) + timedelta(microseconds=microseconds)).isoformat(" ", "seconds")
    except OverflowError:
        return "9999-12-31 23:59:59" if microseconds > 0 else "0001-01-01 00:00:00"


def show_span(microseconds: float) -> str:
    """Write a span of time; one beyond what Python can hold, in days."""
    try:
        return str(timedelta(microseconds=microseconds))
    except OverflowError:
        return f"{microseconds / 86_400e6:.4g} days"
