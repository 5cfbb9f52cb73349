"""Rows as points: numbers and categories on scales on which a distance makes sense."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import binom

from mlqa.subjects.codes import dense_codes

__all__ = ["Points", "points_of"]

_MOST_CATEGORIES = 12
_NORMAL = 1.349  # distance of the quartiles of a normal distribution, in deviations
_APART = 2.0  # squared distance of two unlike categories
_WORTH, _RARE = 0.1, 0.01
_MOST_BLAMED = 3
_LARGEST = 1e150  # squares stay finite


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Rows as points.

    Attributes
    ----------
    places : array, shape (n, d)
    owners : tuple of str
        The column that each of the d coordinates is of.
    """

    places: NDArray[np.float64]
    owners: tuple[str, ...]

    def odd_columns(self, far: NDArray[np.bool_], current: NDArray[np.bool_]) -> tuple[str, ...]:
        """Return the few columns in which the far rows of current lie out, and reference rows do not as well.

        A column of many wild values is far out in rows of both tables, and to
        blame for nothing.
        """
        if not far.any() or far.all():
            return ()
        square = (self.places - np.median(self.places, axis=0)) ** 2
        names = list(dict.fromkeys(self.owners))
        apart = np.column_stack([square[:, [owner == name for owner in self.owners]].sum(axis=1) for name in names])
        excess = apart[far].mean(axis=0) - apart[~far].mean(axis=0)
        order = np.argsort(-excess, kind="stable")
        share = float(current.mean())
        looked_at = int(far.sum())
        blamed = []
        for at in order.tolist():
            out = apart[:, at] >= np.sort(apart[:, at])[-looked_at]
            by_chance = float(binom.sf(int(current[out].sum()) - 1, int(out.sum()), share))
            if excess[at] > _WORTH * excess[order[0]] > 0 and (share == 1.0 or by_chance < _RARE):
                blamed.append(names[at])
        return tuple(blamed[:_MOST_BLAMED])


def points_of(frame: pl.DataFrame) -> Points:
    """Turn rows into points.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns of Float64 and String.

    Notes
    -----
    Numbers: the inverse hyperbolic sine of robust deviations from the median,
    linear near it and logarithmic far out. Texts: one coordinate for each of
    the most frequent values. A missing number lies in the middle, and has a
    coordinate of its own.

    Examples
    --------
    >>> points_of(pl.DataFrame({"x": [1.0, 2.0, None], "y": ["a", "b", "a"]})).owners
    ('x', 'x', 'y', 'y')
    """
    parts: list[NDArray[np.float64]] = []
    owners: list[str] = []
    for series in frame.get_columns():
        made = _one_hot(dense_codes(series)) if series.dtype == pl.String else _number(series.to_numpy())
        parts.append(made)
        owners += [series.name] * made.shape[1]
    return Points(np.column_stack(parts), tuple(owners))


def _number(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return robust deviations, and a flag for missing values where there are any."""
    missing = np.isnan(values)
    held = np.clip(values, -_LARGEST, _LARGEST)
    known = held[~missing]
    if not known.size:
        return _flags(missing)
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    scale = (high - low) / _NORMAL or float(known.std()) or 1.0
    place = np.arcsinh((np.where(missing, middle, held) - middle) / scale)[:, None]
    return np.hstack([place, _flags(missing)]) if missing.any() else place


def _flags(flags: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(flags[:, None] * np.sqrt(_APART))


def _one_hot(codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return one coordinate for each frequent code, such that two unlike ones are `_APART`."""
    counts = np.bincount(codes)
    often = np.argsort(-counts, kind="stable")[:_MOST_CATEGORIES]
    return np.asarray((codes[:, None] == often[counts[often] > 0]) * np.sqrt(_APART / 2.0))
