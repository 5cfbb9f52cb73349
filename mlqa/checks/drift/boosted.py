"""A column predicted by boosted trees, where scikit-learn is installed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["REMEDY", "SETTINGS", "available", "predict_boosted", "ranked"]

REMEDY = "pip install scikit-learn"
SETTINGS: dict[str, Any] = {
    "max_iter": 60,
    "learning_rate": 0.1,
    "max_leaf_nodes": 8,
    "min_samples_leaf": 15,
    "l2_regularization": 1.0,
    "early_stopping": False,
    "random_state": 0,
}
_DECIMALS = 6

Numbers = NDArray[np.float64]


def available() -> bool:
    """Say whether trees can be grown here."""
    return find_spec("sklearn") is not None


def ranked(values: Numbers) -> Numbers:
    """Return each column's values as 0, 1, ... in their order: finite whatever they are; NaN stays.

    Examples
    --------
    >>> ranked(np.array([[5.0], [np.inf], [np.nan], [5.0]])).ravel().tolist()
    [0.0, 1.0, nan, 0.0]
    """
    places = np.full(values.shape, np.nan)
    for at in range(values.shape[1]):
        known = ~np.isnan(values[:, at])
        places[known, at] = np.unique(values[known, at], return_inverse=True)[1]
    return places


def predict_boosted(
    features: Numbers, target: Numbers, train: NDArray[np.bool_], wanted: NDArray[np.bool_], *, numeric: bool
) -> Numbers:
    """Predict a number, or the chance of each class, by boosted trees.

    Parameters
    ----------
    features : array, shape (n, d)
        From :func:`ranked`.
    target : array, shape (n, k)
        A number (k = 1), or one 0/1 column for each class.
    train, wanted : array of bool, shape (n,)
    numeric : bool

    Returns
    -------
    array, shape (wanted rows, k)
        The same whatever the number of threads: one is used.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    codes = target.argmax(axis=1)
    found = np.zeros((int(wanted.sum()), target.shape[1]))
    with threadpool_limits(1):
        if numeric:
            model = HistGradientBoostingRegressor(**SETTINGS).fit(features[train], target[train, 0])
            found[:, 0] = model.predict(features[wanted])
        elif np.unique(codes[train]).size < 2:
            found[:, codes[train][0]] = 1.0
        else:
            model = HistGradientBoostingClassifier(**SETTINGS).fit(features[train], codes[train])
            found[:, model.classes_] = model.predict_proba(features[wanted])
    return np.round(found, _DECIMALS)
