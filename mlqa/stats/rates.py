"""Shares of rows: exact tests, exact limits, intervals. Arrays in, arrays out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

__all__ = ["newcombe", "rise_p_value", "smallest_count_seen"]


def rise_p_value(x_ref: ArrayLike, n_ref: int, x_cur: ArrayLike, n_cur: int) -> NDArray[np.float64]:
    """Return Fisher's exact one-sided p-value that a share rose from reference to current.

    Parameters
    ----------
    x_ref, x_cur : array of int, shape (k,), in [0, n]
        Rows that have the property.
    n_ref, n_cur : int of at least 1
        Rows in all.

    Returns
    -------
    array, shape (k,), in [0, 1]
        Exact where rows are exchangeable: the upper hypergeometric tail.

    References
    ----------
    .. [1] Fisher, R. A. (1935), The logic of inductive inference, Journal of
       the Royal Statistical Society 98, 39-82.

    Examples
    --------
    >>> rise_p_value([0], 5, [5], 5).round(6).tolist()
    [0.003968]
    """
    before, after = np.asarray(x_ref), np.asarray(x_cur)
    tail = stats.hypergeom.sf(after - 1, n_ref + n_cur, before + after, n_cur)
    return np.clip(np.asarray(tail, dtype=np.float64), 0.0, 1.0)


def newcombe(
    x_ref: ArrayLike, n_ref: int, x_cur: ArrayLike, n_cur: int, level: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return an interval of the difference current minus reference of two independent shares.

    Parameters
    ----------
    x_ref, x_cur : array of int, shape (k,), in [0, n]
    n_ref, n_cur : int of at least 1
    level : float in (0, 1)

    Returns
    -------
    low, high : array, shape (k,), in [-1, 1]

    References
    ----------
    .. [1] Newcombe, R. G. (1998), Interval estimation for the difference
       between independent proportions: comparison of eleven methods,
       Statistics in Medicine 17, 873-890 (method 10).

    Examples
    --------
    >>> low, high = newcombe([48], 80, [56], 70, 0.95)
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0524], [0.3339])
    """
    before, before_low, before_high = _wilson(x_ref, n_ref, level)
    after, after_low, after_high = _wilson(x_cur, n_cur, level)
    difference = after - before
    low = difference - np.hypot(after - after_low, before_high - before)
    high = difference + np.hypot(after_high - after, before - before_low)
    return low, high


def smallest_count_seen(
    x_ref: ArrayLike, n_ref: int, n_cur: int, *, alpha: float, min_effect: float, level: float = 0.95
) -> NDArray[np.int64]:
    """Return the fewest current rows with the property that a rise test at `alpha` flags.

    Parameters
    ----------
    x_ref : array of int, shape (k,)
        Reference rows with the property.
    n_ref, n_cur : int of at least 1
    alpha : float in (0, 0.5)
        Level of one column.
    min_effect : float in [0, 1)
        The interval of the rise at `level` has to lie above it too.
    level : float in (0, 1)

    Returns
    -------
    array of int, shape (k,), in [0, n_cur + 1]
        ``n_cur + 1`` where not even all rows would be flagged.

    Examples
    --------
    >>> smallest_count_seen([0, 0], 5, 5, alpha=1e-4, min_effect=0.0).tolist()
    [6, 6]
    >>> smallest_count_seen([0], 1000, 1000, alpha=1e-4, min_effect=0.0).tolist()
    [14]
    """
    before = np.asarray(x_ref, dtype=np.int64)
    low, high = np.zeros(before.shape, np.int64), np.full(before.shape, n_cur + 1, np.int64)
    while np.any(low < high):
        middle = (low + high) // 2
        tried = np.minimum(middle, n_cur)
        seen = rise_p_value(before, n_ref, tried, n_cur) <= alpha
        seen &= newcombe(before, n_ref, tried, n_cur, level)[0] > min_effect
        seen |= middle > n_cur
        low, high = np.where(seen, low, np.minimum(middle + 1, high)), np.where(seen, middle, high)
    return high


def _wilson(x: ArrayLike, n: int, level: float) -> tuple[NDArray[np.float64], ...]:
    """Return share, low and high of Wilson's score interval."""
    share = np.asarray(x, dtype=np.float64) / n
    z = float(stats.norm.isf((1.0 - level) / 2.0))
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return share, np.clip(centre - half, 0.0, 1.0), np.clip(centre + half, 0.0, 1.0)
