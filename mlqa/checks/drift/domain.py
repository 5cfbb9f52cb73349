"""A classifier that tries to tell current rows from reference rows, and what it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from mlqa.checks.drift.boosted import SETTINGS, ranked
from mlqa.checks.drift.encoded import Encoded
from mlqa.stats.block_ridge import predict_each
from mlqa.stats.subset_sums import subset_sum_test

__all__ = ["Domain", "told_apart"]

_DECIMALS = 6
_MOST_NAMED = 3
_WORTH = 0.25  # of the loss of the column that matters most

Numbers = NDArray[np.float64]
Rows = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """How well the tables are told apart.

    Attributes
    ----------
    auc : float in [0, 1]
        Chance that a current row, never seen before, looks more like current
        than a reference row does; by the mean rank of two classifiers, learnt
        on the half of the rows that says more.
    p_value : float in [0, 1]
        Corrected for the two halves.
    rows : tuple of int
        Reference and current rows it was tried on.
    used : tuple of (int, float)
        Columns it goes by and the AUC lost when their values are shuffled,
        the most first; empty unless asked for.
    """

    auc: float
    p_value: float
    rows: tuple[int, int]
    used: tuple[tuple[int, float], ...] = ()


def told_apart(encoded: Encoded, alpha: float) -> Domain:
    """Learn to tell the tables apart on half of the rows, try on the other half; then the other way round.

    Parameters
    ----------
    encoded : Encoded
    alpha : float
        At most which p-value the columns it goes by are asked for.
    """
    import sklearn.ensemble  # noqa: F401  # first: a limit holds for the libraries that are loaded when it is set
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        found = [_learnt(encoded, half, alpha / 2.0) for half in (0, 1)]
    best = min(found, key=lambda one: (one.p_value, -one.auc))
    return Domain(auc=best.auc, p_value=min(1.0, 2.0 * best.p_value), rows=best.rows, used=best.used)


def _learnt(encoded: Encoded, half: int, alpha: float) -> Domain:
    """Learn on one half and try on the other: mean rank of boosted trees and of ridge regression."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    train, tried = encoded.halves == half, encoded.halves != half
    current = encoded.current[tried]
    sides = int((~current).sum()), int(current.sum())
    if min(sides) == 0 or not 0 < encoded.current[train].sum() < train.sum():
        return Domain(auc=0.5, p_value=1.0, rows=sides)
    trees = HistGradientBoostingClassifier(**SETTINGS)
    features = ranked(encoded.values)
    trees.fit(features[train], encoded.current[train])
    chances = np.round(trees.predict_proba(features[tried])[:, 1], _DECIMALS)
    scores = rankdata(chances) + rankdata(_linear(encoded, train, tried))
    p_value = subset_sum_test(rankdata(scores), current)
    used = _used(trees, features[tried], current, _auc(chances, current)) if p_value <= alpha else ()
    return Domain(auc=_auc(scores, current), p_value=p_value, rows=sides, used=used)


def _linear(encoded: Encoded, train: Rows, tried: Rows) -> Numbers:
    """Predict the table of a row by ridge regression on all columns."""
    target = encoded.current[:, None].astype(np.float64)
    found: Numbers = predict_each(encoded.features, [slice(0, 0)], target, [slice(0, 1)], train, tried)[:, 0]
    return found


def _auc(scores: Numbers, current: Rows) -> float:
    """Return the chance that a current row has the larger score, ties counted half."""
    ranks = rankdata(scores)
    rows = int(current.sum())
    above = float(ranks[current].sum()) - rows * (rows + 1) / 2.0
    return above / (float(current.sum()) * float((~current).sum()))


def _used(trees: Any, features: Numbers, current: Rows, auc: float) -> tuple[tuple[int, float], ...]:
    """Return the columns whose values, moved to other rows, cost the trees most."""
    lost = []
    for column in range(features.shape[1]):
        moved = features.copy()
        moved[:, column] = np.roll(moved[:, column], moved.shape[0] // 3)
        lost.append((auc - _auc(trees.predict_proba(moved)[:, 1], current), column))
    most = sorted(lost, key=lambda pair: (-pair[0], pair[1]))[:_MOST_NAMED]
    return tuple((column, float(loss)) for loss, column in most if loss > max(0.0, _WORTH * most[0][0]))
