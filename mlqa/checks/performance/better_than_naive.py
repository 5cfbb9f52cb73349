"""Whether a model beats the best constant."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import MOST_ROWS, amount
from mlqa.checks.performance.naive import best_value, judged_by, naive_of, nothing_to_tell
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.change import Change
from mlqa.checks.regression.measure import change_of, value_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.paired import Paired, paired
from mlqa.stats.power import POWER
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["better_than_naive"]

_CHECK = "performance.better_than_naive"
_USELESS = 0.1
_USELESS_AREA = 0.2


def better_than_naive(
    prediction: Any,
    y: Any,
    *,
    metric: str | Callable[[Any, Any], float] | None = None,
    naive: Any = None,
    train_y: Any = None,
    margin: float = 0.0,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Check that the model beats the best constant: the commonest class, the shares of classes, the mean.

    PASS when a gain above the margin is shown. FAIL when the model is shown to
    be useless: its gain is below the margin or, without one, below a tenth of
    what a perfect model would gain (a fifth for areas under the curve: 0.6).
    UNDECIDED between the two.

    Parameters
    ----------
    prediction : sequence, Series or array, shape (n,) or (n, classes)
        What the metric needs: labels, scores, probabilities or values.
    y : sequence, Series or array, shape (n,)
    metric : str or callable, optional
        As of :func:`mlqa.not_worse`, or ``roc_auc_by_class`` of probabilities.
        By default one at which constants are worth nothing, however unequal
        the classes: areas under the curve for scores and probabilities,
        ``balanced_accuracy`` for labels, ``mse`` for values.
    naive : label, number or array of shape (n,), optional
        Another constant, or the predictions of a rule of thumb.
    train_y : sequence, Series or array, optional
        Targets that the constant is learnt from; by default `y`, which favours
        the constant a little.
    margin : float of at least 0, in the metric's unit
        The gain that is wanted.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, and of a false PASS.
    seed : int
        Of the resampling of a callable.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the gain over the constant, positive where the
        model is better; ``evidence.p_value`` is small if it is useless.

    Raises
    ------
    UsageError
        If an argument cannot be used with the metric.

    Notes
    -----
    The tests of :func:`mlqa.not_worse` on the same rows: McNemar and Tango,
    DeLong, paired t, delta method.

    Examples
    --------
    >>> y = np.tile([0, 1, 1, 0, 1], 800)
    >>> better_than_naive(y, y).outcome, better_than_naive(np.tile([1, 1, 0, 0], 1000), y).outcome
    (<Outcome.PASS: 'pass'>, <Outcome.FAIL: 'fail'>)
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    wanted = amount("margin", margin, hint="pass the gain you want, in the metric's unit")
    target = rows_of("y", y)
    given = rows_of("prediction", prediction, len(target))
    known = judged_by(metric, given, target)
    idle = nothing_to_tell(known, target)
    if idle:
        claim = f"the model beats a constant by {known.name}"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason=idle, alpha=alpha)
    source = target if train_y is None else rows_of("train_y", train_y)
    constant = naive_of(known, target, source, naive, given.shape[1] if given.ndim == 2 else 2)
    rows = paired(known.takes, target, {"prediction": given, "naive": constant}, None)
    values = value_of(known, rows, 0), value_of(known, rows, 1)
    change, method = change_of(known, rows, seed)
    room = abs(best_value(known) - values[1]) if known.takes != "any" else abs(values[1])
    share = _USELESS_AREA if known.takes == "scores" or known.name.startswith("roc_auc") else _USELESS
    return _answer(known, rows, values, change, method, margin=wanted, useless=wanted or share * room, alpha=alpha)


def _answer(
    metric: Metric,
    rows: Paired,
    values: tuple[float, float],
    change: Change | None,
    method: str,
    *,
    margin: float,
    useless: float,
    alpha: float,
) -> Verdict:
    sign = 1.0 if metric.greater_is_better else -1.0
    gain, n = sign * (values[0] - values[1]), rows.y.size
    outcome, low, high, p_value = Outcome.UNDECIDED, None, None, None
    if np.array_equal(rows.predictions[0], rows.predictions[1]):
        outcome, method = Outcome.FAIL, "identical predictions"
    elif change is not None:
        low, high = (end if math.isfinite(end) else None for end in change.interval(alpha))
        p_value = change.p_below(useless)
        better = change.p_above(margin) <= alpha
        outcome = Outcome.PASS if better else Outcome.FAIL if p_value <= alpha else Outcome.UNDECIDED
    evidence = Evidence(
        estimate=gain,
        low=low if low is None else min(low, gain),
        high=high if high is None else max(high, gain),
        level=None if low is None and high is None else 1 - 2 * alpha,
        p_value=p_value,
        limit=useless,
        n=n,
        method=method,
        detectable=None if change is None else _reach(change, alpha),
        rows_needed=_rows_needed(n, gain, margin, useless, change, alpha) if outcome is Outcome.UNDECIDED else None,
    )
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=f"the model beats a constant by {metric.name}" + (f" by more than {number(margin)}" if margin else ""),
        reason=_reason(outcome, metric, values, evidence, alpha),
        evidence=evidence,
        remedy=_REMEDY.get(outcome, ""),
        alpha=alpha,
    )


_REMEDY = {
    Outcome.FAIL: "are features and targets of the same rows, in the order of training?",
    Outcome.UNDECIDED: "give more rows",
}


def _reason(outcome: Outcome, metric: Metric, values: tuple[float, float], evidence: Evidence, alpha: float) -> str:
    beside = f"{metric.name} is {number(values[0])}, the constant's {number(values[1])}"
    if evidence.method == "identical predictions":
        return f"{beside}: the model itself is that constant"
    if outcome is Outcome.PASS:
        return f"{beside}: a gain is shown at alpha {number(alpha)}"
    if outcome is Outcome.FAIL:
        return f"{beside}: a gain of {number(evidence.limit)} or more is ruled out (p = {number(evidence.p_value)})"
    return f"{beside}: {evidence.n} rows show neither a gain nor that there is none worth having"


def _reach(change: Change, alpha: float) -> float | None:
    reach = change.detectable(alpha, POWER)
    return reach if math.isfinite(reach) else None


def _rows_needed(n: int, gain: float, margin: float, useless: float, change: Change | None, alpha: float) -> int | None:
    """About how many more rows tell this gain from the margin, or from a useful one: the nearer of the two."""
    if change is None:
        return max(1, 30 - n)
    low, high = change.interval(alpha)
    ways = [(gain - margin, gain - low), (useless - gain, high - gain)]
    factor = 1 + float(stats.norm.ppf(POWER)) / float(stats.norm.isf(alpha))
    needed = [n * ((factor * half / gap) ** 2 - 1) for gap, half in ways if gap > 0 and math.isfinite(half)]
    return max(1, math.ceil(min(needed))) if needed and min(needed) < MOST_ROWS else None
