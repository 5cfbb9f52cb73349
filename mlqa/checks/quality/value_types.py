"""What the values of a column read as: numbers, dates or words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl

from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.text import numbers_in

__all__ = ["DATE", "NUMBER", "WORD", "Types", "are_codes", "count_types", "main_type", "of_other_type"]

NUMBER, DATE, WORD = range(3)
_FEW_NUMBERS = 20  # fewer different ones are codes, and a word among codes is one of them
_CODE = re.compile(r"[A-Za-z]?\d*[A-Za-z]?")
_DIGITS_IN_WORDS = 0.1

Types = tuple[int, int, int]


def count_types(column: ColumnProfile) -> Types:
    """Count the rows that hold a number, a date, a word; spellings of 'no value' are none of these.

    Examples
    --------
    >>> from mlqa.subjects.column_profile import profile_column
    >>> count_types(profile_column(pl.Series(["1.5", "2", "2024-05-01", "red", "NA"]))[0])
    (2, 1, 1)
    """
    if column.text is None:
        kinds = {"numeric": (column.present, 0, 0), "time": (0, column.present, 0)}
        return kinds.get(column.kind, (0, 0, column.present))
    text = column.text
    words = column.present - text.numbers - text.dates - sum(text.nulls.values())
    return text.numbers, text.dates, max(0, words)


def main_type(now: Types, was: Types = (0, 0, 0)) -> int:
    """Return the most frequent type: by pooled counts, which no exchange of rows changes; of two, the reference's."""
    return max(range(3), key=lambda kind: (now[kind] + was[kind], was[kind], -kind))


def of_other_type(column: ColumnProfile, main: int) -> list[str]:
    """Return the values that are not of the main type, the most frequent first."""
    if column.values is None or column.text is None:
        return []
    order = np.argsort(-column.values.counts, kind="stable").tolist()
    labels = [label for label in (column.values.labels[at] for at in order) if label.strip() not in column.text.nulls]
    return [label for label, kind in zip(labels, _types_of(labels)) if kind != main]


def are_codes(column: ColumnProfile, main: int, others: Sequence[str]) -> bool:
    """Say whether the values are codes, of which some happen to read as a number or as none.

    Words beside few different numbers, or beside whole numbers if they are one
    letter with or without digits (136, 136A); numbers beside words that hold
    digits themselves, or that nearly all differ.
    """
    kept = column.values
    if kept is None or main == DATE:
        return False
    if main == NUMBER and column.grid is not None:
        numbers = column.grid.distinct.values
        whole = bool((numbers == np.floor(numbers)).all())
        return numbers.size < _FEW_NUMBERS or (whole and all(_CODE.fullmatch(other.strip()) for other in others))
    words = [label for label, kind in zip(kept.labels, _types_of(kept.labels)) if kind == WORD]
    with_digits = sum(any(char.isdigit() for char in word) for word in words)
    return with_digits >= _DIGITS_IN_WORDS * len(words) or 2 * kept.counts.size > int(kept.counts.sum())


def _types_of(labels: Sequence[str]) -> list[int]:
    """Tell of each text whether it reads as a number, a date or a word."""
    readable = np.isfinite(numbers_in(pl.Series(list(labels), dtype=pl.String)))
    return [NUMBER if number else DATE if _is_date(label) else WORD for label, number in zip(labels, readable)]


def _is_date(label: str) -> bool:
    try:
        datetime.fromisoformat(label.strip())
    except ValueError:
        return False
    return True
