"""Whether the new model is as good as the baseline, on the same rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.regression.against import asked_for, score_in
from mlqa.checks.regression.answer import Asked, unrecorded
from mlqa.checks.regression.arrays import codes_of, refuse_other_rows, rows_of
from mlqa.checks.regression.compared import compared
from mlqa.checks.regression.margin import margin_of
from mlqa.checks.regression.measure import score_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.metrics import metric_of
from mlqa.checks.regression.needs import check_needs
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
    margin: float | str = 0.0,
    groups: Any = None,
    greater_is_better: bool | None = None,
    X: Any = None,
    model: Any = None,
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
    baseline : the same, a recorded baseline, a score, or a function
        Recorded: anything with ``recorded`` and ``offer`` (the fixture
        ``mlqa_baseline``), or with ``predictions`` and ``provenance``. A score,
        a number or Evidence, has no rows: the test is then of one sample, or
        of two that are not paired, and sees less. A function without arguments
        returns one of these: a registry's champion, say.
    y : sequence, Series or array, shape (n,) or (n, labels)
        Targets of the same rows, taken by position; pandas objects whose
        indexes differ are refused.
    metric : str or callable
        The name of any scorer of scikit-learn, in the scorer's own direction:
        ``neg_log_loss`` is better when greater. Or a loss in its own direction:
        ``log_loss``, ``brier`` of probabilities; ``mae``, ``mse``, ``rmse`` of
        values. Or ``top_5_accuracy``, and so on; or a function ``metric(y,
        prediction) -> float`` on numpy arrays, or a scorer of scikit-learn,
        whose own function and sign are used.
        Of two classes the greater label is positive; columns of probabilities
        are the sorted classes.
    margin : float of at least 0 in the metric's unit, or text
        Largest loss that is accepted; ``"5%"`` of the baseline's value.
    groups : sequence, shape (n,), optional
        Rows of one group (a user, a day) may depend on each other.
    greater_is_better : bool, optional
        Of a callable; by default its attribute of that name, for a function of
        scikit-learn what the ending of its name says, else true.
    X : table, optional
        Features of the rows, and
    model : object, optional
        what predicted `new`: only their digests are recorded with a baseline,
        so that a later run can name the column that is not the same.
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
    Shares of rows that are right (accuracy, ``top_k_accuracy``): McNemar's
    mid-p, with a margin Tango's score test. Two-class areas: paired DeLong.
    Means of losses: paired t. Whatever follows from counts, ranks or means (F1
    and all averages, areas of many classes, R2, the table of clusters): delta
    method. t tails are careful where differences are skewed. Callables:
    bootstrap error (499 draws, of counts where equal rows abound and the metric
    takes ``sample_weight``) with Student's tail. ``neg_max_error``: exact, by
    counting errors beyond the other's largest. Relative margins: Fieller.
    Groups: cluster-robust, or exact sign flips below 20 groups. A score: exact
    binomial or Fisher's test of shares, else Welch. Cost O(n log n), but of a
    callable 1200 calls.

    References
    ----------
    .. [1] DeLong, E., DeLong, D., Clarke-Pearson, D. (1988), Biometrics 44, 837-845.
    .. [2] Tango, T. (1998), Statistics in Medicine 17, 891-908.
    .. [3] Dietterich, T. (1998), Approximate statistical tests for comparing
       supervised classification learning algorithms, Neural Computation 10,
       1895-1923.
    .. [4] Fieller, E. (1954), Some problems in interval estimation, Journal of
       the Royal Statistical Society B 16, 175-185.

    Examples
    --------
    >>> y = [0, 1] * 200
    >>> worse = y[:360] + [1 - label for label in y[360:]]
    >>> verdict = not_worse(worse, y, y, metric="accuracy")
    >>> verdict.outcome, verdict.evidence.estimate
    (<Outcome.FAIL: 'fail'>, -0.1)
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    given_margin, baseline = margin_of(margin), asked_for(baseline)
    refuse_other_rows(y=y, new=new, baseline=baseline, groups=groups)
    target = rows_of("y", y)
    known = metric_of(metric, greater_is_better, columns=target.ndim == 2)
    given = rows_of("new", new, len(target))
    names = None if groups is None else _groups(groups, len(target))
    codes = None if names is None else codes_of(names)
    score = score_in(baseline)
    kept = is_recorder(baseline) or is_recorded(baseline)
    source = "the recorded baseline" if kept else "the baseline" if score is None else score.words
    asked = Asked(metric=known, given=given_margin, alpha=alpha, source=source)
    if score is not None:
        return compared(asked, _read(known, target, {"new": given}, codes), seed, score)
    if kept:
        like = provenance_of(known, target, names, X, model)
        if is_recorder(baseline):
            alone = score_of(known, _read(known, target, {"new": given}, codes), seed)
            # Offered first: an unlike or damaged baseline must not keep a new one from being accepted.
            baseline.offer(predictions=given, evidence=alone, provenance=like)
            baseline = baseline.recorded
            if baseline is None:
                return unrecorded(asked, alone)
        baseline = predictions_of(baseline, like)
    before = rows_of("baseline", baseline, len(target))
    return compared(asked, _read(known, target, {"new": given, "baseline": before}, codes), seed)


def _groups(groups: Any, n: int) -> NDArray[Any]:
    names = rows_of("groups", groups, n)
    if names.ndim != 1 or np.all(names == names[0]):
        got = f"shape {names.shape}" if names.ndim != 1 else "one group"
        raise UsageError("groups", groups, "one label a row, of at least two groups", "leave groups out", got)
    return names


def _read(
    metric: Metric, y: NDArray[Any], predictions: dict[str, NDArray[Any]], groups: NDArray[np.int64] | None
) -> Paired:
    return check_needs(metric, paired(metric.takes, y, predictions, groups), tuple(predictions))
