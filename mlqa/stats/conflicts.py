"""Groups of rows with equal features: more conflicting labels than coin flips would give."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["conflict_chance", "conflict_tail"]


def conflict_chance(sizes: ArrayLike, classes: int) -> NDArray[np.float64]:
    """Return the chance that the labels of a group are not all the same, at most.

    Parameters
    ----------
    sizes : array of int of at least 1, shape (k,)
        Rows of each group.
    classes : int of at least 1

    Returns
    -------
    array, shape (k,), in [0, 1)
        Of labels that have nothing to do with the features, each class equally
        likely: no other shares, and no features that tell something of the
        label, give more conflicts.

    Examples
    --------
    >>> conflict_chance([1, 2, 3], 2).tolist()
    [0.0, 0.5, 0.75]
    """
    size = np.asarray(sizes, dtype=np.float64)
    return 1.0 - float(max(1, classes)) ** (1.0 - size)


def conflict_tail(sizes: ArrayLike, conflicting: int, classes: int) -> float:
    """Bound the chance that at least so many groups conflict.

    Parameters
    ----------
    sizes : array of int of at least 2, shape (k,)
        Rows of each group.
    conflicting : int
    classes : int of at least 1

    Returns
    -------
    float in [0, 1]
        Chernoff's bound [1]_ of the Poisson-binomial upper tail at
        `conflict_chance`: never too small, exact where every group conflicts.

    References
    ----------
    .. [1] Chernoff, H. (1952), A measure of asymptotic efficiency for tests of
       a hypothesis based on the sum of observations, Annals of Mathematical
       Statistics 23, 493-507.

    Examples
    --------
    >>> conflict_tail([2] * 20, 10, 2)
    1.0
    >>> conflict_tail([2] * 20, 20, 2) < 2e-6
    True
    """
    size, count = np.unique(np.asarray(sizes, dtype=np.int64), return_counts=True)
    chance = conflict_chance(size, classes)
    if conflicting <= float((chance * count).sum()):
        return 1.0
    t = np.linspace(0.0, 40.0, 1601)[:, None]
    log_mgf = (count * np.log1p(chance * np.expm1(t))).sum(axis=1)
    return float(np.exp(min(0.0, float(np.min(log_mgf - t[:, 0] * conflicting)))))
