"""Whether a training procedure is as good as the baseline's, over several seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.regression.answer import Asked, answer, identical, skipped
from mlqa.checks.regression.arrays import codes_of, refuse_other_rows, rows_of
from mlqa.checks.regression.callables import resampled
from mlqa.checks.regression.change import Change, Relative
from mlqa.checks.regression.margin import margin_of
from mlqa.checks.regression.measure import LEAST_UNITS, At, units_of, value_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.metrics import metric_of
from mlqa.checks.regression.needs import check_needs, lacks_a_library
from mlqa.checks.regression.paired import Paired, paired
from mlqa.errors import SubjectError, UsageError
from mlqa.stats.nested import Nested
from mlqa.stats.paired_mean import linear_change
from mlqa.stats.seeds import seed_of
from mlqa.stats.sign_flips import SignFlips
from mlqa.stats.studentized import Studentized
from mlqa.subjects.predictor import predict
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["training_not_worse"]

_CHECK = "regression.training_not_worse"
_FEWEST = 3
_LEAST_ROWS = 2
_PROBABILITIES = ("scores", "probabilities", "class_scores", "label_scores")
_WANTED = "a function of a seed that returns a fitted model or predictions, or one row of predictions a seed"


def training_not_worse(
    train: Callable[[int], Any] | Sequence[Any],
    baseline_train: Callable[[int], Any] | Sequence[Any],
    X: Any,
    y: Any,
    *,
    metric: str | Callable[[Any, Any], float],
    seeds: int | Sequence[int] = 5,
    margin: float | str = 0.0,
    groups: Any = None,
    greater_is_better: bool | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Check that a training procedure is not worse than the baseline's.

    :func:`mlqa.not_worse` compares two models that are there. This compares
    what produces them: whether another seed, and other rows to test on, would
    show the same. So seeds count as well as rows, and few seeds show little: at
    the default alpha take ten or more, or a larger alpha.

    Parameters
    ----------
    train, baseline_train : callable, or sequence of predictions
        ``train(seed)`` returns a fitted model, which is asked about `X`, or its
        predictions for `X`. Or the predictions of several seeds, shape (k, n)
        or (k, n, classes), so that nothing is fitted.
    X : table or array, n rows
        Test rows, which no training has seen.
    y : sequence, Series or array, shape (n,)
    metric : str or callable
        As of :func:`mlqa.not_worse`.
    seeds : int of at least 3, or sequence of int
        How many, or which; each procedure is trained once with each.
    margin : float of at least 0, or text
        Accepted loss of the mean over seeds; ``"5%"`` of the baseline's.
    groups : sequence, shape (n,), optional
        Rows of one group may depend on each other.
    greater_is_better : bool, optional
        Of a callable.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Of the resampling of a callable metric.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the difference of the means over the seeds;
        ``evidence.worst`` holds the value of each training.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If a training or a model raises.

    Notes
    -----
    Variance of the new seeds, of the baseline's seeds, and of the rows (of the
    mean over seeds), added, each with its own t quantile [1]_: never more
    alarms than alpha, fewer where seeds dominate.

    References
    ----------
    .. [1] Bouthillier, X. et al. (2021), Accounting for variance in machine
       learning benchmarks, Proceedings of MLSys 3.

    Examples
    --------
    >>> X = np.random.default_rng(0).normal(size=(800, 2))
    >>> y = X[:, 0] + 0.1 * X[:, 1]
    >>> full = lambda seed: X[:, 0] + 0.01 * np.random.default_rng(seed).normal(size=800)
    >>> half = lambda seed: 0.5 * full(seed)
    >>> verdict = training_not_worse(half, full, X, y, metric="mae", seeds=10)
    >>> verdict.outcome, round(verdict.evidence.estimate, 2)
    (<Outcome.FAIL: 'fail'>, 0.33)
    """
    alpha, seed, given = level_of(alpha), seed_of(seed), margin_of(margin)
    numbers = _seeds(seeds)
    refuse_other_rows(y=y, groups=groups)
    target = rows_of("y", y)
    known = metric_of(metric, greater_is_better, columns=target.ndim == 2)
    if known.test == "worst":
        raise UsageError("metric", metric, "a metric with a standard error", "use 'mae', say", "the largest error")
    codes = None if groups is None else codes_of(rows_of("groups", groups, len(target)))
    asked = Asked(metric=known, given=given, alpha=alpha, source="the baseline training", check=_CHECK)
    if lacks_a_library(known):
        return skipped(asked, f"{known.name} needs scikit-learn, which is not installed", "pip install scikit-learn")
    sides = [
        _predictions(name, one, X, len(target), numbers, known)
        for name, one in (("train", train), ("baseline_train", baseline_train))
    ]
    flat = {
        f"{name}[{place}]": part
        for name, side in zip(("train", "baseline_train"), sides, strict=True)
        for place, part in enumerate(side)
    }
    rows = check_needs(known, paired(known.takes, target, flat, codes), tuple(flat))
    return _compared(asked, rows, len(sides[0]), seed)


def _seeds(seeds: Any) -> list[int]:
    wanted = f"at least {_FEWEST} seeds: a number, or a sequence of whole numbers"
    numbers = list(range(seeds)) if isinstance(seeds, int) and not isinstance(seeds, bool) else seeds
    if not isinstance(numbers, (Sequence, np.ndarray)) or isinstance(numbers, str) or len(numbers) < _FEWEST:
        raise UsageError("seeds", seeds, wanted, "one seed tells nothing of other seeds")
    return [seed_of(number) for number in numbers]


def _predictions(name: str, train: Any, X: Any, n: int, seeds: list[int], metric: Metric) -> list[NDArray[Any]]:
    """Train and predict with each seed, or take what is there."""
    if callable(train):
        given = [_trained(name, train, X, n, number, metric) for number in seeds]
    elif isinstance(train, (Sequence, np.ndarray)) and not isinstance(train, (str, bytes)) and len(train) >= _FEWEST:
        given = list(train)
    else:
        raise UsageError(name, train, _WANTED, f"pass at least {_FEWEST} of them")
    return [rows_of(f"{name}[{place}]", part, n) for place, part in enumerate(given)]


def _trained(name: str, train: Callable[[int], Any], X: Any, n: int, number: int, metric: Metric) -> Any:
    try:
        model = train(number)
    except Exception as error:
        raise SubjectError(f"{name}({number}) raised {type(error).__name__}: {error}\nHint: run it alone") from error
    if hasattr(model, "predict") or callable(model):
        return predict(model, X, prefer="predict_proba" if metric.takes in _PROBABILITIES else "predict")
    return model


def _compared(asked: Asked, rows: Paired, new_seeds: int, seed: int) -> Verdict:
    metric = asked.metric
    values = np.array([value_of(metric, rows, place) for place in range(len(rows.predictions))])
    now, then = values[:new_seeds], values[new_seeds:]
    if all(np.array_equal(part, rows.predictions[0]) for part in rows.predictions):
        return identical(asked, rows)
    means = float(now.mean()), float(then.mean())
    asked = replace(asked, baseline=means[1])
    if units_of(rows) < _LEAST_ROWS:
        return _undecided(asked, rows, means, "one row tells nothing of other rows")
    if metric.takes == "any" and units_of(rows) < LEAST_UNITS:
        reason = f"{units_of(rows)} rows or groups are too few to know the error of a callable; it takes {LEAST_UNITS}"
        return _undecided(asked, rows, means, reason)
    if not np.isfinite(values).all():
        return _undecided(asked, rows, None, f"{metric.name} is not defined on these rows: it divides by nothing")
    at = _at(metric, rows, now, then, seed)
    change: Change = at(1.0)
    if asked.given.relative:
        nought = at(1e6)
        if means[1] == 0 or min(nought.p_below(0.0), nought.p_above(0.0)) > asked.alpha:
            return _undecided(
                asked, rows, means, f"the baseline's {metric.name} may as well be 0: no share of it is known"
            )
        change = Relative(at, means[1], metric.sign)
    method = f"{now.size} + {then.size} trainings, variance of seeds and of {_units(rows)}, t"
    first = Paired(rows.y, rows.predictions[:1], rows.groups)
    found = answer(asked, first, means, change, method, seed if metric.takes == "any" else None)
    return _told(found, metric, now, then)


def _at(metric: Metric, rows: Paired, now: NDArray[np.float64], then: NDArray[np.float64], seed: int) -> At:
    """Compare the mean over seeds with a share of the baseline's mean."""
    rows = rows.sorted()
    if metric.takes == "any":
        every = resampled(metric, rows, seed)
    else:
        parts = [metric.parts(rows.y, part)[1] for part in rows.predictions]
        moved, stayed = np.mean(parts[: now.size], axis=0), np.mean(parts[now.size :], axis=0)

    def at(share: float) -> Change:
        value = metric.sign * float(now.mean() - share * then.mean())
        if metric.takes == "any":
            weights = np.concatenate([np.full(now.size, 1 / now.size), np.full(then.size, -share / then.size)])
            of_rows: Any = every.combined(metric.sign * weights).studentized()
        else:
            influence = metric.sign * (moved - share * stayed)
            of_rows = linear_change(value, influence, rows.groups, skewed=not metric.mean)
        variance, df = _error(of_rows)
        parts_of_seeds = (
            (float(now.var(ddof=1)) / now.size, now.size - 1.0),
            (share**2 * float(then.var(ddof=1)) / then.size, then.size - 1.0),
        )
        return Nested(value, (*parts_of_seeds, (variance, df)), of_rows.least_p)

    return at


def _error(change: Studentized | SignFlips) -> tuple[float, float]:
    """Variance and degrees of freedom of what the rows, or few groups of them, add."""
    if isinstance(change, Studentized):
        return change.error**2, change.df
    k = change.totals.size
    residual = change.totals - change.estimate * change.rows
    return float(k / (k - 1) * np.sum(residual**2) / change.rows.sum() ** 2), k - 1.0


def _told(found: Verdict, metric: Metric, now: NDArray[np.float64], then: NDArray[np.float64]) -> Verdict:
    """Show the value of each training; what decides is seeds as well as rows."""
    shown = [{"training": f"new {place}", metric.name: float(value)} for place, value in enumerate(now[:5])]
    shown += [{"training": f"baseline {place}", metric.name: float(value)} for place, value in enumerate(then[:5])]
    remedy = "give more seeds or more rows, or a wider margin" if found.outcome is Outcome.UNDECIDED else found.remedy
    evidence = replace(found.evidence, worst=tuple(shown), rows_needed=None)
    return replace(found, evidence=evidence, remedy=remedy)


def _undecided(asked: Asked, rows: Paired, means: tuple[float, float] | None, reason: str) -> Verdict:
    estimate = None if means is None else means[0] - means[1]
    return Verdict(
        check=_CHECK,
        outcome=Outcome.UNDECIDED,
        claim=asked.claim,
        reason=reason,
        evidence=Evidence(estimate=estimate, n=len(rows.y)),
        remedy="give more rows",
        alpha=asked.alpha,
    )


def _units(rows: Paired) -> str:
    return f"{len(rows.y)} rows" if rows.groups is None else f"{units_of(rows)} groups"
