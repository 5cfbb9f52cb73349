"""Linear statistics of two samples: the sum of fixed scores over the rows of the second."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from mlqa.stats.tally import Tally, quantile

__all__ = ["CLIPPED", "linear_test", "mean_test"]

CLIPPED = 0.01  # share of the pooled rows at either end


def linear_test(scores: NDArray[np.float64], x: NDArray[np.int64], y: NDArray[np.int64], step: float = 0.0) -> float:
    """Test whether the second sample's scores are larger or smaller on average (two-sided).

    Parameters
    ----------
    scores : array, shape (v,)
        Of each value; must not depend on which sample a row is from.
    x, y : array, shape (v,), int
        Rows of each sample at each value.
    step : float of at least 0
        Taken off the sum before it is judged: the continuity correction.

    Returns
    -------
    float in [0, 1]

    Notes
    -----
    Normal approximation of the permutation distribution, made conservative:
    the first Cornish-Fisher term [1]_ of its skewness is taken off where it
    lengthens the tail (few rows against many, scores that are mostly equal).

    References
    ----------
    .. [1] Cornish, E. A. and Fisher, R. A. (1938), Moments and cumulants in
       the specification of distributions, Revue de l'Institut International de
       Statistique 5, 307-320.

    Examples
    --------
    >>> round(linear_test(np.array([0.0, 1.0]), np.array([30, 10]), np.array([10, 30])), 8)
    8.83e-06
    """
    pooled = (x + y).astype(np.float64)
    n, m = float(x.sum()), float(y.sum())
    total = n + m
    centred = scores - float(np.dot(scores, pooled)) / total
    excess = float(np.dot(centred, y))
    spread = float(np.dot(pooled, centred**2))
    if spread <= 0.0 or total < 2:
        return 1.0
    deviation = math.sqrt(n * m / (total * (total - 1.0)) * spread)
    z = max(0.0, abs(excess) - step) / deviation
    if total > 2:
        third = n * m * (n - m) / (total * (total - 1.0) * (total - 2.0)) * float(np.dot(pooled, centred**3))
        skewness = math.copysign(1.0, excess) * third / deviation**3
        z -= max(0.0, skewness) * max(0.0, z * z - 1.0) / 6.0
    return float(min(1.0, 2.0 * ndtr(-max(0.0, z))))


def mean_test(counted: Tally) -> float:
    """Test whether the mean moved, values clipped to the pooled 1 % and 99 % quantiles.

    Parameters
    ----------
    counted : Tally

    Returns
    -------
    float in [0, 1]
        Two-sided; which values are clipped does not depend on who holds them.

    Notes
    -----
    Sees small shifts of skewed columns that ranks see less well. The half of
    the mean weight of a row is taken off as a continuity correction.

    Examples
    --------
    >>> from mlqa.stats.tally import tally
    >>> waits = np.arange(100.0) ** 2
    >>> mean_test(tally(waits, waits)), mean_test(tally(waits, waits + 6000)) < 1e-6
    (1.0, True)
    """
    pooled = counted.x + counted.y
    low, high = (float(at) for at in quantile(counted.values, pooled, [CLIPPED, 1.0 - CLIPPED]))
    if not (np.isfinite(low) and np.isfinite(high)) or high <= low:
        return 1.0
    # between 0 and 1, so that no square overflows
    scale = max(abs(low), abs(high))
    scores = (np.clip(counted.values, low, high) / scale - low / scale) / (high / scale - low / scale)
    weight = float(np.dot(pooled, np.abs(scores - np.dot(scores, pooled) / pooled.sum())) / pooled.sum())
    return linear_test(scores, counted.x, counted.y, step=weight / 2.0)
