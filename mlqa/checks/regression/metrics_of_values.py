"""Metrics of numbers: errors, deviances, and shares of the variation explained."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special, stats

from mlqa.checks.regression.metric import Floats, Metric, Parts, by_row, negated, ratio

__all__ = ["METRICS_OF_VALUES"]

_SMALLEST = 2.0**-52


def _absolute(y: Any, value: Any) -> Floats:
    return np.asarray(np.abs(value - y))


def _squared(y: Any, value: Any) -> Floats:
    return np.asarray((value - y) ** 2)


def _squared_log(y: Any, value: Any) -> Floats:
    return np.asarray((np.log1p(value) - np.log1p(y)) ** 2)


def _percentage(y: Any, value: Any) -> Floats:
    return np.asarray(np.abs(value - y) / np.maximum(np.abs(y), _SMALLEST))


def _poisson(y: Any, value: Any) -> Floats:
    return np.asarray(2 * (special.xlogy(y, y / value) - y + value))


def _gamma(y: Any, value: Any) -> Floats:
    return np.asarray(2 * (np.log(value / y) + y / value - 1))


def _root_of(per_row: Any) -> Any:
    def parts(y: Any, value: Any) -> Parts:
        squares = per_row(y, value)
        root = float(np.sqrt(squares.mean()))
        return root, (squares - squares.mean()) / (2 * root) if root > 0 else np.zeros(squares.size)

    return parts


def _centred(values: Floats) -> Parts:
    return float(values.mean()), values - values.mean()


def _explained(error: Parts, variation: Parts) -> Parts:
    """One less the ratio: what is left of the variation is the error."""
    left, influence = ratio(error, variation)
    return 1 - left, -influence


def _r2(y: Any, value: Any) -> Parts:
    return _explained(_centred(_squared(y, value)), _centred((y - y.mean()) ** 2))


def _explained_variance(y: Any, value: Any) -> Parts:
    error = y - value
    return _explained(_centred((error - error.mean()) ** 2), _centred((y - y.mean()) ** 2))


def _d2_absolute(y: Any, value: Any) -> Parts:
    # The median minimises the distance, so its own error moves nothing.
    return _explained(_centred(_absolute(y, value)), _centred(np.abs(y - np.median(y))))


def _median_absolute(y: Any, value: Any) -> Parts:
    """Median of the errors; rows move it by the inverse of the density there (Hall and Sheather's bandwidth)."""
    errors = _absolute(y, value)
    median, n = float(np.median(errors)), errors.size
    peak = stats.norm.pdf(0.0)
    width = min(n ** (-1 / 3) * stats.norm.isf(0.025) ** (2 / 3) * (1.5 * peak**2) ** (1 / 3), 0.5)
    ordered = np.sort(errors)
    while True:  # ties at the median: look further, until errors differ
        low, high = (ordered[min(max(round((n - 1) * end), 0), n - 1)] for end in (0.5 - width, 0.5 + width))
        if high > low or width >= 0.5:
            break
        width = min(2 * width, 0.5)
    above = np.where(errors > median, 0.5, np.where(errors < median, -0.5, 0.0))
    return median, (above - above.mean()) * float(high - low) / (2 * width)


def _largest(y: Any, value: Any) -> Parts:
    """Take the largest error; no row but one moves it, so `worst` tests it by counting."""
    return float(_absolute(y, value).max()), np.zeros(y.size)


def _loss(name: str, **given: Any) -> Metric:
    fields: dict[str, Any] = {"takes": "values", "greater_is_better": False, "gross": None, "name": name}
    return Metric(**fields | given)


_MAE = _loss("mae", **by_row(_absolute))
_MSE = _loss("mse", **by_row(_squared))
_RMSE = _loss("rmse", parts=_root_of(_squared))
_LOGS = "above -1"

METRICS_OF_VALUES = (
    _MAE,
    _MSE,
    _RMSE,
    Metric(name="r2", takes="values", parts=_r2, gross=1.0, needs="variation"),
    Metric(name="explained_variance", takes="values", parts=_explained_variance, gross=1.0, needs="variation"),
    Metric(name="d2_absolute_error_score", takes="values", parts=_d2_absolute, gross=1.0, needs="variation"),
    negated(_MAE, "neg_mean_absolute_error"),
    negated(_MSE, "neg_mean_squared_error"),
    negated(_RMSE, "neg_root_mean_squared_error"),
    negated(_loss("", **by_row(_percentage)), "neg_mean_absolute_percentage_error"),
    negated(_loss("", **by_row(_squared_log), needs=_LOGS), "neg_mean_squared_log_error"),
    negated(_loss("", parts=_root_of(_squared_log), needs=_LOGS), "neg_root_mean_squared_log_error"),
    negated(_loss("", **by_row(_poisson), needs="counts"), "neg_mean_poisson_deviance"),
    negated(_loss("", **by_row(_gamma), needs="positive"), "neg_mean_gamma_deviance"),
    negated(_loss("", parts=_median_absolute), "neg_median_absolute_error"),
    negated(_loss("", parts=_largest, test="worst"), "neg_max_error"),
)
