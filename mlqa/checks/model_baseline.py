"""What a model may replace: read before the model is asked, and set beside what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.evaluated import Evaluated, evaluate, evaluated
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.metrics import metric_of
from mlqa.checks.regression.recorded import is_recorded, is_recorder
from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.predictor import ask

__all__ = ["read_baseline"]


def read_baseline(baseline: Any, rows: int) -> Callable[[Evaluated], Any]:
    """Read a baseline, and return how to set it beside what the model says.

    Parameters
    ----------
    baseline
        As in :func:`mlqa.model_check`.
    rows : int
        As many as the model is judged by.

    Raises
    ------
    UsageError
        If it is none; some of it only when it is set beside the model.

    Examples
    --------
    >>> read_baseline({"accuracy": 0.9}, 100)(None)
    {'accuracy': 0.9}
    """
    if baseline is None or is_recorder(baseline) or is_recorded(baseline):
        return lambda _test: baseline
    if isinstance(baseline, Mapping):
        _refuse_other_scores(baseline)
        return lambda _test: baseline
    if isinstance(baseline, (Real, np.bool_)):
        _refuse_no_score(baseline, baseline)
        return lambda test: _score_of(float(baseline), test)
    if callable(baseline) or hasattr(baseline, "predict") or hasattr(baseline, "predict_proba"):
        return _asked_beside(baseline)
    said = rows_of("baseline", baseline, rows)
    return lambda test: _beside(said, baseline, test)


def _refuse_other_scores(baseline: Mapping[Any, Any]) -> None:
    """Refuse what is no score by its metric."""
    if len(baseline) != 1:
        wanted = 'one score by its metric, {"roc_auc": 0.91} say'
        raise UsageError("baseline", baseline, wanted, "compare the others with mlqa.not_worse", f"{len(baseline)}")
    metric_of(next(iter(baseline)), None)
    _refuse_no_score(baseline, next(iter(baseline.values())))


def _refuse_no_score(baseline: Any, score: Any) -> None:
    if isinstance(score, (bool, np.bool_)) or not isinstance(score, Real) or not np.isfinite(float(score)):
        got = repr(score)[:40]
        raise UsageError("baseline", baseline, "a finite score", "pass the score that was recorded", got)


def _score_of(score: float, test: Evaluated) -> float:
    """Refuse a number that is no accuracy, and no R2."""
    if score > 1 or (score < 0 and test.task != "values"):
        metric = "R2 of at most 1" if test.task == "values" else "accuracy in [0, 1]"
        hint = 'divide percent by 100; name another metric: {"rmse": 2.5}, say'
        raise UsageError("baseline", score, metric, hint)
    return score


def _asked_beside(baseline: Any) -> Callable[[Evaluated], Evaluated]:
    """Return how to ask another model; what it cannot answer is told by the name of the argument."""
    try:
        ask(baseline)
    except UsageError as error:
        raise UsageError("baseline", baseline, error.wanted, error.hint) from error

    def beside(test: Evaluated) -> Evaluated:
        try:
            return evaluate(baseline, test.X, test.y, classes=test.classes or None, seed=test.seed)
        except SubjectError as error:
            said = str(error).split("\nHint:", maxsplit=1)[0].rstrip(".")
            hint = "fit it, and hand it the columns it knows; or pass what it said of these rows"
            raise UsageError("baseline", baseline, "a model that answers the rows of X", hint, said) from error

    return beside


class _Recall:
    """Stored predictions in place of a model: says of which kind they are, and no more."""

    def __init__(self, test: Evaluated) -> None:
        self._estimator_type = "regressor" if test.task == "values" else "classifier"
        if test.classes:
            self.classes_ = np.asarray(test.classes)


def _beside(said: NDArray[Any], baseline: Any, test: Evaluated) -> Evaluated:
    """Make sense of stored predictions as of the model's own."""
    if said.ndim == 2 and said.shape[1] != len(test.classes):
        wanted = f"{len(test.classes)} columns, one a class" if test.classes else "one value a row"
        raise UsageError("baseline", baseline, wanted, "pass what the older model said", f"shape {said.shape}")
    if said.ndim == 1 and (said.dtype.kind == "U") != (test.prediction.dtype.kind == "U"):
        kinds = ["texts" if part.dtype.kind == "U" else "numbers" for part in (test.prediction, said)]
        if kinds[1] == "texts" or test.task != "binary":  # numbers beside two texts are scores
            wanted = f"what the model gives ({kinds[0]})"
            raise UsageError("baseline", baseline, wanted, "use the same labels in both", kinds[1])
    return evaluated(_Recall(test), test.X, test.y, said, classes=test.classes or None, seed=test.seed)
