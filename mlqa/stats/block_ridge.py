"""Every column predicted from all the others by ridge regression: one matrix inverse serves them all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve

from mlqa.stats.dual_ridge import dual_predictions

__all__ = ["PENALTY", "predict_crossed", "predict_each"]

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
    learnt, goals = features[train] - centre, targets[train] - level
    if features.shape[1] > learnt.shape[0]:
        found = dual_predictions(learnt, blocks, goals, parts, features[wanted] - centre, penalty)
    else:
        found = (features[wanted] - centre) @ _weights(learnt.T @ learnt, blocks, learnt.T @ goals, parts, penalty)
    predicted: Matrix = np.round(found + level, _DECIMALS)
    return predicted


def predict_crossed(
    features: Matrix,
    blocks: Sequence[slice],
    targets: Matrix,
    parts: Sequence[slice],
    folds: NDArray[np.int64],
    penalty: float = PENALTY,
) -> Matrix:
    """Predict each column's targets as :func:`predict_each`, each row by what the other folds teach.

    Parameters
    ----------
    features, blocks, targets, parts, penalty
        As of :func:`predict_each`.
    folds : array of int, shape (n,)
        At least two different ones.

    Returns
    -------
    array, shape (n, t)
        Rounded likewise.

    Notes
    -----
    Products are summed once for each fold; those of the other folds are the
    whole less the fold's own.

    Examples
    --------
    >>> x = np.arange(8.0)
    >>> table = np.column_stack((x, 2 * x))
    >>> own = [slice(0, 1), slice(1, 2)]
    >>> predict_crossed(table, own, table, own, np.arange(8) % 2, penalty=1e-9)[7].round(3).tolist()
    [7.0, 14.0]
    """
    predicted = np.empty_like(targets)
    inside = [np.flatnonzero(folds == fold) for fold in np.unique(folds)]
    if features.shape[1] > len(folds) - max(map(len, inside)):
        for rows in inside:
            wanted = np.isin(np.arange(len(folds)), rows)
            predicted[rows] = predict_each(features, blocks, targets, parts, ~wanted, wanted, penalty)
        return predicted
    middle, levels = features.mean(axis=0), targets.mean(axis=0)  # of all rows: small numbers cancel well
    sums = [_sums(features[rows] - middle, targets[rows] - levels) for rows in inside]
    whole = [sum(parts_of) for parts_of in zip(*sums)]
    for rows, own in zip(inside, sums):
        n = len(folds) - len(rows)
        gram, products, total, goals = (all_of_it - part for all_of_it, part in zip(whole, own))
        centre, level = total / n, goals / n
        gram -= np.outer(total, centre)
        weights = _weights(gram, blocks, products - np.outer(total, level), parts, penalty)
        predicted[rows] = (features[rows] - (middle + centre)) @ weights + (levels + level)
    return np.round(predicted, _DECIMALS)


def _sums(features: Matrix, targets: Matrix) -> tuple[Matrix, Matrix, Matrix, Matrix]:
    """Return the products of features with each other and with targets, and the sums of both."""
    return features.T @ features, features.T @ targets, features.sum(axis=0), targets.sum(axis=0)


def _weights(gram: Matrix, blocks: Sequence[slice], products: Matrix, parts: Sequence[slice], penalty: float) -> Matrix:
    """Return the coefficients of each column's targets, 0 for its own features."""
    penalised = gram + penalty * np.eye(len(gram))
    if len(blocks) == 1:  # no inverse is needed for one column
        kept = np.ones(len(gram), dtype=bool)
        kept[blocks[0]] = False
        weights = np.zeros_like(products)
        weights[kept] = cho_solve(cho_factor(penalised[np.ix_(kept, kept)]), products[kept]) if kept.any() else 0.0
        return weights
    for block, part in zip(blocks, parts):
        products[block, part] = 0.0
    inverse = np.linalg.inv(penalised)
    weights = inverse @ products
    for block, part in zip(blocks, parts):
        if block.stop > block.start:
            own = np.linalg.solve(inverse[block, block], weights[block, part])
            weights[:, part] -= inverse[:, block] @ own
            weights[block, part] = 0.0
    return weights
