"""What the new predictions are compared with: rows, a record of rows, or no more than a score."""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from mlqa.checks.regression.measure import At, alone
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.paired import Paired
from mlqa.errors import SubjectError, UsageError
from mlqa.stats.sign_flips import SignFlips
from mlqa.stats.studentized import Studentized
from mlqa.stats.unpaired import KnownShare, OtherShare, apart
from mlqa.verdict import Evidence
from mlqa.wording import number

__all__ = ["Score", "against_score", "asked_for", "score_in"]

_WANTED = "predictions, a recorded baseline, a score (a number or Evidence), or a function that returns one of them"


@dataclass(frozen=True, slots=True)
class Score:
    """A score without its rows.

    Attributes
    ----------
    value : float
    error : float of at least 0
        0 of a number that is taken as it stands.
    n : int or None
        Rows it was measured on.
    """

    value: float
    error: float = 0.0
    n: int | None = None

    @property
    def words(self) -> str:
        """How it reads in a claim."""
        return f"the stored score {number(self.value)}"


def asked_for(baseline: Any) -> Any:
    """Call a function that hands over the baseline, the champion of a registry, say; else return it as it is.

    Raises
    ------
    SubjectError
        If the function raises.
    UsageError
        If it returns another function.
    """
    if not callable(baseline) or hasattr(baseline, "predictions") or callable(getattr(type(baseline), "offer", None)):
        return baseline
    if hasattr(baseline, "predict") or hasattr(baseline, "predict_proba"):
        raise UsageError("baseline", baseline, _WANTED, "pass baseline.predict(X), on the rows of y", "a model")
    try:
        given = baseline()
    except Exception as error:
        hint = "it is called without arguments"
        raise SubjectError(f"baseline raised {type(error).__name__}: {error}\nHint: {hint}") from error
    if callable(given) and not hasattr(given, "predictions") and not callable(getattr(type(given), "offer", None)):
        raise UsageError("baseline", baseline, _WANTED, "return predictions, not a model", "a function of a function")
    return given


def score_in(baseline: Any) -> Score | None:
    """Read a score: a number, or Evidence with an interval or a number of rows; None if it is neither.

    Raises
    ------
    UsageError
        If it is not finite, or Evidence says nothing of its error.
    """
    if isinstance(baseline, numbers.Real):
        if not math.isfinite(float(baseline)):
            raise UsageError("baseline", baseline, "a finite score", "pass the score that was measured")
        return Score(float(baseline))
    if not isinstance(baseline, Evidence):
        return None
    known = baseline.low is not None and baseline.high is not None and baseline.level is not None
    if baseline.estimate is None or not (known or baseline.n):
        hint = "pass the plain number, if it is to be taken as exact"
        raise UsageError("baseline", baseline, "Evidence with estimate, low, high, level and n", hint, "less")
    error = 0.0
    if baseline.low is not None and baseline.high is not None and baseline.level is not None:
        tail = (1 - baseline.level) / 2
        reach = stats.t.isf(tail, baseline.n - 1) if baseline.n and baseline.n > 1 else stats.norm.isf(tail)
        error = float((baseline.high - baseline.low) / (2 * reach))
    return Score(float(baseline.estimate), error, baseline.n)


def against_score(metric: Metric, rows: Paired, score: Score, seed: int) -> tuple[At | None, str]:
    """Compare one prediction with a score: the rows are not paired, and the method says so.

    Parameters
    ----------
    metric : Metric
    rows : Paired
        With one prediction.
    score : Score
    seed : int
        Used by callables only.

    Raises
    ------
    UsageError
        If no error is known for the metric, or for the score.
    """
    if metric.test == "worst":
        hint = "pass the baseline's predictions"
        raise UsageError(
            "baseline", score.value, f"rows: the error of {metric.name} alone is not known", hint, "a score"
        )
    shares = _shares(metric, rows, score) if metric.zero_one and rows.groups is None else None
    if score.n and not score.error and shares is None:
        hint = "pass Evidence with low, high and level, or the plain number if it is to be taken as exact"
        raise UsageError("baseline", score.value, "a score with its interval", hint, "no interval")
    own, method = alone(metric, rows, seed)
    if own is None:
        return None, ""

    def at(share: float) -> Any:
        if share == 1.0 and shares is not None:
            return shares
        if isinstance(own, SignFlips):
            if score.error:
                return apart(_student(own), metric.sign * score.value, score.error, _df(score), share)
            return SignFlips(own.totals - share * metric.sign * score.value * own.rows, own.rows)
        return apart(own, metric.sign * score.value, score.error, _df(score), share)

    exact = "Fisher's exact test" if score.n else "exact binomial"
    kind = "one sample beside a number" if not (score.error or score.n) else "two samples"
    return at, f"{method if shares is None else exact}, {kind}, unpaired"


def _shares(metric: Metric, rows: Paired, score: Score) -> KnownShare | OtherShare:
    value, influence = metric.parts(rows.y, rows.predictions[0])
    right = int(np.sum(np.rint(value + influence)))
    if score.n:
        return OtherShare(right, len(rows.y), round(score.value * score.n), score.n)
    return KnownShare(right, len(rows.y), score.value)


def _df(score: Score) -> float:
    return float(max((score.n or 1000) - 1, 1))


def _student(own: SignFlips) -> Studentized:
    """Give few units beside a score with an error of its own their t test instead of their signs."""
    k = own.totals.size
    residual = own.totals - own.estimate * own.rows
    error = float(np.sqrt(k / (k - 1) * np.sum(residual**2)) / own.rows.sum())
    return Studentized(own.estimate, error, k - 1.0, own.least_p)
