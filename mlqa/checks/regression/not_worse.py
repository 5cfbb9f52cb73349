"""Whether the new model is as good as the baseline, on the same rows."""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.regression.answer import Asked, answer, identical, too_few, unrecorded
from mlqa.checks.regression.arrays import codes_of, rows_of
from mlqa.checks.regression.measure import change_of, metric_of, score_of, value_of
from mlqa.checks.regression.metrics import Metric
from mlqa.checks.regression.paired import Paired, paired
from mlqa.checks.regression.recorded import is_recorded, is_recorder, predictions_of, provenance_of
from mlqa.errors import UsageError
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Verdict

__all__ = ["not_worse"]


def not_worse(
    new: Any,
    baseline: Any,
    y: Any,
    *,
    metric: str | Callable[[Any, Any], float],
    margin: float = 0.0,
    groups: Any = None,
    greater_is_better: bool | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Check that the new predictions are not worse than the baseline's, row by row.

    Without a margin it FAILs when a fall is shown; with one it FAILs when a
    fall beyond the margin is shown, PASSes when a fall beyond it is ruled out,
    and is UNDECIDED between the two.

    Parameters
    ----------
    new : sequence, Series or array, shape (n,) or (n, classes)
        What the metric needs: labels, scores, probabilities or values.
    baseline : the same, or a recorded baseline
        Recorded: anything with ``recorded`` and ``offer`` (the fixture
        ``mlqa_baseline``), or with ``predictions`` and ``provenance``.
    y : sequence, Series or array, shape (n,)
        Targets of the same rows.
    metric : str or callable
        ``accuracy``, ``balanced_accuracy``, ``f1``, ``precision``, ``recall``
        of labels; ``roc_auc``, ``average_precision`` of scores; ``log_loss``,
        ``brier`` of probabilities; ``mae``, ``mse``, ``rmse``, ``r2`` of
        values; or ``metric(y, prediction) -> float`` on numpy arrays.
        Of two classes the greater label is positive; columns of probabilities
        are the sorted classes.
    margin : float of at least 0, in the metric's unit
        Largest loss that is accepted.
    groups : sequence, shape (n,), optional
        Rows of one group (a user, a day) may depend on each other.
    greater_is_better : bool, optional
        Of a callable; by default its attribute of that name, else true.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Of the resampling of a callable.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is metric(new) - metric(baseline), so a loss that
        rose is positive; the interval has one-sided level ``1 - alpha`` at each
        end; ``evidence.p_value`` is small if new is worse by more than the
        margin. Without a margin UNDECIDED means that not even a gross loss
        would show: 0.5 on a scale from 0 to 1, or for a loss a rise by the
        baseline's own value.

    Raises
    ------
    UsageError
        If an argument cannot be used with the metric.
    SubjectError
        If a callable raises.
    BaselineError
        If the recorded baseline is of other rows or another metric, or cannot
        be read.

    Notes
    -----
    Accuracy: McNemar's mid-p, with a margin Tango's score test. Areas: paired
    DeLong. Means of losses: paired t, with Hall's correction where the
    differences are plainly skewed. F1 and the like: delta method. Callables:
    bootstrap error (499 draws) with Student's tail. Groups: cluster-robust, or
    exact sign flips below 20 groups. Cost O(n log n), but of a callable 1200
    calls.

    References
    ----------
    .. [1] DeLong, E., DeLong, D., Clarke-Pearson, D. (1988), Biometrics 44, 837-845.
    .. [2] Tango, T. (1998), Statistics in Medicine 17, 891-908.
    .. [3] Dietterich, T. (1998), Approximate statistical tests for comparing
       supervised classification learning algorithms, Neural Computation 10,
       1895-1923.

    Examples
    --------
    >>> y = [0, 1] * 200
    >>> worse = y[:360] + [1 - label for label in y[360:]]
    >>> verdict = not_worse(worse, y, y, metric="accuracy")
    >>> verdict.outcome, verdict.evidence.estimate
    (<Outcome.FAIL: 'fail'>, -0.1)
    """
    alpha, seed, known = level_of(alpha), seed_of(seed), metric_of(metric, greater_is_better)
    limit = _margin(margin)
    target = rows_of("y", y)
    given = rows_of("new", new, len(target))
    names = None if groups is None else _groups(groups, len(target))
    codes = None if names is None else codes_of(names)
    like = provenance_of(known, target, names)
    kept = is_recorder(baseline) or is_recorded(baseline)
    asked = Asked(metric=known, margin=limit, alpha=alpha, source="the recorded baseline" if kept else "the baseline")
    if is_recorder(baseline):
        alone = _checked(known, paired(known.takes, target, {"new": given}, codes))
        score = score_of(known, alone, seed)
        # Offered first: an unlike or damaged baseline must not keep a new one from being accepted.
        baseline.offer(predictions=given, evidence=score, provenance=like)
        baseline = baseline.recorded
        if baseline is None:
            return unrecorded(asked, score)
    before = predictions_of(baseline, like) if is_recorded(baseline) else baseline
    before = rows_of("baseline", before, len(target))
    rows = _checked(known, paired(known.takes, target, {"new": given, "baseline": before}, codes))
    return _compared(asked, rows, seed)


def _compared(asked: Asked, rows: Paired, seed: int) -> Verdict:
    values = value_of(asked.metric, rows, 0), value_of(asked.metric, rows, 1)
    if np.array_equal(rows.predictions[0], rows.predictions[1]):
        return identical(asked, rows)
    change, method = change_of(asked.metric, rows, seed)
    if change is None:
        return too_few(asked, rows, values)
    return answer(asked, rows, values, change, method, seed if asked.metric.takes == "any" else None)


def _margin(margin: Any) -> float:
    number = isinstance(margin, numbers.Real) and not isinstance(margin, bool)
    limit = float(margin) if number else -1.0
    if not 0 <= limit < math.inf:
        hint = "pass the largest loss you accept, in the metric's unit"
        raise UsageError("margin", margin, "a number of at least 0", hint)
    return limit


def _groups(groups: Any, n: int) -> NDArray[Any]:
    names = rows_of("groups", groups, n)
    if names.ndim != 1 or np.all(names == names[0]):
        got = f"shape {names.shape}" if names.ndim != 1 else "one group"
        raise UsageError("groups", groups, "one label a row, of at least two groups", "leave groups out", got)
    return names


def _checked(metric: Metric, rows: Paired) -> Paired:
    if metric.name == "r2" and np.ptp(rows.y) < 1e-70:  # the square of its square would be nothing
        raise UsageError("y", rows.y, "values that vary", "use 'mae' or 'rmse'", "a constant")
    return rows
