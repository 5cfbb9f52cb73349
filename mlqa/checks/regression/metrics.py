"""The metrics known by name: every scorer of scikit-learn, and a few losses in their own direction.

Every input here was read by `paired`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.metrics_of_clusters import METRICS_OF_CLUSTERS
from mlqa.checks.regression.metrics_of_indicators import METRICS_OF_INDICATORS
from mlqa.checks.regression.metrics_of_labels import METRICS_OF_LABELS
from mlqa.checks.regression.metrics_of_scores import METRICS_OF_SCORES, top
from mlqa.checks.regression.metrics_of_values import METRICS_OF_VALUES
from mlqa.errors import SubjectError, UsageError, nearest

__all__ = ["INDICATORS", "METRICS", "Metric", "metric_of"]

METRICS = {
    metric.name: metric for metric in (*METRICS_OF_LABELS, *METRICS_OF_SCORES, *METRICS_OF_VALUES, *METRICS_OF_CLUSTERS)
}
INDICATORS = {metric.name: metric for metric in METRICS_OF_INDICATORS}
_TOP = re.compile(r"top_([1-9]\d{0,5})_accuracy")
_LOSSES = ("_loss", "_error", "_deviance")


def metric_of(metric: Any, greater_is_better: bool | None = None, *, columns: bool = False) -> Metric:
    """Look a metric up by name, or wrap a callable.

    Parameters
    ----------
    metric : str or callable
        A name; a function ``(y, prediction) -> float``; or a scorer of
        scikit-learn, whose own function is called.
    greater_is_better : bool, optional
        Of a callable only.
    columns : bool
        Whether the targets are a table with a column a label.

    Raises
    ------
    UsageError
        If the name is unknown, or the direction of a known metric is given.

    Examples
    --------
    >>> metric_of("neg_log_loss").greater_is_better, metric_of("log_loss").greater_is_better
    (True, False)
    """
    if not isinstance(metric, str):
        return _wrapped(metric, greater_is_better)
    known = METRICS | INDICATORS
    top_of = _TOP.fullmatch(metric)
    if metric not in known and not top_of:
        raise UsageError("metric", metric, "a known metric or a callable", nearest(metric, sorted(known)))
    if columns and metric not in INDICATORS:
        hint = nearest(metric, sorted(INDICATORS))
        raise UsageError("metric", metric, "a metric of many labels a row, as y has columns", hint)
    if not columns and metric not in METRICS and not top_of:
        raise UsageError(
            "metric", metric, "y with a column a label", "use the _macro or _weighted average", "one label"
        )
    found = INDICATORS[metric] if columns else top(int(top_of[1])) if top_of else METRICS[metric]
    if greater_is_better not in (None, found.greater_is_better):
        hint = f"leave it out: mlqa knows {metric!r}"
        raise UsageError("greater_is_better", greater_is_better, "no direction for a named metric", hint)
    return found


def _wrapped(metric: Any, greater_is_better: bool | None) -> Metric:
    """Take a callable as a metric; a scorer gives its own function, sign and options."""
    if not callable(metric):
        raise UsageError("metric", metric, "a known metric or a callable", nearest("", list(METRICS)))
    function, sign, options = metric, 1.0, {}
    if hasattr(metric, "_score_func"):  # a scorer takes a model; its function takes predictions
        function, sign, options = metric._score_func, float(metric._sign), dict(metric._kwargs)  # noqa: SLF001 - no other way in
    name = getattr(function, "__name__", type(function).__name__)
    if greater_is_better is None:
        greater_is_better = _direction(metric, function, name)

    def called(y: Any, prediction: Any, **weights: Any) -> float:
        return sign * _called(metric, name, lambda: function(y, prediction, **options, **weights))

    return Metric(
        name=name,
        takes="any",
        parts=lambda y, prediction: (called(y, prediction), np.zeros(0)),
        greater_is_better=bool(greater_is_better),
        gross=None,
        weighted=_weighted(function, called),
    )


def _direction(metric: Any, function: Any, name: str) -> bool:
    """Its own attribute; of scikit-learn's functions, the ending of the name; else greater is better."""
    if metric is function and str(getattr(function, "__module__", "")).startswith("sklearn.metrics"):
        return not name.endswith(_LOSSES)
    return bool(getattr(metric, "greater_is_better", True))


def _weighted(function: Any, called: Callable[..., float]) -> Callable[[Any, Any, Any], float] | None:
    """Return the metric with weights, where it takes ``sample_weight`` by name: equal rows can then count once."""
    try:
        takes = "sample_weight" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        takes = False
    return (lambda y, prediction, weight: called(y, prediction, sample_weight=weight)) if takes else None


def _called(metric: Any, name: str, call: Callable[[], Any]) -> float:
    """Call the user's metric; it must return one finite number."""
    try:
        given = call()
    except Exception as error:
        message = f"metric {name!r} raised {type(error).__name__}: {error}"
        raise SubjectError(f"{message}\nHint: it is called as metric(y, prediction) with numpy arrays") from error
    try:
        value = float(given)
    except (TypeError, ValueError) as error:
        wanted = "a callable that returns one number"
        raise UsageError("metric", metric, wanted, f"{name} returned {given!r:.60}") from error
    if not np.isfinite(value):
        raise UsageError("metric", metric, "a callable that returns a finite number", f"{name} returned {value}")
    return value
