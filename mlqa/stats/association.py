"""All pairs of columns at once: how dependent they are, and whether that rose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from mlqa.stats.ranks import rank_sum_test
from mlqa.stats.tally import tally

__all__ = ["correlations", "equal_by_chance", "equal_counts", "product_test", "products_moved", "spearman_interval"]


def correlations(ranks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Spearman's correlation of every pair of columns.

    Parameters
    ----------
    ranks : array, shape (n, k)
        Average ranks, in any scale.

    Returns
    -------
    array, shape (k, k), in [-1, 1]
        0 where a column does not vary.

    References
    ----------
    .. [1] Spearman, C. (1904), The proof and measurement of association
       between two things, American Journal of Psychology 15, 72-101.

    Examples
    --------
    >>> correlations(np.array([[0.0, 2.0, 1.0], [1.0, 1.0, 1.0], [2.0, 0.0, 1.0]])).round(3).tolist()
    [[1.0, -1.0, 0.0], [-1.0, 1.0, 0.0], [0.0, 0.0, 0.0]]
    """
    centred = ranks - ranks.mean(axis=0)
    length = np.sqrt((centred**2).sum(axis=0))
    scaled = np.divide(centred, length, out=np.zeros_like(centred), where=length > 1e-12)
    found: NDArray[np.float64] = np.clip(scaled.T @ scaled, -1.0, 1.0)
    return found


def equal_counts(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count the rows in which two columns hold the same value, for every pair.

    Parameters
    ----------
    values : array, shape (n, k)
        NaN, which stands for missing values, equals nothing.

    Returns
    -------
    array of int, shape (k, k)

    Examples
    --------
    >>> equal_counts(np.array([[1.0, 1.0], [2.0, 3.0], [np.nan, np.nan]])).tolist()
    [[2, 1], [1, 2]]
    """
    columns = np.ascontiguousarray(values.T)
    found = np.zeros((columns.shape[0], columns.shape[0]), dtype=np.int64)
    for at, column in enumerate(columns):
        found[at, at:] = np.count_nonzero(columns[at:] == column, axis=1)
    return np.maximum(found, found.T)


def equal_by_chance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the share of rows in which two columns would agree if one were shuffled.

    Parameters
    ----------
    one, other : array, shape (n,)
        NaN equals nothing.

    Examples
    --------
    >>> equal_by_chance(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    0.5
    """
    if not one.size:
        return 0.0
    known = [side[~np.isnan(side)] for side in (one, other)]
    values, at = np.unique(np.concatenate(known), return_inverse=True)
    first, second = (np.bincount(part, minlength=values.size) for part in np.split(at, [known[0].size]))
    return float(np.dot(first / one.size, second / one.size))


def products_moved(ranks: NDArray[np.float64], current: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Say how far the mean product of two columns' ranks lies apart in two tables, for every pair.

    Parameters
    ----------
    ranks : array, shape (n, k)
        Ranks over both tables together.
    current : array of bool, shape (n,)

    Returns
    -------
    array, shape (k, k)
        Current minus reference, in deviations of the deal of rows to tables:
        what to look at first. Not for tails: test the few with a rank test.

    Examples
    --------
    >>> x, current = np.tile(np.arange(8.0), 2), np.arange(16) >= 8
    >>> y = np.where(current, x, 7.0 - x)
    >>> bool(products_moved(np.column_stack([x, y]), current)[0, 1] > 2)
    True
    """
    centred = ranks - ranks.mean(axis=0)
    n, m = float((~current).sum()), float(current.sum())
    if not n or not m:
        return np.zeros((ranks.shape[1], ranks.shape[1]))
    after, before = (side.T @ side for side in (centred[current], centred[~current]))
    mean = (after + before) / (n + m)
    square = centred**2
    deviation = np.sqrt(np.maximum((square.T @ square) / (n + m) - mean**2, 0.0) * (1.0 / n + 1.0 / m))
    moved = after / m - before / n
    found: NDArray[np.float64] = np.divide(moved, deviation, out=np.zeros_like(moved), where=deviation > 1e-12)
    return found


def product_test(x: NDArray[np.float64], y: NDArray[np.float64], current: NDArray[np.bool_]) -> tuple[float, float]:
    """Test whether the products of two columns' centred ranks are larger in the current table.

    Parameters
    ----------
    x, y : array, shape (n,)
        Ranks over both tables together.
    current : array of bool, shape (n,)

    Returns
    -------
    superiority : float in [0, 1]
        Above 0.5: the two rise together more than in the reference.
    p_value : float in [0, 1]
        Two-sided rank-sum test; valid under exchangeability.

    Examples
    --------
    >>> x, current = np.tile(np.arange(20.0), 2), np.arange(40) >= 20
    >>> superiority, p_value = product_test(x, np.where(current, x, 19.0 - x), current)
    >>> superiority, p_value < 1e-6
    (1.0, True)
    """
    products = ((x - x.mean()) * (y - y.mean())).round(12)
    counted = tally(products[~current], products[current])
    return rank_sum_test(counted.x, counted.y)


def spearman_interval(correlation: float, n: int, level: float) -> tuple[float, float]:
    """Return an interval of Spearman's correlation.

    Parameters
    ----------
    correlation : float in [-1, 1]
    n : int
        Rows.
    level : float in (0, 1)

    Notes
    -----
    Fisher's z with the variance of Bonett and Wright [1]_.

    References
    ----------
    .. [1] Bonett, D. G. and Wright, T. A. (2000), Sample size requirements for
       estimating Pearson, Kendall and Spearman correlations, Psychometrika 65,
       23-28.

    Examples
    --------
    >>> low, high = spearman_interval(0.5, 400, 0.95)
    >>> round(low, 3), round(high, 3)
    (0.418, 0.574)
    """
    if n < 5:
        return -1.0, 1.0
    inside = float(np.clip(correlation, -1 + 1e-12, 1 - 1e-12))
    width = float(ndtri(0.5 + level / 2.0)) * np.sqrt((1.0 + inside**2 / 2.0) / (n - 3.0))
    low, high = np.tanh(np.arctanh(inside) + np.array([-width, width]))
    return min(float(low), correlation), max(float(high), correlation)
