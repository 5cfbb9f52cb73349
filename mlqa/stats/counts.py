"""Counts of categories in two samples: exact tests and total variation."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

__all__ = ["attainable_p", "fisher_test", "newcomer_test", "total_variation", "variation_interval"]

_BLOCK = 2_000_000


def fisher_test(x: ArrayLike, y: ArrayLike, n: int, m: int) -> NDArray[np.float64]:
    """Test, category by category, whether its share is the same in two samples.

    Parameters
    ----------
    x, y : array, shape (k,), int
        Rows of each category in the first and in the second sample.
    n, m : int
        All rows of each sample.

    Returns
    -------
    array, shape (k,), in [0, 1]
        Twice the smaller hypergeometric tail, at most 1: exact and valid
        conditional on the pooled counts.

    Notes
    -----
    The first term of the tail from log-gamma functions, the others from the
    ratio of neighbours, which is below one away from the mode: vectorised over
    the categories, quick at any counts.

    References
    ----------
    .. [1] Fisher, R. A. (1935), The logic of inductive inference, Journal of
       the Royal Statistical Society 98, 39-82.

    Examples
    --------
    >>> fisher_test([3, 2], [0, 2], n=5, m=5).round(4).tolist()
    [0.1667, 1.0]
    """
    first = np.atleast_1d(np.asarray(x, dtype=np.float64))
    second = np.atleast_1d(np.asarray(y, dtype=np.float64))
    if first.size == 0:
        return np.zeros(0)
    pooled = first + second
    # Walk away from the mean: downwards in whichever sample has fewer rows than expected.
    fewer_x = first * m < second * n
    here = np.where(fewer_x, first, second)
    here_rows = np.where(fewer_x, float(n), float(m))
    one_sided = _lower_tail(here, pooled, here_rows, float(n + m))
    return np.minimum(1.0, 2.0 * one_sided)


def attainable_p(pooled: ArrayLike, n: int, m: int) -> NDArray[np.float64]:
    """Return the smallest p-value that categories of these pooled counts could ever show.

    Categories that can show nothing need no share of the correction [1]_; what
    they could show depends on pooled counts only, never on who holds the rows.

    Parameters
    ----------
    pooled : array, shape (k,), int
        Rows of each category in both samples together.
    n, m : int
        All rows of each sample.

    References
    ----------
    .. [1] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.

    Examples
    --------
    >>> attainable_p([1, 10], n=50, m=50).round(5).tolist()
    [1.0, 0.00119]
    """
    counts = np.asarray(pooled, dtype=np.int64)
    most_x, most_y = np.minimum(counts, n), np.minimum(counts, m)
    return np.minimum(fisher_test(most_x, counts - most_x, n, m), fisher_test(counts - most_y, most_y, n, m))


def newcomer_test(x: ArrayLike, y: ArrayLike, n: int, m: int) -> NDArray[np.float64]:
    """Test the categories that the first sample has not, all together.

    Parameters
    ----------
    x, y : array, shape (k,), int
        Rows of each category in the first and in the second sample.
    n, m : int
        All rows of each sample.

    Returns
    -------
    array, shape (k,), in [0, 1]
        1 where the first sample has the category. Already corrected over the
        categories: the chance that any of them gives so small a value is at
        most that value.

    Notes
    -----
    Given its pooled count, a category is absent from the first sample with a
    known chance, and that is the one p-value this test can give it. So Bonferroni
    needs to add the chances that are no larger, instead of counting categories
    [1]_: frequent categories cost next to nothing.

    References
    ----------
    .. [1] Westfall, P. H. and Wolfinger, R. D. (1997), Multiple tests with
       discrete distributions, The American Statistician 51, 3-8.

    Examples
    --------
    >>> newcomer_test([30, 40, 0], [30, 40, 12], n=70, m=82).round(5).tolist()
    [1.0, 1.0, 0.00041]
    """
    first, second = np.asarray(x, dtype=np.int64), np.asarray(y, dtype=np.int64)
    pooled = first + second
    chance = np.where(pooled <= m, fisher_test(np.zeros_like(pooled), np.minimum(pooled, m), n, m) / 2.0, 0.0)
    ascending = np.sort(chance)
    no_larger = np.searchsorted(ascending, chance, side="right")
    together = np.concatenate(([0.0], np.cumsum(ascending)))[no_larger]
    return np.where(first == 0, np.minimum(1.0, together), 1.0)


def total_variation(x: ArrayLike, y: ArrayLike) -> float:
    """Return the share of rows that would have to change category to make two samples alike.

    Parameters
    ----------
    x, y : array, shape (k,), int
        Rows of each category; each sample has at least one row.

    Examples
    --------
    >>> total_variation([3, 1], [1, 3])
    0.5
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    return float(0.5 * np.abs(first / first.sum() - second / second.sum()).sum())


def variation_interval(distance: float, n: int, m: int, k: int, level: float = 0.95) -> tuple[float, float]:
    """Return an interval of the true total variation between two discrete distributions.

    Parameters
    ----------
    distance : float in [0, 1]
        As measured.
    n, m : int
        Sizes of the samples.
    k : int
        Number of categories.
    level : float in (0, 1)

    Notes
    -----
    The L1 deviation bound of each sample, half the error each: closed form,
    wide where there are many categories for the rows.

    References
    ----------
    .. [1] Weissman, T., Ordentlich, E., Seroussi, G., Verdu, S. and
       Weinberger, M. (2003), Inequalities for the L1 deviation of the
       empirical distribution, HP Laboratories HPL-2003-97R1.

    Examples
    --------
    >>> low, high = variation_interval(0.3, 1000, 1000, k=2)
    >>> round(low, 3), round(high, 3)
    (0.206, 0.394)
    """
    # log(2**k - 2), without overflow
    subsets = k * math.log(2.0) + math.log1p(-(2.0 ** (1 - k))) if k > 1 else 0.0
    width = math.sqrt((subsets + math.log(2.0 / (1.0 - level))) / 2.0) * (n**-0.5 + m**-0.5) if k > 1 else 0.0
    return max(0.0, distance - width), min(1.0, distance + width)


def _lower_tail(
    here: NDArray[np.float64], pooled: NDArray[np.float64], rows: NDArray[np.float64], total: float
) -> NDArray[np.float64]:
    """P(at most `here` of the `pooled` rows fall in the sample of `rows` rows), for `here` below the mean."""
    smallest = np.maximum(0.0, pooled - (total - rows))
    deviation = np.sqrt(np.maximum(pooled * rows / total * (1 - rows / total), 0.0))
    # Terms fall off faster than a normal density: 12 deviations are past double precision.
    terms = int(np.minimum(here - smallest, 12.0 * deviation + 40.0).max()) + 1
    tail = np.empty_like(here)
    width = max(1, _BLOCK // terms)
    for start in range(0, here.size, width):
        part = slice(start, start + width)
        steps = here[part, None] - np.arange(terms - 1)
        ratios = steps * (total - rows[part, None] - pooled[part, None] + steps)
        ratios /= (pooled[part, None] - steps + 1) * (rows[part, None] - steps + 1)
        np.maximum(ratios, 0.0, out=ratios)
        tail[part] = 1.0 + np.cumprod(ratios, axis=1).sum(axis=1)
    return np.minimum(1.0, tail * np.exp(_log_share(here, pooled, rows, total)))


def _log_share(
    here: NDArray[np.float64], pooled: NDArray[np.float64], rows: NDArray[np.float64], total: float
) -> NDArray[np.float64]:
    """Logarithm of the hypergeometric probability of exactly `here`."""
    chosen = _log_choose(pooled, here) + _log_choose(total - pooled, rows - here)
    return chosen - _log_choose(np.full_like(rows, total), rows)


def _log_choose(of: NDArray[np.float64], take: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithm of the binomial coefficient."""
    result: NDArray[np.float64] = gammaln(of + 1) - gammaln(take + 1) - gammaln(of - take + 1)
    return result
