"""How far each row lies from the others, and whether the furthest are mostly of one table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom

__all__ = ["crowd_distance", "furthest_test", "lonely"]

_BLOCK = 512
_LOOKS = (0.005, 0.01, 0.02, 0.05)
_FEWEST = 10


def crowd_distance(points: NDArray[np.float64], nearest: int) -> NDArray[np.float64]:
    """Return the distance of each row to its k-th nearest other row.

    Parameters
    ----------
    points : array, shape (n, d)
    nearest : int of at least 1
        Clusters of at most so many odd rows are still odd.

    Notes
    -----
    Euclidean, in single precision, to four digits; all pairs in blocks of
    rows, so memory stays at a few megabytes.

    References
    ----------
    .. [1] Ramaswamy, S., Rastogi, R. and Shim, K. (2000), Efficient algorithms
       for mining outliers from large data sets, SIGMOD Record 29, 427-438.

    Examples
    --------
    >>> crowd_distance(np.array([[0.0], [1.0], [1.5], [9.0]]), 1).tolist()
    [1.0, 0.5, 0.5, 7.5]
    """
    n = len(points)
    if n < 2:
        return np.zeros(n)
    rank = min(nearest, n - 1)
    found = np.empty(n)
    table = (points - points.mean(axis=0)).astype(np.float32)
    length = (table**2).sum(axis=1)
    for start in range(0, n, _BLOCK):
        rows = slice(start, min(start + _BLOCK, n))
        square = length[rows, None] + length - 2.0 * (table[rows] @ table.T)
        found[rows] = np.partition(square, rank, axis=1)[:, rank]
    return np.sqrt(np.maximum(found, 0.0)).round(4)


def furthest_test(distance: NDArray[np.float64], current: NDArray[np.bool_]) -> tuple[int, int, float]:
    """Test whether the rows that lie furthest out are mostly of the current table.

    Parameters
    ----------
    distance : array, shape (n,)
        Of the rows of both tables together, by a rule that does not know whose
        row is whose.
    current : array of bool, shape (n,)

    Returns
    -------
    looked_at, of_current : int
        The furthest rows that say most, and how many of them are current rows.
    p_value : float in [0, 1]
        One-sided hypergeometric tail, exact under exchangeability, Bonferroni
        over the looks at the furthest 0.5, 1, 2 and 5 % of the rows.

    Notes
    -----
    Rows as far out as the last one looked at are looked at too.

    Examples
    --------
    >>> looked_at, of_current, p_value = furthest_test(np.arange(400.0), np.arange(400) >= 380)
    >>> looked_at, of_current, p_value < 1e-10
    (20, 20, True)
    """
    n, m = distance.size, int(current.sum())
    looks = sorted({max(_FEWEST, int(share * n)) for share in _LOOKS})
    descending = np.sort(distance)[::-1]
    found = []
    for look in looks:
        if look >= n:
            continue
        out = distance >= descending[look - 1]
        total, ours = int(out.sum()), int(current[out].sum())
        found.append((float(hypergeom.sf(ours - 1, n, m, total)), total, ours))
    if not found:
        return 0, 0, 1.0
    tail, total, ours = min(found)
    return total, ours, min(1.0, len(found) * tail)


def lonely(distance: NDArray[np.float64], fence: float = 3.0) -> NDArray[np.bool_]:
    """Say which rows lie far from all others, by the spread of the distances themselves.

    Parameters
    ----------
    distance : array, shape (n,)
    fence : float
        Of Tukey's outer fence [1]_, on logarithms.

    References
    ----------
    .. [1] Tukey, J. W. (1977), Exploratory Data Analysis, Addison-Wesley.

    Examples
    --------
    >>> lonely(np.append(np.linspace(1.0, 2.0, 50), 90.0)).sum()
    np.int64(1)
    """
    logarithm = np.log(np.maximum(distance, 1e-9))
    low, high = np.quantile(logarithm, [0.25, 0.75])
    found: NDArray[np.bool_] = logarithm > high + fence * max(float(high - low), 0.1)
    return found
