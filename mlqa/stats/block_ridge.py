"""Every column predicted from all the others by ridge regression: one matrix inverse serves them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["PENALTY", "predict_each"]

PENALTY = 5.0
_DECIMALS = 7

Matrix = NDArray[np.float64]


def predict_each(
    features: Matrix,
    blocks: Sequence[slice],
    targets: Matrix,
    parts: Sequence[slice],
    train: NDArray[np.bool_],
    wanted: NDArray[np.bool_],
    penalty: float = PENALTY,
) -> Matrix:
    """Predict each column's targets from the features of all other columns.

    Parameters
    ----------
    features : array, shape (n, d)
    blocks : list of slice, one for each column
        Which features are of the column, and so not used for it.
    targets : array, shape (n, t)
    parts : list of slice, one for each column
        Which targets are of the column.
    train, wanted : array of bool, shape (n,)
        Rows to learn from, and rows to predict.
    penalty : float above 0
        Of the squared coefficients, in rows.

    Returns
    -------
    array, shape (wanted rows, t)
        Rounded, so that no order of summation shows.

    Notes
    -----
    With ``A`` the inverse of the penalised Gram matrix of all features, and
    ``c`` a target's products with them, set to zero in the column's own block
    ``b``, the coefficients that leave the block out are ``A c`` less
    ``A[:, b] inv(A[b, b]) (A c)[b]`` [1]_.

    References
    ----------
    .. [1] Hager, W. W. (1989), Updating the inverse of a matrix, SIAM Review
       31, 221-239.

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> table = np.column_stack((x, 2 * x)) - [3.5, 7.0]
    >>> every = np.ones(8, dtype=bool)
    >>> own = [slice(0, 1), slice(1, 2)]
    >>> predict_each(table, own, table, own, every, every, penalty=1e-9)[0].round(3).tolist()
    [-3.5, -7.0]
    """
    centre, level = features[train].mean(axis=0), targets[train].mean(axis=0)
    learnt = features[train] - centre
    inverse = np.linalg.inv(learnt.T @ learnt + penalty * np.eye(features.shape[1]))
    products = learnt.T @ (targets[train] - level)
    for block, part in zip(blocks, parts):
        products[block, part] = 0.0
    weights = inverse @ products
    for block, part in zip(blocks, parts):
        if block.stop > block.start:
            own = np.linalg.solve(inverse[block, block], weights[block, part])
            weights[:, part] -= inverse[:, block] @ own
            weights[block, part] = 0.0
    predicted: Matrix = np.round((features[wanted] - centre) @ weights + level, _DECIMALS)
    return predicted
