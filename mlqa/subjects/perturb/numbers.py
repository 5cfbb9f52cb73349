"""Numbers changed: noise, a box around each, another unit, fewer digits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.perturb.column import drawn, floats, on_column, refuse_no_number
from mlqa.subjects.perturb.marks import Marks, Perturb

__all__ = ["noise", "rounded", "scaled", "single_precision", "within"]


def noise(column: str, scale: float, *, seed: int = 0) -> Perturb:
    """Add Gaussian noise to a numeric column.

    Parameters
    ----------
    column : str
        An array's columns are named ``'0'``, ``'1'``, ...
    scale : float, above 0
        Standard deviation, in the column's own unit: the error of measurement,
        say.
    seed : int of at least 0
        Same seed, same column, same number of rows: same noise.

    Examples
    --------
    >>> X = np.zeros((2, 1))
    >>> bool((noise("0", 0.1)(X) != X).all())
    True
    """
    refuse_no_number("scale", scale, "a finite number above 0", above=0.0)

    def change(values: NDArray[Any]) -> NDArray[Any]:
        return floats(values, column) + scale * drawn("noise", column, seed).standard_normal(len(values))

    return on_column(f"noise({column}, {scale:g})", column, change, Marks(between=frozenset({column})))


def within(column: str, radius: float, *, seed: int = 0) -> Perturb:
    """Move each number of a column by at most a radius; a search looks for the worst move.

    Parameters
    ----------
    column : str
    radius : float, above 0
        Largest move up or down, in the column's own unit.
    seed : int of at least 0
        Of the moves that are tried first.

    Examples
    --------
    >>> X = np.zeros((50, 1))
    >>> bool((np.abs(within("0", 0.5)(X)) <= 0.5).all())
    True
    """
    refuse_no_number("radius", radius, "a finite number above 0", above=0.0)

    def chosen(values: NDArray[Any], u: NDArray[np.float64]) -> NDArray[Any]:
        before = floats(values, column)
        with np.errstate(invalid="ignore"):  # an infinite value stays what it is
            return np.where(np.isfinite(before), before + (2.0 * u - 1.0) * radius, before)

    def change(values: NDArray[Any]) -> NDArray[Any]:
        return chosen(values, drawn("within", column, seed).random(len(values)))

    marks = Marks(choices={column: chosen}, between=frozenset({column}))
    return on_column(f"within({column}, {radius:g})", column, change, marks)


def scaled(column: str, factor: float) -> Perturb:
    """Multiply a numeric column: another unit, another currency.

    Parameters
    ----------
    column : str
    factor : float

    Examples
    --------
    >>> scaled("0", 100)(np.array([[1.5], [2.0]])).tolist()
    [[150.0], [200.0]]
    """
    refuse_no_number("factor", factor, "a finite number")
    return on_column(f"scaled({column}, {factor:g})", column, lambda values: floats(values, column) * factor)


def rounded(column: str, places: int) -> Perturb:
    """Round a numeric column: the precision of another source.

    Parameters
    ----------
    column : str
    places : int
        Places after the point; negative for tens, hundreds, ...

    Examples
    --------
    >>> rounded("0", 1)(np.array([[1.26], [2.0]])).tolist()
    [[1.3], [2.0]]
    """
    if not isinstance(places, int) or isinstance(places, bool):
        raise UsageError("places", places, "a whole number of places after the point", "pass 2 for hundredths")
    return on_column(f"rounded({column}, {places})", column, lambda values: np.round(floats(values, column), places))


def single_precision(column: str) -> Perturb:
    """Send a numeric column through 32-bit floats and back, as another service may.

    Examples
    --------
    >>> single_precision("0")(np.array([[0.1]])).tolist()
    [[0.10000000149011612]]
    """

    def change(values: NDArray[Any]) -> NDArray[Any]:
        with np.errstate(over="ignore"):
            return floats(values, column).astype(np.float32).astype(np.float64)

    return on_column(f"single_precision({column})", column, change)
