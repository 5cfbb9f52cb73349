"""Whether some predicted values are off by far more than the rest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount, where, within
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.paired import paired
from mlqa.errors import UsageError
from mlqa.stats.proportion import at_most_p_value, clopper_pearson, detectable_rate, rows_needed
from mlqa.stats.rates import newcombe, rise_p_value
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_huge_errors"]

_CHECK = "performance.no_huge_errors"
_NORMAL = 1.349  # quartiles of a normal distribution are that many standard deviations apart
_WORST = 5
_RISE = 0.01

Floats = NDArray[np.float64]


def no_huge_errors(
    prediction: Any,
    y: Any,
    *,
    train_prediction: Any = None,
    train_y: Any = None,
    beyond: float = 10.0,
    at_most: float = 0.05,
    alpha: float | None = None,
) -> Verdict:
    """Few predicted values are off by far more than the rest.

    A huge error is one of more than `beyond` robust standard deviations of the
    errors themselves. FAIL when more than `at_most` of the rows are shown to
    have one, PASS when that is ruled out, UNDECIDED between the two. Given the
    training rows, their own share of huge errors is the limit instead, as far
    as it is higher.

    Parameters
    ----------
    prediction, y : sequence, Series or array, shape (n,)
    train_prediction, train_y : the same, shape (m,), optional
        Of the rows the model was trained on, where errors are smaller but not
        of another shape.
    beyond : float above 0, unit: robust standard deviations of the errors
    at_most : float in [0, 1), unit: share of rows
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, and of a false PASS.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows with a huge error;
        ``evidence.worst`` the largest of them. SKIPPED where half of the errors
        are nearly the same, so that none is huge by their measure.

    Raises
    ------
    UsageError
        If these are no numbers, or the rows differ.

    Notes
    -----
    Robust: from the quartiles, so that the huge errors do not count themselves
    away, as they do in a kurtosis or a standard deviation. Interval:
    Clopper-Pearson; against training Fisher's exact test, for a rise of at
    least one row in a hundred.

    Examples
    --------
    >>> y = np.sin(np.arange(2000.0))
    >>> fine, broken = y + np.cos(np.arange(2000) * 7.0), np.where(np.arange(2000) % 8, y + np.cos(y), -999.0)
    >>> no_huge_errors(fine, y).outcome, no_huge_errors(broken, y).outcome
    (<Outcome.PASS: 'pass'>, <Outcome.FAIL: 'fail'>)
    """
    alpha = level_of(alpha)
    line = amount("at_most", at_most, most=0.999, hint="pass a share of rows, 0.05 say")
    far = amount("beyond", beyond, least=1e-9, hint="pass how many robust standard deviations are huge")
    if (train_prediction is None) != (train_y is None):
        missing = "train_y" if train_y is None else "train_prediction"
        raise UsageError(missing, None, "both or neither of train_prediction and train_y", f"pass {missing} too")
    errors = _errors("prediction", prediction, "y", y)
    scores = _scores(errors)
    claim = f"at most {number(100 * line)} % of errors exceed {number(far)} robust standard deviations"
    if scores is None:
        reason = "half of the errors are the same: no spread to measure the others by"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason=reason, alpha=alpha)
    huge = scores > far
    before = None if train_y is None else _scores(_errors("train_prediction", train_prediction, "train_y", train_y))
    seen = None if before is None else (int(np.sum(before > far)), before.size)
    return _answer(huge, scores, errors, seen, claim, line, alpha)


def _errors(name: str, prediction: Any, target_name: str, y: Any) -> Floats:
    target = rows_of(target_name, y)
    rows = paired("values", target, {name: rows_of(name, prediction, len(target))}, None)
    return np.asarray(rows.predictions[0] - rows.y, dtype=np.float64)


def _scores(errors: Floats) -> Floats | None:
    """Distance of each error from the median one, in robust standard deviations."""
    low, centre, high = np.quantile(errors, [0.25, 0.5, 0.75])
    spread = (high - low) / _NORMAL
    if spread <= 1e-12 * max(float(np.abs(errors).max()), 1e-300):
        return None
    return np.asarray(np.abs(errors - centre) / spread)


def _answer(
    huge: NDArray[np.bool_],
    scores: Floats,
    errors: Floats,
    before: tuple[int, int] | None,
    claim: str,
    line: float,
    alpha: float,
) -> Verdict:
    hits, n = int(huge.sum()), huge.size
    low, high = (float(end) for end in clopper_pearson(hits, n, level=1 - alpha, sides=1))
    outcome, p_value = within(low, high, line), float(at_most_p_value(hits, n, line))
    because = f"{hits} of {n} errors are huge: the interval of their share is {where(outcome)} the limit {number(line)}"
    if before is not None and outcome is Outcome.FAIL:
        rise = float(rise_p_value([before[0]], before[1], [hits], n)[0])
        at_least = float(newcombe([before[0]], before[1], [hits], n, 1 - 2 * alpha)[0][0])
        p_value = max(p_value, rise)
        was = f"{before[0]} of {before[1]} in training"
        outcome = Outcome.FAIL if rise <= alpha and at_least > _RISE else Outcome.PASS
        because = f"{hits} of {n} errors are huge, {was}" + (
            "" if outcome is Outcome.FAIL else ": they are no more often"
        )
    evidence = Evidence(
        estimate=hits / n,
        low=low,
        high=high,
        level=1 - 2 * alpha,
        p_value=p_value,
        limit=line,
        unit="of rows",
        n=n,
        method="exact binomial, Clopper-Pearson",
        detectable=detectable_rate(n, line, alpha=alpha),
        rows_needed=rows_needed(hits, n, line, alpha=alpha) if outcome is Outcome.UNDECIDED else None,
        worst=_worst(scores, errors) if outcome is Outcome.FAIL else (),
    )
    remedy = {
        Outcome.FAIL: "look at these rows: a unit, a sentinel, a missing value?",
        Outcome.UNDECIDED: "give more rows",
    }
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=claim,
        reason=because,
        evidence=evidence,
        remedy=remedy.get(outcome, ""),
        alpha=alpha,
    )


def _worst(scores: Floats, errors: Floats) -> tuple[dict[str, Any], ...]:
    first = np.argsort(-scores, kind="stable")[:_WORST]
    return tuple(
        {"row": int(k), "error": float(errors[k]), "robust standard deviations": float(scores[k])} for k in first
    )
