"""Every column predicted from all the others where there are more features than rows: linear in the features."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["dual_predictions"]

Matrix = NDArray[np.float64]


def dual_predictions(
    learnt: Matrix, blocks: Sequence[slice], products: Matrix, parts: Sequence[slice], asked: Matrix, penalty: float
) -> Matrix:
    """Predict each column's targets from the features of all other columns, by as many coefficients as rows.

    Parameters
    ----------
    learnt : array, shape (n, d)
        Centred features of the rows to learn from.
    blocks : list of slice, one for each column
    products : array, shape (n, t)
        Centred targets.
    parts : list of slice, one for each column
    asked : array, shape (m, d)
        Features of the rows to predict, centred likewise.
    penalty : float above 0

    Returns
    -------
    array, shape (m, t)
        Of centred targets.

    Notes
    -----
    Ridge regression in its dual form [1]_: what :func:`mlqa.stats.block_ridge.predict_each`
    gives, at a cost of ``n**2 (d + n)`` and not ``d**3``. With ``G = X X' + penalty``
    and ``U`` the features of one column's own block, the coefficients without them
    are ``inv(G - U U') y``, by Woodbury's identity
    ``inv(G) y + inv(G) U inv(1 - U' inv(G) U) U' inv(G) y``.

    References
    ----------
    .. [1] Saunders, C., Gammerman, A., Vovk, V. (1998), Ridge regression
       learning algorithm in dual variables, ICML, 515-521.

    Examples
    --------
    >>> table = np.array([[-1.0, -2.0], [1.0, 2.0]])
    >>> own = [slice(0, 1), slice(1, 2)]
    >>> dual_predictions(table, own, table, own, table, 1e-9).round(3).tolist()
    [[-1.0, -2.0], [1.0, 2.0]]
    """
    inverse = np.linalg.inv(learnt @ learnt.T + penalty * np.eye(len(learnt)))
    weights = inverse @ products
    used = [np.arange(block.start, block.stop) for block in blocks]
    spreads = inverse @ learnt[:, np.concatenate(used)]  # of all blocks at once: one by one, memory is the limit
    stops = np.cumsum([each.size for each in used])
    for block, part, stop in zip(blocks, parts, stops.tolist()):
        if block.stop > block.start:
            own, spread = learnt[:, block], spreads[:, stop - block.stop + block.start : stop]
            left = np.eye(own.shape[1]) - own.T @ spread
            weights[:, part] += spread @ np.linalg.solve(left, own.T @ weights[:, part])
    predicted = (asked @ learnt.T) @ weights
    for block, part in zip(blocks, parts):
        predicted[:, part] -= asked[:, block] @ (learnt[:, block].T @ weights[:, part])
    found: Matrix = predicted
    return found
