"""Whether one metric of one model is as good as was asked for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy import special

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount, more_rows, where, within
from mlqa.checks.performance.naive import judged_by
from mlqa.checks.regression.arrays import codes_of, rows_of
from mlqa.checks.regression.measure import LEAST_UNITS, alone, value_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.paired import Paired, paired
from mlqa.stats.proportion import at_most_p_value, clopper_pearson
from mlqa.stats.seeds import seed_of
from mlqa.stats.studentized import Studentized
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["metric_at_least"]

_CHECK = "performance.metric_at_least"
_SHARES = ("accuracy", "recall", "precision")


def metric_at_least(
    prediction: Any,
    y: Any,
    *,
    metric: str | Callable[[Any, Any], float],
    limit: float | Evidence,
    groups: Any = None,
    greater_is_better: bool | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Check that a metric is at least as good as a limit: of a loss, at most the limit.

    FAIL when it is shown to be worse, PASS when it is shown to be as good,
    UNDECIDED where the interval holds the limit: not the estimate decides.

    Parameters
    ----------
    prediction : sequence, Series or array, shape (n,) or (n, classes)
        What the metric needs: labels, scores, probabilities or values.
    y : sequence, Series or array, shape (n,)
    metric : str or callable
        As of :func:`mlqa.not_worse`, or ``roc_auc_by_class`` of probabilities.
    limit : float, or Evidence
        In the metric's unit; of a stored score its estimate, taken as exact.
    groups : sequence, shape (n,), optional
        Rows of one group (a user, a day) may depend on each other.
    greater_is_better : bool, optional
        Of a callable; by default its attribute of that name, else true.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, and of a false PASS.
    seed : int
        Of the resampling of a callable.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the metric, ``evidence.p_value`` small if it is
        worse than the limit.

    Raises
    ------
    UsageError
        If an argument cannot be used with the metric.
    SubjectError
        If a callable raises.

    Notes
    -----
    Accuracy, recall and precision: exact (Clopper-Pearson [1]_). Areas under
    the curve: DeLong's error on the logit scale. Other metrics: delta method
    with Student's tail. Callables: bootstrap error (499 draws) with Student's
    tail. With groups all of them cluster-robust.

    References
    ----------
    .. [1] Clopper, C. J. and Pearson, E. S. (1934), Biometrika 26, 404-413.
    .. [2] DeLong, E., DeLong, D., Clarke-Pearson, D. (1988), Biometrics 44, 837-845.

    Examples
    --------
    >>> y = np.tile([0, 1], 500)
    >>> mostly = np.where(np.arange(1000) % 10 < 9, y, 1 - y)
    >>> [metric_at_least(mostly, y, metric="accuracy", limit=limit).outcome.name for limit in (0.8, 0.89, 0.95)]
    ['PASS', 'UNDECIDED', 'FAIL']
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    line = amount("limit", limit.estimate if isinstance(limit, Evidence) else limit, least=-math.inf)
    target = rows_of("y", y)
    given = rows_of("prediction", prediction, len(target))
    known = judged_by(metric, given, target, greater_is_better)
    codes = None if groups is None else codes_of(rows_of("groups", groups, len(target)))
    rows = paired(known.takes, target, {"prediction": given}, codes)
    value = value_of(known, rows)
    ends = _ends(known, rows, value, line, alpha, seed)
    if ends is None:
        return _too_few(known, rows, value, line, alpha)
    return _answer(known, rows, value, line, ends, alpha, seed)


_Ends = tuple[float, float, float, str]  # low, high, p-value of "as good as the limit", method


def _ends(metric: Metric, rows: Paired, value: float, line: float, alpha: float, seed: int) -> _Ends | None:
    """Return both one-sided ends at `alpha`, the p-value and the name of the method."""
    if (metric.name in _SHARES or metric.zero_one) and rows.groups is None:
        return _exact(metric, rows, value, line, alpha)
    change, method = alone(metric, rows, seed)
    if change is None:
        return None
    sign = metric.sign
    if metric.bounded and value in {0.0, 1.0}:  # no row tells how far off it may be
        return *_extreme(rows, value, line, alpha), "Clopper-Pearson of the rarer class"
    if metric.bounded and isinstance(change, Studentized) and 0 < line < 1:
        return *_by_logit(change, sign, value, line, alpha), f"{method}, logit scale"
    low, high = sorted(sign * end for end in change.interval(alpha))
    return low, high, change.p_below(sign * line), method


def _by_logit(change: Studentized, sign: float, value: float, line: float, alpha: float) -> tuple[float, float, float]:
    """Carry the error to the logit scale, where no end lies outside [0, 1]."""
    slope = 1 / (value * (1 - value))
    scaled = replace(change, estimate=sign * float(special.logit(value)), error=change.error * slope)
    low, high = sorted(float(special.expit(sign * end)) for end in scaled.interval(alpha))
    return low, high, scaled.p_below(sign * float(special.logit(line)))


def _exact(metric: Metric, rows: Paired, value: float, line: float, alpha: float) -> _Ends | None:
    """Take a share of rows that are right, or with a loss wrong."""
    y, label = rows.y, rows.predictions[0]
    among = {"recall": y == 1, "precision": label == 1}.get(metric.name, np.ones(y.shape[0], dtype=bool))
    n = int(among.sum())
    hits = round(value * n)
    if n == 0:
        return None
    low, high = (float(end) for end in clopper_pearson(hits, n, level=1 - alpha, sides=1))
    wrong, limit = (n - hits, 1 - line) if metric.greater_is_better else (hits, line)
    p_value = float(at_most_p_value(wrong, n, min(max(limit, 0.0), 1.0)))
    return low, high, p_value, f"Clopper-Pearson of {n} rows"


def _extreme(rows: Paired, value: float, line: float, alpha: float) -> tuple[float, float, float]:
    """Bound a perfect or wholly wrong score by the rarer class: exact for a share of its rows."""
    units = (
        int(rows.groups.max()) + 1 if rows.groups is not None else int(np.unique(rows.y, return_counts=True)[1].min())
    )
    low, high = (float(end) for end in clopper_pearson(units * value, units, level=1 - alpha, sides=1))
    inside = min(max(line, 0.0), 1.0)
    return low, high, float((1 - inside) ** units) if value == 0 else 1.0


def _answer(metric: Metric, rows: Paired, value: float, line: float, ends: _Ends, alpha: float, seed: int) -> Verdict:
    low, high, p_value, method = ends
    loss = (-high, -low, -line) if metric.greater_is_better else (low, high, line)
    outcome = within(*loss)
    n, by_chance = rows.y.size, metric.takes == "any"
    finite = math.isfinite(low) and math.isfinite(high)
    evidence = Evidence(
        estimate=value,
        low=min(low, value) if finite else None,
        high=max(high, value) if finite else None,
        level=1 - 2 * alpha if finite else None,
        p_value=min(max(p_value, 0.0), 1.0),
        limit=line,
        n=n,
        method=method,
        seed=seed if by_chance else None,
        rows_needed=more_rows(n, low, high, value, line) if outcome is Outcome.UNDECIDED and finite else None,
    )
    remedy = {Outcome.FAIL: "look at where it is wrong: mlqa.no_weak_slices", Outcome.UNDECIDED: "give more rows"}
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=_claim(metric, line),
        reason=f"the interval of {metric.name} is {where(outcome)} the limit {number(line)}",
        evidence=evidence,
        remedy=remedy.get(outcome, ""),
        alpha=alpha,
    )


def _claim(metric: Metric, line: float) -> str:
    return f"{metric.name} is at {'least' if metric.greater_is_better else 'most'} {number(line)}"


def _too_few(metric: Metric, rows: Paired, value: float, line: float, alpha: float) -> Verdict:
    counted = "no row is called positive" if metric.name == "precision" else "no row is positive"
    few = f"{rows.y.size} rows are too few to know the error of a callable; it takes {LEAST_UNITS}"
    return Verdict(
        check=_CHECK,
        outcome=Outcome.UNDECIDED,
        claim=_claim(metric, line),
        reason=few if metric.takes == "any" else f"{counted}: there is nothing to take a share of",
        evidence=Evidence(estimate=value, limit=line, n=rows.y.size),
        remedy="give more rows",
        alpha=alpha,
    )
