"""One proportion against a limit: exact interval, exact test, rows that would decide."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

__all__ = ["at_most_p_value", "clopper_pearson", "detectable_rate", "rows_needed"]

_MOST_ROWS = 10**12


def clopper_pearson(
    hits: ArrayLike, n: ArrayLike, *, level: float = 0.95, sides: int = 2
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bound a proportion exactly: coverage is at least `level` for every true rate and `n`.

    Parameters
    ----------
    hits : int array, any shape, in [0, n]
    n : int array of at least 1, broadcast with `hits`
    level : float in (0, 1)
    sides : {1, 2}
        With 1, each end holds `level` by itself: use one of the two.

    Returns
    -------
    low, high : arrays, in [0, 1]

    References
    ----------
    .. [1] Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or
       fiducial limits illustrated in the case of the binomial, Biometrika 26,
       404-413.

    Examples
    --------
    >>> low, high = clopper_pearson(0, 2995, sides=1)
    >>> float(low), round(float(high), 5)
    (0.0, 0.001)
    """
    k, rows = np.broadcast_arrays(np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64))
    tail = (1.0 - level) / sides
    with np.errstate(invalid="ignore"):
        low = np.where(k > 0, stats.beta.ppf(tail, k, rows - k + 1.0), 0.0)
        high = np.where(k < rows, stats.beta.isf(tail, k + 1.0, rows - k), 1.0)
    return low, high


def at_most_p_value(hits: ArrayLike, n: ArrayLike, limit: float) -> NDArray[np.float64]:
    """Test "the rate is at most `limit`", exactly and one-sided.

    Parameters
    ----------
    hits, n : int arrays
    limit : float in [0, 1]

    Returns
    -------
    array, in [0, 1]
        Probability of at least `hits` where the rate is `limit`; small: it is
        higher.

    Examples
    --------
    >>> round(float(at_most_p_value(9, 100, 0.05)), 4)
    0.0631
    """
    return np.asarray(stats.binom.sf(np.asarray(hits) - 1, np.asarray(n), limit), dtype=np.float64)


def detectable_rate(n: int, limit: float, *, alpha: float, power: float = 0.8) -> float | None:
    """Return the smallest rate that would be shown to exceed `limit` with the given power.

    Parameters
    ----------
    n : int of at least 1
    limit : float in [0, 1]
    alpha, power : float in (0, 1)

    Returns
    -------
    float or None
        None where not even all of `n` rows would show it.

    Examples
    --------
    >>> round(detectable_rate(1000, 0.05, alpha=0.05), 3)
    0.069
    >>> detectable_rate(3, 0.5, alpha=1e-4) is None
    True
    """
    critical = int(stats.binom.isf(alpha, n, limit)) + 1
    if critical > n or float(at_most_p_value(critical, n, limit)) > alpha:
        return None
    return float(stats.beta.ppf(power, critical, n - critical + 1))


def rows_needed(hits: int, n: int, limit: float, *, alpha: float) -> int | None:
    """Return about how many more rows would decide, were the rate what it is now.

    Parameters
    ----------
    hits, n : int
        What was seen; ``n`` of at least 1.
    limit : float in [0, 1]
    alpha : float in (0, 0.5)
        One-sided, at either end.

    Returns
    -------
    int or None
        0 where it is decided now; None where no number of rows would: the rate
        is the limit.

    Examples
    --------
    >>> rows_needed(6, 100, 0.1, alpha=0.05)
    65
    >>> rows_needed(10, 100, 0.1, alpha=0.05) is None
    True
    """
    rate = hits / n
    if math.isclose(rate, limit, rel_tol=1e-6):
        return None

    def decides(rows: int) -> bool:
        low, high = clopper_pearson(rate * rows, rows, level=1.0 - alpha, sides=1)
        return bool(low > limit) if rate > limit else bool(high <= limit)

    undecided, enough = n, n
    while not decides(enough):
        undecided, enough = enough, enough * 2
        if enough > _MOST_ROWS:
            return None
    while enough - undecided > 1:
        middle = (undecided + enough) // 2
        undecided, enough = (undecided, middle) if decides(middle) else (middle, enough)
    return enough - n
