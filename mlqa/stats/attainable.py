"""Many discrete tests inside one check: Holm's correction, over those only that could have shown as much."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["holm_attainable"]


def holm_attainable(p_values: ArrayLike, attainable: ArrayLike) -> NDArray[np.float64]:
    """Adjust p-values of discrete tests, each of which has a smallest value that it can take.

    Parameters
    ----------
    p_values : array, shape (k,), in [0, 1]
    attainable : array, shape (k,), in [0, 1]
        The smallest p-value of each test, known without knowing whose row is
        whose.

    Returns
    -------
    array, shape (k,)
        Reject those at most alpha; never above :func:`mlqa.stats.multiple.holm`.

    Notes
    -----
    A test that cannot come to `p` costs nothing at `p` [1]_: a column without a
    missing value in either table takes no part in the correction of one that
    has forty. Stepwise as Holm's: the adjusted value falls with the set of
    tests that are left.

    References
    ----------
    .. [1] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.

    Examples
    --------
    >>> holm_attainable([0.01, 1.0, 1.0], [0.001, 1.0, 1.0]).tolist()
    [0.01, 1.0, 1.0]
    """
    p, least = np.asarray(p_values, dtype=np.float64), np.asarray(attainable, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    adjusted, highest = np.empty_like(p), 0.0
    for step, at in enumerate(order.tolist()):
        able = int((least[order[step:]] <= p[at]).sum())
        highest = max(highest, min(1.0, p[at] * max(able, 1)))
        adjusted[at] = highest
    return adjusted
