"""The question whether the current table has about as many rows as it should."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any

from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["row_count_holds"]


def row_count_holds(
    reference: Any, current: Any, *, at_least: float | None = 0.001, at_most: float | None = 1000.0
) -> Verdict:
    """Ask whether the number of rows lies within limits.

    A contract: true or false, no error rate. The limits are wide by default: a
    day's batch beside years of training data is no fault, a table cut to a
    handful of rows is. Set them to what you know of the table.

    Parameters
    ----------
    reference : DataFrame, path or Profile, or None
        None where both limits are numbers of rows.
    current : DataFrame, path or Profile
    at_least, at_most : float or int, optional
        A float is a multiple of the reference's rows, an int a number of rows;
        None is no limit.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the rows; ``evidence.limit`` is the limit
        that they lie beyond, or the nearer one.

    Raises
    ------
    UsageError
        If a table or a limit cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> month, day = pl.DataFrame({"x": range(3000)}), pl.DataFrame({"x": range(100)})
    >>> row_count_holds(month, day).outcome
    <Outcome.PASS: 'pass'>
    >>> row_count_holds(month, day, at_least=0.5).reason
    '100 rows, at least 1500 should be there (0.5 times the 3000 of the reference)'
    """
    low, high = _limit("at_least", at_least), _limit("at_most", at_most)
    if reference is None and any(isinstance(limit, float) for limit in (low, high)):
        hint = "pass whole numbers of rows as limits, or a reference"
        raise UsageError("reference", None, "a table that limits are multiples of", hint)
    rows = profile(current, name="current").rows
    known = None if reference is None else profile(reference, name="reference").rows
    fewest, most = _rows(low, known, math.ceil), _rows(high, known, math.floor)
    if fewest is not None and most is not None and fewest > most:
        raise UsageError("at_least", at_least, f"no more than at_most, which is {number(most)} rows", "swap the two")
    short = fewest is not None and rows < fewest
    long = most is not None and rows > most
    limit = fewest if short or (not long and _nearer(rows, fewest, most)) else most
    return Verdict(
        check="quality.row_count_holds",
        outcome=Outcome.FAIL if short or long else Outcome.PASS,
        claim="the table has about as many rows as it should",
        reason=_reason(rows, (low, high), (fewest, most), known, "short" if short else "long" if long else ""),
        evidence=Evidence(estimate=float(rows), limit=limit, unit="rows", n=rows, method="count of rows"),
        remedy="look at the filter or join that made the table" if short or long else "",
    )


def _limit(name: str, given: Any) -> float | int | None:
    """Return a limit as a plain float or int."""
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 <= float(given) < float("inf"):
        raise UsageError(name, given, "a number of at least 0", "0.5 is half of the reference's rows, 500 is 500 rows")
    return int(given) if isinstance(given, Integral) else float(given)


def _rows(limit: float | int | None, known: int | None, whole: Callable[[float], int]) -> float | None:
    """Return a limit in whole rows."""
    return float(whole(limit * known)) if isinstance(limit, float) and known is not None else limit


def _nearer(rows: int, fewest: float | None, most: float | None) -> bool:
    """Say whether the lower limit is nearer, as a multiple, than the upper one."""
    return fewest is not None and (most is None or rows / max(1.0, fewest) < most / max(1, rows))


def _reason(
    rows: int,
    limits: tuple[float | int | None, float | int | None],
    in_rows: tuple[float | None, float | None],
    known: int | None,
    beyond: str,
) -> str:
    """Say how many rows there are, and how many there should be."""
    beside = "" if known is None else f", {known} in the reference"
    if not beyond:
        fewest, most = (None if end is None else number(end) for end in in_rows)
        between = f"from {fewest} to {most} may be there" if fewest and most else ""
        allowed = between or (f"at least {fewest} should be there" if fewest else f"at most {most} may be there")
        return f"{_counted(rows)}{beside}" + (f"; {allowed}" if fewest or most else "")
    at = 0 if beyond == "short" else 1
    given, wanted = limits[at], in_rows[at]
    times = f" ({number(given)} times the {known} of the reference)" if isinstance(given, float) else ""
    return f"{_counted(rows)}, {'at least' if at == 0 else 'at most'} {number(wanted)} should be there{times}"


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows} rows"
