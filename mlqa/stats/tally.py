"""Two samples as counts over their pooled values: sorted once, asked many times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Tally", "coarse", "folded", "quantile", "tally"]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How often each value occurs in two samples.

    Attributes
    ----------
    values : array, shape (v,)
        Distinct pooled values, ascending.
    x, y : array, shape (v,), int64
        Rows of the first and of the second sample at each value.
    """

    values: NDArray[np.float64]
    x: NDArray[np.int64]
    y: NDArray[np.int64]


def tally(x: ArrayLike, y: ArrayLike) -> Tally:
    """Count two samples over their pooled values.

    Parameters
    ----------
    x, y : array, shape (n,) and (m,)
        Without NaN; infinities are values like others.

    Returns
    -------
    Tally

    Notes
    -----
    One sort of each sample; the merge is linear (a stable sort of two runs).

    Examples
    --------
    >>> counted = tally([1.0, 2.0, 2.0], [2.0, 3.0])
    >>> counted.values.tolist(), counted.x.tolist(), counted.y.tolist()
    ([1.0, 2.0, 3.0], [1, 2, 0], [0, 1, 1])
    """
    left, left_rows = _runs(np.sort(np.asarray(x, dtype=np.float64)))
    right, right_rows = _runs(np.sort(np.asarray(y, dtype=np.float64)))
    values = np.concatenate((left, right))
    order = np.argsort(values, kind="stable")
    rows = np.concatenate((left_rows, right_rows))[order]
    first = np.where(order < left.size, rows, 0)
    return _joined(values[order], first, rows - first)


def coarse(counted: Tally, most: int = 8192) -> Tally:
    """Return the tally with neighbouring values joined, where there are too many to keep.

    Parameters
    ----------
    counted : Tally
    most : int
        Values kept, about; the cuts follow the pooled counts, never who holds
        the rows, so rank tests stay valid and lose about ``1 / most``.

    Examples
    --------
    >>> joined = coarse(tally([1.0, 2.0], [3.0, 4.0]), most=2)
    >>> joined.values.tolist(), joined.x.tolist(), joined.y.tolist()
    ([2.0, 4.0], [2, 0], [0, 2])
    """
    if counted.values.size <= most:
        return counted
    below = np.cumsum(counted.x + counted.y)
    wanted = np.ceil(np.arange(1, most + 1) * (below[-1] / most) - 1e-9)
    last = np.unique(np.searchsorted(below, wanted))
    x_below = np.cumsum(counted.x)[last]
    x_counts = np.diff(x_below, prepend=0)
    return Tally(counted.values[last], x_counts, np.diff(below[last] - x_below, prepend=0))


def folded(counted: Tally, centre: float) -> Tally:
    """Return the tally of the distances from `centre`: what is compared when spread is asked.

    Parameters
    ----------
    counted : Tally
    centre : float
        Must not depend on which sample a row is from (the pooled median does not).

    Examples
    --------
    >>> folded(tally([1.0, 2.0], [3.0]), 2.0).values.tolist()
    [0.0, 1.0]
    """
    with np.errstate(invalid="ignore", over="ignore"):
        distances = np.nan_to_num(np.abs(counted.values - centre), nan=0.0, posinf=np.inf)
    order = np.argsort(distances, kind="stable")
    return _joined(distances[order], counted.x[order], counted.y[order])


def quantile(values: NDArray[np.float64], counts: NDArray[np.int64], share: ArrayLike) -> NDArray[np.float64]:
    """Return the smallest values that at least `share` of the rows do not exceed.

    Parameters
    ----------
    values, counts : array, shape (v,)
        Ascending values and the rows at each; at least one row.
    share : array, in [0, 1]

    Examples
    --------
    >>> quantile(np.array([1.0, 5.0]), np.array([3, 1]), [0.5, 0.9]).tolist()
    [1.0, 5.0]
    """
    below = np.cumsum(counts)
    wanted = np.maximum(np.ceil(np.asarray(share, dtype=np.float64) * below[-1] - 1e-9), 1.0)
    found: NDArray[np.float64] = values[np.searchsorted(below, wanted)]
    return found


def _last_of_runs(ascending: NDArray[np.float64]) -> NDArray[np.intp]:
    """Where each run of equal values ends."""
    if ascending.size == 0:
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(np.concatenate((ascending[1:] != ascending[:-1], [True])))


def _runs(ascending: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Distinct values of an ascending array and how often each occurs."""
    last = _last_of_runs(ascending)
    if last.size == ascending.size:
        return ascending, np.ones(last.size, dtype=np.int64)
    return ascending[last], np.diff(last, prepend=-1)


def _joined(ascending: NDArray[np.float64], x: NDArray[np.int64], y: NDArray[np.int64]) -> Tally:
    """Add up the counts of equal neighbours."""
    last = _last_of_runs(ascending)
    if last.size == ascending.size:
        return Tally(ascending, x, y)
    x_rows, y_rows = (np.diff(np.cumsum(side)[last], prepend=0) for side in (x, y))
    return Tally(ascending[last], x_rows, y_rows)
