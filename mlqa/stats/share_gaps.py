"""Gaps between the shares of several groups, all pairs at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlqa.stats.proportion import clopper_pearson

__all__ = ["Gap", "share_gaps"]

_HALVINGS = 50
_LEAST = -300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Two groups, the share of the first above that of the second.

    Attributes
    ----------
    high, low : int
        Numbers of the groups.
    estimate : float in [0, 1]
    ends : tuple of float
        Simultaneous one-sided ends over all pairs.
    p_value : float in [0, 1]
        Of "no pair is further apart than the margin".
    """

    high: int
    low: int
    estimate: float
    ends: tuple[float, float]
    p_value: float


def share_gaps(hits: ArrayLike, n: ArrayLike, *, margin: float, alpha: float) -> list[Gap]:
    """Compare the shares of every two groups, largest evidence first.

    Parameters
    ----------
    hits, n : int array, shape (k,)
        Of each group; ``n`` of at least 1.
    margin : float in [0, 1]
        Gap that is accepted.
    alpha : float in (0, 0.5)
        Over all pairs.

    Notes
    -----
    The exact (Clopper-Pearson) limits of both shares, combined as those of
    independent estimates (Newcombe's method 10 [1]_ with exact limits in place
    of score limits), Bonferroni over pairs. The largest of many gaps is biased
    upward; its simultaneous interval is not.

    References
    ----------
    .. [1] Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890.

    Examples
    --------
    >>> gap = share_gaps([80, 50], [100, 100], margin=0.1, alpha=0.05)[0]
    >>> gap.high, gap.low, round(gap.estimate, 2), [round(end, 2) for end in gap.ends]
    (0, 1, 0.3, [0.18, 0.41])
    """
    x, rows = np.asarray(hits, dtype=np.float64), np.asarray(n, dtype=np.float64)
    share = x / rows
    one, other = np.triu_indices(x.size, 1)
    swap = share[one] < share[other]
    high, low = np.where(swap, other, one), np.where(swap, one, other)
    tests = max(high.size, 1)
    gaps = share[high] - share[low]
    below, above = _ends(x, rows, high, low, alpha / tests)
    p_values = np.minimum(_p_values(x, rows, high, low, margin) * tests, 1.0)
    order = sorted(range(high.size), key=lambda k: (p_values[k], -gaps[k], high[k], low[k]))
    return [
        Gap(
            high=int(high[k]),
            low=int(low[k]),
            estimate=float(gaps[k]),
            ends=(float(below[k]), float(above[k])),
            p_value=float(p_values[k]),
        )
        for k in order
    ]


def _ends(
    x: NDArray[np.float64], n: NDArray[np.float64], high: NDArray[np.intp], low: NDArray[np.intp], alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    share = x / n
    lower, upper = clopper_pearson(x, n, level=1 - alpha, sides=1)
    gap = share[high] - share[low]
    down = np.hypot(share[high] - lower[high], upper[low] - share[low])
    up = np.hypot(upper[high] - share[high], share[low] - lower[low])
    return gap - down, np.minimum(gap + up, 1.0)


def _p_values(
    x: NDArray[np.float64], n: NDArray[np.float64], high: NDArray[np.intp], low: NDArray[np.intp], margin: float
) -> NDArray[np.float64]:
    """Find the level at which each lower end meets the margin, by halving its logarithm."""
    p_values = np.ones(high.size)
    for k in np.flatnonzero(x[high] / n[high] - x[low] / n[low] > margin):
        pair = np.array([high[k], low[k]])
        small, large = _LEAST, float(np.log10(0.5))
        if _ends(x[pair], n[pair], np.array([0]), np.array([1]), 0.5)[0][0] <= margin:
            continue
        for _ in range(_HALVINGS):
            middle = (small + large) / 2
            beyond = _ends(x[pair], n[pair], np.array([0]), np.array([1]), 10.0**middle)[0][0] > margin
            small, large = (small, middle) if beyond else (middle, large)
        p_values[k] = 10.0**large
    return p_values
