"""On its own training rows a model is right on average, and no surer than they allow."""

from __future__ import annotations

from typing import Any

import numpy as np

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount
from mlqa.checks.regression.arrays import rows_of
from mlqa.errors import UsageError
from mlqa.stats.systematic import Systematic, of_chances, of_values
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_surer_than_trained"]

_CHECK = "performance.no_surer_than_trained"
_TURNING = 2.0
_GROSS = 0.5
_REMEDY = (
    "look at what is done after fitting: a temperature, a transform of the target, weights, a column in another unit"
)


def no_surer_than_trained(
    train_prediction: Any, train_y: Any, *, min_effect: float = 0.025, alpha: float | None = None
) -> Verdict:
    """On its own training rows a model is right on average, and no surer than they allow.

    Fitting makes it so: least squares and likelihood leave no mean error behind,
    and who overfits is too timid there, never too sure. A model that is off on
    the rows it was fitted on was changed afterwards (a temperature, the
    exponential of a mean logarithm), or was fitted to something else.

    Parameters
    ----------
    train_prediction : array, shape (n,) or (n, classes)
        Probabilities, of the positive class or of all in ascending order; or
        values.
    train_y : sequence, Series or array, shape (n,)
        Of the rows that the model was fitted on.
    min_effect : float of at least 0, unit: probability, or standard deviations of the errors
        A mean error of one sign up to it is no alarm, nor one up to twice as much
        that turns.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the largest mean error over eight cuts. PASS
        where the model is too timid, UNDECIDED where the rows are so few that not
        even a gross error would have shown: of half in probability, or of the
        standard deviation of the target.

    Raises
    ------
    UsageError
        If the rows differ, or columns are not those of the classes.

    Notes
    -----
    As :func:`mlqa.calibrated` and :func:`mlqa.errors_unbiased`; of several
    classes the likeliest is judged. Training rows are no fresh sample, but
    fitting to them only makes the errors smaller.

    Examples
    --------
    >>> said = np.tile([0.2, 0.8], 1000)
    >>> seen = np.arange(2000) // 2 % 10 < np.tile([2, 8], 1000)
    >>> surer = said**3 / (said**3 + (1 - said) ** 3)
    >>> no_surer_than_trained(said, seen).outcome, no_surer_than_trained(surer, seen).outcome
    (<Outcome.PASS: 'pass'>, <Outcome.FAIL: 'fail'>)
    """
    alpha = level_of(alpha)
    least = amount("min_effect", min_effect)
    truth = rows_of("train_y", train_y)
    said = rows_of("train_prediction", train_prediction, len(truth))
    classes = np.unique(truth)
    chances = said.ndim == 2 or (len(classes) == 2 and said.dtype.kind == "f")
    if chances and said.ndim == 1 and truth.dtype.kind in "iuf":  # two values of a number, in few rows
        chances = bool(((said >= 0) & (said <= 1)).all())
    if chances:
        found, unit, gross = _chances(said, truth, classes, least, alpha), "", _GROSS
    else:
        scale, gross = float(np.std(truth - said)) or 1.0, float(np.std(truth))
        margin = least * scale
        found, unit = of_values(said, truth, margin=margin, turning=_TURNING * margin, alpha=alpha), "of the target"
    # the likeliest of several classes is too timid where its probability is too low
    timid = ("too timid", "too low") if chances and len(classes) > 2 else ("too timid",)
    off = found.p_value <= alpha and found.words not in timid
    blind = not off and not found.detectable <= gross
    what = "probabilities" if chances else "predictions"
    seen = f"of {len(truth)} training rows {what} are {found.words}, by {number(abs(found.estimate))} on average"
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if off else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim="on its training rows the model is right on average, and no surer than they allow",
        reason=seen if off else _quiet(found, len(truth), blind=blind),
        evidence=Evidence(
            estimate=found.estimate,
            low=min(found.low, found.estimate),
            high=max(found.high, found.estimate),
            level=1 - 2 * alpha,
            p_value=found.p_value,
            limit=found.limit,
            unit=unit,
            n=len(truth),
            method="signed error of the training rows, over eight cuts",
            detectable=found.detectable,
            rows_needed=_rows_needed(len(truth), found.detectable, gross) if blind else None,
        ),
        remedy=_REMEDY if off else "give more training rows" if blind else "",
        alpha=alpha,
    )


def _quiet(found: Systematic, rows: int, *, blind: bool) -> str:
    """Say that nothing is shown, or could have been."""
    if blind:
        return f"of {rows} training rows only an error of {number(found.detectable)} would have shown"
    return f"no such error beyond {number(found.limit)} is shown on {rows} training rows"


def _rows_needed(rows: int, detectable: float, gross: float) -> int | None:
    """Return how many more rows would show a gross error: what is seen shrinks with their square root."""
    ratio = detectable / gross if gross > 0 else np.inf
    return int(np.ceil(rows * (ratio**2 - 1))) if np.isfinite(ratio) else None


def _chances(said: Any, truth: Any, classes: Any, least: float, alpha: float) -> Systematic:
    """Judge the positive class of two, else the likeliest of several."""
    if said.ndim == 1:
        said = np.column_stack([1 - said, said])
    if said.shape[1] != len(classes):
        wanted = f"{len(classes)} columns, one a class of train_y"
        raise UsageError("train_prediction", said, wanted, "pass them all", f"shape {said.shape}")
    two = len(classes) == 2
    p = said[:, 1] if two else said.max(axis=1)
    happened = truth == (classes[1] if two else classes[said.argmax(axis=1)])
    return of_chances(p, happened, margin=least, turning=_TURNING * least, alpha=alpha)
