"""Limits and margins: what may be given, and how an interval stands to one."""

from __future__ import annotations

import math
import numbers
from typing import Any

import numpy as np

from mlqa.errors import UsageError
from mlqa.verdict import Outcome

__all__ = ["MOST_ROWS", "amount", "more_rows", "where", "within"]

MOST_ROWS = 10**12


def amount(name: str, given: Any, *, least: float = 0.0, most: float = math.inf, hint: str = "pass a number") -> float:
    """Read a limit or margin as a finite number in [least, most].

    Raises
    ------
    UsageError
        If it is none.
    """
    number: Any = given
    value = math.nan if isinstance(number, (bool, np.bool_)) or not isinstance(number, numbers.Real) else float(number)
    if not (math.isfinite(value) and least <= value <= most):
        inside = "a finite number" if math.isinf(least) else f"a number of at least {least:g}"
        wanted = inside if math.isinf(most) else f"a number in [{least:g}, {most:g}]"
        raise UsageError(name, given, wanted, hint)
    return value


def within(low: float, high: float, limit: float) -> Outcome:
    """Say how the whole interval of a loss stands to the limit on it: FAIL beyond, PASS within."""
    if low > limit:
        return Outcome.FAIL
    return Outcome.PASS if high <= limit else Outcome.UNDECIDED


def where(outcome: Outcome) -> str:
    """Word how an interval stands to a limit."""
    return {Outcome.FAIL: "wholly beyond", Outcome.PASS: "wholly within"}.get(outcome, "astride")


def more_rows(n: int, low: float, high: float, estimate: float, limit: float) -> int | None:
    """About how many more rows put the limit outside the interval, were the estimate to stay.

    Returns
    -------
    int or None
        None where no number of rows would.

    Examples
    --------
    >>> more_rows(100, 0.0, 0.4, 0.2, 0.1)
    385
    """
    gap = abs(estimate - limit)
    reach = 1.1 * (estimate - low if estimate > limit else high - estimate)  # 80 % power at the usual levels
    wanted = n * ((reach / gap) ** 2 - 1) if gap > 0 else math.inf
    if not math.isfinite(wanted) or wanted > MOST_ROWS:
        return None
    return max(1, math.ceil(wanted))
