"""One comparison, once everything is read: measured, and answered."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mlqa.checks.regression.against import Score, against_score
from mlqa.checks.regression.answer import Asked, answer, identical, no_share, skipped, too_few, undefined
from mlqa.checks.regression.change import Change, Relative
from mlqa.checks.regression.measure import At, comparison_of, value_of
from mlqa.checks.regression.needs import lacks_a_library
from mlqa.checks.regression.paired import Paired
from mlqa.verdict import Verdict

__all__ = ["compared", "measured"]

_ALL_OF_IT = 1e6


def compared(asked: Asked, rows: Paired, seed: int, score: Score | None = None) -> Verdict:
    """Compare the predictions of some rows, and decide.

    Parameters
    ----------
    asked : Asked
    rows : Paired
        The new predictions, then the baseline's unless there is a `score`.
    seed : int
    score : Score, optional
        In place of the baseline's predictions.
    """
    found = measured(asked, rows, seed, score)
    if isinstance(found, Verdict):
        return found
    asked, change, values, method = found
    return answer(asked, rows, values, change, method, seed if asked.metric.takes == "any" else None)


def measured(
    asked: Asked, rows: Paired, seed: int, score: Score | None = None
) -> tuple[Asked, Change, tuple[float, float], str] | Verdict:
    """Measure a change: the question with the baseline's value, the change, both values and the method.

    A verdict instead where there is nothing to measure.
    """
    metric = asked.metric
    if lacks_a_library(metric):
        return skipped(asked, f"{metric.name} needs scikit-learn, which is not installed", "pip install scikit-learn")
    values = _values(asked, rows, score)
    for value, whose in zip(values, ("the new predictions", asked.source), strict=True):
        if not math.isfinite(value):
            return undefined(asked, rows, whose)
    asked = replace(asked, baseline=values[1])
    if score is None and np.array_equal(rows.predictions[0], rows.predictions[1]):
        return identical(asked, rows)
    at, method = comparison_of(metric, rows, seed) if score is None else against_score(metric, rows, score, seed)
    if at is None:
        return too_few(asked, rows, values)
    change: Change = at(1.0)
    if asked.given.relative:
        exact = score is not None and score.error == 0 and not score.n
        if values[1] == 0 or not (exact or _is_not_nought(at, asked.alpha)):
            return no_share(asked, rows, values)
        change = Relative(at, values[1], metric.sign)
    return asked, change, values, method


def _values(asked: Asked, rows: Paired, score: Score | None) -> tuple[float, float]:
    """Both values; not computed where nothing asks for them, as an area costs a sort."""
    if score is None and asked.metric.bounded and not asked.given.relative:
        return 0.0, 0.0
    return value_of(asked.metric, rows, 0), value_of(asked.metric, rows, 1) if score is None else score.value


def _is_not_nought(at: At, alpha: float) -> bool:
    """Whether the baseline's own value is surely above, or surely below 0."""
    almost = at(_ALL_OF_IT)
    return min(almost.p_below(0.0), almost.p_above(0.0)) <= alpha
