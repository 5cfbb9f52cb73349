"""A reference as it would be if something were as frequent in it as in the current table."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["tenths", "weights_as_now"]

_TENTHS = 10


def tenths(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return which tenth of all values each lies in; equal values in one.

    Parameters
    ----------
    values : array, shape (n,)
        Without NaN.

    Examples
    --------
    >>> tenths(np.array([3.0, 1.0, 1.0, 2.0])).tolist()
    [7, 0, 0, 5]
    """
    below = np.searchsorted(np.sort(values), values).astype(np.int64)
    found: NDArray[np.int64] = below * _TENTHS // max(1, values.size)
    return found


def weights_as_now(groups: NDArray[np.int64], current: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Weigh the reference's rows so that each group has its share of the current table.

    Parameters
    ----------
    groups : array of int of at least 0, shape (n,)
        Of the rows of both tables.
    current : array of bool, shape (n,)

    Returns
    -------
    array, shape (reference rows,)
        Of mean 1; all 1 where the tables share no group.

    Notes
    -----
    Post-stratification [1]_: what a column tells in the reference so weighed is
    what a change of the groups' shares alone leads one to expect.

    References
    ----------
    .. [1] Holt, D. and Smith, T. M. F. (1979), Post stratification, Journal of
       the Royal Statistical Society A 142, 33-46.

    Examples
    --------
    >>> groups, current = np.array([0, 0, 0, 1, 0, 1]), np.array([False] * 4 + [True] * 2)
    >>> weights_as_now(groups, current).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    size = int(groups.max(initial=0)) + 1
    was, now = (np.bincount(groups[side], minlength=size) for side in (~current, current))
    weights = (now / np.maximum(was, 1))[groups[~current]]
    mean = float(weights.mean()) if weights.size else 0.0
    return weights / mean if mean > 0.0 else np.ones(weights.size)
