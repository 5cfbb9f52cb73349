"""The question whether a total is the sum of its parts, row by row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.rules.broken_rows import count, examples, names_of, no_rows, rows_of, ruled
from mlqa.errors import UsageError
from mlqa.subjects.table import kind_of
from mlqa.verdict import Verdict
from mlqa.wording import listed, number

__all__ = ["sum_of"]

_CHECK = "rules.sum_of"
_EXACT_IN_FLOAT = 2.0**53
_ROUNDING = {True: 1e-5, False: 1e-9}  # of the size of what is added; with single precision among it, without

Floats = NDArray[np.float64]


def sum_of(table: Any, total: str, parts: Sequence[str], *, within: float = 0.0) -> Verdict:
    """Ask whether a column is the sum of others in every row.

    A contract: true or false, no error rate. What floating point rounds away
    is no fault; whole numbers are compared exactly, however large.

    Parameters
    ----------
    table : DataFrame, path or Profile
        A profile answers if it holds all rows.
    total : str
    parts : list of str
        At least one, without `total`.
    within : float of at least 0, unit: that of the columns
        Largest difference that is no fault: 0.01 where parts are rounded to
        cents.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the rows that break the rule;
        ``evidence.worst`` shows the ten largest differences.

    Raises
    ------
    UsageError
        If it is no table, or a column is not there or holds no numbers.

    Notes
    -----
    A row where the total or a part is missing neither keeps nor breaks the
    rule, and how many is said: fill what stands for nothing with 0 first. An
    infinite total is the sum of an infinite part of its sign.

    Examples
    --------
    >>> import polars as pl
    >>> bills = pl.DataFrame({"net": [10.0, 20.0], "tax": [1.9, 3.8], "gross": [11.9, 24.8]})
    >>> verdict = sum_of(bills, "gross", ["net", "tax"])
    >>> verdict.reason, verdict.evidence.worst[0]["row"]
    ("1 of 2 rows has a 'gross' that is not 'net' + 'tax': off by up to 1", 1)
    """
    allowed = _allowed(within)
    frame = rows_of(table, name="table")
    if frame is None:
        return no_rows(_CHECK, "the total is the sum of its parts")
    whole, pieces = _columns(frame, total, parts)
    chosen = frame[[whole, *pieces]]
    at = np.flatnonzero(~chosen.select(pl.any_horizontal(pl.all().is_null())).to_series().to_numpy())
    return _judged(chosen, at, *_compared(chosen[at]), within=allowed)


def _allowed(within: Any) -> float:
    """Return the difference allowed, as a float."""
    if isinstance(within, bool) or not isinstance(within, Real) or not 0 <= float(within) < math.inf:
        raise UsageError("within", within, "a number of at least 0", "0.01 for sums of cents")
    return float(within)


def _columns(frame: pl.DataFrame, total: Any, parts: Any) -> tuple[str, list[str]]:
    """Return the columns named, if all hold numbers."""
    (whole,) = names_of([total], frame, name="total")
    pieces = names_of(parts, frame, name="parts")
    if whole in pieces:
        raise UsageError("parts", parts, "columns other than the total", f"leave out {whole!r}", "the total itself")
    for name in (whole, *pieces):
        series = frame.get_column(name)
        kind = kind_of(series)
        if kind != "numeric" and series.null_count() < len(series):
            where = "total" if name == whole else "parts"
            raise UsageError(where, name, "a column of numbers", "cast it first", f"a column of kind {kind!r}")
    return whole, pieces


def _compared(present: pl.DataFrame) -> tuple[Floats, Floats]:
    """Return total less sum in every row, and what rounding may have left of it."""
    arrays = [series.cast(pl.Float64).to_numpy() for series in present.get_columns()]
    with np.errstate(all="ignore"):
        size = sum((np.abs(values) for values in arrays), np.zeros(present.height))
        summed = sum(arrays[1:], np.zeros(present.height))
        difference = np.where(arrays[0] == summed, 0.0, arrays[0] - summed)
    difference = np.where(np.isnan(difference), np.inf, difference)  # inf - inf: other signs, or a sum that has none
    if all(dtype.is_integer() for dtype in present.dtypes):
        return _whole(present) if (size >= _EXACT_IN_FLOAT).any() else difference, np.zeros(present.height)
    slack = _ROUNDING[pl.Float32() in present.dtypes] * np.where(np.isfinite(size), size, 0.0)
    return difference, slack


def _whole(present: pl.DataFrame) -> Floats:
    """Return total less sum of whole numbers too large for floats."""
    difference, *parts = (series.cast(pl.Int128) for series in present.get_columns())
    for part in parts:
        difference = difference - part
    return difference.cast(pl.Float64).to_numpy()


def _judged(chosen: pl.DataFrame, at: NDArray[np.intp], difference: Floats, slack: Floats, *, within: float) -> Verdict:
    """Count the rows that are off."""
    total, *parts = chosen.columns
    off = np.abs(difference)
    wrong = np.flatnonzero(off > within + slack)
    order = wrong[np.argsort(-off[wrong], kind="stable")][:10]
    summed = " + ".join(repr(name) for name in parts) if len(parts) <= 4 else f"the sum of {listed(parts)}"
    far = number(float(off[order[0]])) if wrong.size else ""
    allowed = f" within {number(within)}" if within else ""
    return ruled(
        _CHECK,
        f"{total!r} is {summed}{allowed} in every row",
        asked=at.size,
        broken=wrong.size,
        fault=f"{wrong.size} of {count(at.size)} {'has' if wrong.size == 1 else 'have'} a {total!r} "
        f"that is not {summed}{allowed}: off by up to {far}",
        kept=f"so in all {count(at.size)}",
        open_rows=chosen.height - at.size,
        columns=chosen.columns,
        worst=examples(chosen, at[order].tolist(), [{"difference": float(difference[row])} for row in order]),
        remedy="mend the rows, or allow for rounding with within=",
    )
