"""Many tests inside one check: Holm's correction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["holm"]


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values so that the family-wise error is held under any dependence.

    Parameters
    ----------
    p_values : array, shape (k,), in [0, 1]

    Returns
    -------
    array, shape (k,)
        Reject those at most alpha.

    References
    ----------
    .. [1] Holm, S. (1979), A simple sequentially rejective multiple test
       procedure, Scandinavian Journal of Statistics 6, 65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(p.size, 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
