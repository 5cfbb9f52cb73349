"""What cannot be probabilities, refused before any check looks at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.column_profile import ColumnProfile

__all__ = ["refuse_column", "refuse_columns", "refuse_values"]

_WANTED = "probabilities in [0, 1]"
_HINT = "pass predict_proba, not labels or scores"
_ROUNDING = 1e-4  # of a sum of float32: not_worse takes the same


def refuse_values(argument: str, values: Any, given: Any) -> None:
    """Raise if an array holds what is no probability, or rows of classes that do not sum to 1.

    Parameters
    ----------
    argument : str
        As the caller knows it; what is no ``...probability`` is not looked at.
    values : array, shape (n,) or (n, classes)
    given : object
        What the caller passed; named in the error.

    Raises
    ------
    UsageError
        If a value is missing, no number or outside [0, 1], or a row does not sum to 1.

    Examples
    --------
    >>> refuse_values("probability", [[0.2, 0.8], [0.5, 0.5]], None)
    """
    if not argument.endswith("probability"):
        return
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(argument, given, _WANTED, _HINT, "entries that are no numbers") from error
    if np.isnan(numbers).any():
        row = int(np.argwhere(np.isnan(numbers))[0][0])
        raise UsageError(argument, given, _WANTED, "leave out the rows without one", f"nothing in row {row}")
    _refuse_outside(argument, given, numbers)
    if numbers.ndim == 2 and numbers.shape[1] > 1:
        _refuse_sums(argument, given, numbers)


def refuse_columns(argument: str, frame: pl.DataFrame, names: Sequence[str]) -> None:
    """Raise if columns of a table hold what is no probability; those of one row sum to 1 where there are several.

    A missing value is no reason: `missing_rate_holds` counts it. A column that
    is not there is passed over, and so is what is no ``...probability``.

    Raises
    ------
    UsageError
        If a column holds no numbers, one outside [0, 1], or rows do not sum to 1.
    """
    there = [name for name in names if name in frame.columns] if argument.endswith("probability") else []
    for name in there:
        series = frame.get_column(name)
        if series.null_count() == len(series):
            continue
        if not (series.dtype.is_numeric() or series.dtype == pl.Boolean):
            raise UsageError(argument, name, _WANTED, _HINT, f"a column of {series.dtype}")
        _refuse_outside(argument, name, series.drop_nulls().cast(pl.Float64).to_numpy())
    if len(there) > 1:
        _refuse_sums(argument, there, frame.select(there).drop_nulls().cast(pl.Float64).to_numpy())


def refuse_column(argument: str, column: ColumnProfile) -> None:
    """Raise if a column of a profile holds what is no probability.

    Raises
    ------
    UsageError
        If it holds no numbers, or one outside [0, 1].
    """
    if column.present == 0 or not argument.endswith("probability"):
        return
    if column.grid is None or column.kind not in ("numeric", "boolean"):
        raise UsageError(argument, column.name, _WANTED, _HINT, f"a column of {column.dtype}")
    _refuse_outside(argument, column.name, column.grid.values)


def _refuse_outside(argument: str, given: Any, values: NDArray[np.float64]) -> None:
    if values.size and (values.min() < 0 or values.max() > 1):
        got = f"values from {values.min():.4g} to {values.max():.4g}"
        raise UsageError(argument, given, _WANTED, _HINT, got)


def _refuse_sums(argument: str, given: Any, rows: NDArray[np.float64]) -> None:
    off = float(np.abs(rows.sum(axis=1) - 1).max(initial=0.0))
    if off > _ROUNDING:
        hint = "pass those of every class, or those of one"
        raise UsageError(argument, given, "rows that sum to 1", hint, f"a sum off by {off:.4g}")
