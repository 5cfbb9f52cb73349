"""Whether there is a kind of row that a model fails."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount
from mlqa.checks.performance.literals import Literal, features_of, literals_of
from mlqa.checks.performance.off_rows import avoidable, row_losses
from mlqa.checks.regression.arrays import rows_of
from mlqa.errors import UsageError
from mlqa.report.bars import share_bars
from mlqa.stats.power import POWER
from mlqa.stats.slices import Found, Signal, rows_in, search
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_weak_slices"]

_CHECK = "performance.no_weak_slices"
_LEAST_ROWS = 30
_LEAST_SHARE = 0.02
_TOLD = 5
_AS_GOOD = 0.8
_SAME_ROWS = 0.5


def no_weak_slices(
    prediction: Any,
    y: Any,
    X: Any,
    *,
    metric: str | None = None,
    margin: float | None = None,
    min_effect: float = 0.1,
    at_least_rows: int | None = None,
    most_literals: int = 2,
    alpha: float | None = None,
) -> Verdict:
    """There is no kind of row that the model fails: no slice of one or two conditions.

    Every model is worse where rows are harder, and that is no fault. So without
    a margin a slice counts only for error that could be avoided there: its
    probabilities or values are off to one side or too extreme, beyond what they
    are in the whole; of labels, always saying one class would do better. With
    `margin` a slice counts that is plainly worse than the whole by a metric.

    Parameters
    ----------
    prediction : sequence, Series or array, shape (n,) or (n, classes)
        Probabilities (best), values or labels.
    y : sequence, Series or array, shape (n,)
    X : table, shape (n, d)
        What the slices are made of: features, or any columns of the same rows.
    metric : str, optional
        With a margin: ``accuracy``, ``brier``, ``log_loss``, ``mae`` or
        ``mse``; by default the one that fits.
    margin : float of at least 0, in the metric's unit, optional
        How much worse than the whole a slice may be.
    min_effect : float of at least 0
        Without a margin: mean avoidable error of a slice that is no alarm. Of
        probabilities or labels as a share; of values ten times it, in units of
        the spread of the errors of rows with like predictions.
    at_least_rows : int, optional
        Rows a slice must have; by default 30, and one in fifty.
    most_literals : {1, 2}
        Conditions of a slice.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over the whole search.

    Returns
    -------
    Verdict
        ``evidence.worst`` lists up to five slices as readable conditions, with
        rows, mean error and its interval; ``columns`` are those of the
        conditions. ``evidence.detectable`` is for a slice of a tenth of the
        rows.

    Raises
    ------
    UsageError
        If the rows differ, or an argument cannot be used.

    Notes
    -----
    Numbers are cut at their quartiles, categories taken one by one, missing
    values are a condition. All slices are counted by products of matrices
    [1]_, the most conspicuous tested: probabilities by the exact tail of the
    events they announce (saddlepoint), labels by McNemar and Tango, values by
    Student's t on clipped errors. Bonferroni over every slice and question: on
    all rows that sees more than a search on one half confirmed on the other,
    which needs no stricter tail than 1e-4 / 10 but has half the rows.

    References
    ----------
    .. [1] Sagadeeva, S., Boehm, M. (2021), SliceLine: fast, linear-algebra-based
       slice finding for ML model debugging, SIGMOD, 2290-2299.
    .. [2] Chung, Y. et al. (2020), Automated data slicing for model validation,
       IEEE Transactions on Knowledge and Data Engineering 32, 2284-2296.

    Examples
    --------
    >>> X = {"region": np.tile(["north", "south", "east", "west"], 500), "age": np.arange(2000) // 4 % 50}
    >>> y = np.arange(2000) // 4 % 2
    >>> said = np.where(y == 1, 0.9, 0.1)
    >>> seen = np.where((X["region"] == "north") & (X["age"] > 24), 1 - y, y)
    >>> import polars as pl
    >>> no_weak_slices(said, seen, pl.DataFrame(X)).evidence.worst[0]["slice"]
    "region = 'north' and age > 24"
    """
    alpha = level_of(alpha)
    target = rows_of("y", y)
    given = rows_of("prediction", prediction, len(target))
    frame = features_of(X, len(target))
    least = _least_rows(at_least_rows, len(target))
    if most_literals not in (1, 2):
        raise UsageError("most_literals", most_literals, "1 or 2", "longer conditions are not searched")
    if margin is None:
        signals = avoidable(given, target, amount("min_effect", min_effect, hint="pass the error that is no alarm"))
        claim = "no slice has avoidable error" + (f" above {number(float(min_effect))}" if min_effect else "")
    else:
        line = amount("margin", margin, hint="pass how much worse than the whole a slice may be")
        one, known = row_losses(given, target, metric, line)
        signals, claim = [one], f"no slice has {known.name} more than {number(line)} worse than the whole"
    literals = literals_of(frame, least)
    if not literals or not signals:
        reason = f"no condition holds in at least {least} of {len(target)} rows, and not in all"
        reason = reason if not literals else "the predictions are exactly right"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason=reason, alpha=alpha)
    masks = np.stack([literal.mask for literal in literals])
    with _one_thread():
        found, tests = search(masks, signals, least=least, most_literals=most_literals)
    return _answer(_told(found, masks, alpha), found, literals, masks, claim=claim, tests=tests, alpha=alpha)


def _one_thread() -> AbstractContextManager[Any]:
    """Multiply with one thread, where that can be asked for: several wait for each other on a busy machine."""
    if find_spec("threadpoolctl") is None:
        return nullcontext()
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits


def _least_rows(asked: int | None, n: int) -> int:
    if asked is None:
        return max(_LEAST_ROWS, math.ceil(_LEAST_SHARE * n))
    if isinstance(asked, bool) or not isinstance(asked, (int, np.integer)) or asked < 2:
        raise UsageError("at_least_rows", asked, "a whole number of at least 2", "leave it out for 30 and one in fifty")
    return int(asked)


def _told(found: list[Found], masks: NDArray[np.bool_], alpha: float) -> list[Found]:
    """Return slices of mostly different rows; the shorter condition where it is as bad."""
    shown = [one for one in found if one.p_value <= alpha]
    told: list[Found] = []
    for one in shown:
        short = [
            other
            for other in shown
            if len(other.literals) == 1 < len(one.literals)
            and other.literals[0] in one.literals
            and other.signal is one.signal
            and other.excess >= _AS_GOOD * one.excess
        ]
        best = short[0] if short else one
        rows = rows_in(masks, best.literals)
        if all(_shared(rows, rows_in(masks, other.literals)) < _SAME_ROWS for other in told):
            told.append(best)
        if len(told) == _TOLD:
            break
    return told


def _shared(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Share of the smaller slice's rows that lie in both."""
    return float((one & other).sum() / max(min(one.sum(), other.sum()), 1))


def _answer(
    told: list[Found],
    found: list[Found],
    literals: list[Literal],
    masks: NDArray[np.bool_],
    *,
    claim: str,
    tests: int,
    alpha: float,
) -> Verdict:
    n = masks.shape[1]
    spread = float(np.sqrt(max((float(one.signal.variance.mean()) for one in found), default=0.25)))
    reach = float(stats.norm.isf(alpha / tests) + stats.norm.ppf(POWER))
    accepted = found[0].signal.accepted if found else 0.0
    enough = math.ceil(2 * reach**2)  # rows of which half show an error of one standard deviation
    outcome = Outcome.FAIL if told else Outcome.UNDECIDED if n < enough else Outcome.PASS
    first = told[0] if told else found[0] if found else None
    low, high = (None, None) if first is None else _interval(first, masks, alpha / tests)
    evidence = Evidence(
        estimate=None if first is None else first.excess,
        low=low,
        high=high,
        level=None if first is None else 1 - 2 * alpha,
        p_value=None if first is None else first.p_value,
        limit=None if first is None else first.signal.accepted,
        n=n,
        method=f"{tests} tests of slices, Bonferroni",
        detectable=accepted + reach * spread / math.sqrt(n / 10),
        rows_needed=enough - n if outcome is Outcome.UNDECIDED else None,
        worst=tuple(_row(one, literals, masks, alpha / tests) for one in told),
        plot=_plot(told, literals) if told else None,
    )
    columns = dict.fromkeys(literals[k].column for one in told for k in one.literals)
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=claim,
        reason=_reason(outcome, told, literals, evidence, tests),
        evidence=evidence,
        columns=tuple(columns),
        remedy="look at these rows: is a feature broken there, or the model too simple?" if told else "",
        alpha=alpha,
    )


def _condition(one: Found, literals: list[Literal]) -> str:
    return " and ".join(literals[k].text for k in one.literals)


def _reason(outcome: Outcome, told: list[Found], literals: list[Literal], evidence: Evidence, tests: int) -> str:
    if outcome is Outcome.FAIL:
        first = told[0]
        more = f"; {len(told) - 1} more slices too" if len(told) > 1 else ""
        where = _condition(first, literals)
        return f"where {where} ({first.rows} rows) {first.signal.name}, by {number(first.excess)} on average{more}"
    if outcome is Outcome.UNDECIDED:
        return f"in {evidence.n} rows not even a gross error in half of them would show"
    return f"none of {tests} tests of slices shows more than {number(evidence.limit)} beyond the whole"


def _interval(one: Found, masks: NDArray[np.bool_], alpha: float) -> tuple[float | None, float | None]:
    rows = rows_in(masks, one.literals)
    low, high = _student_interval(one.signal, rows, alpha)
    return (low, high) if math.isfinite(low) and math.isfinite(high) else (None, None)


def _student_interval(signal: Signal, rows: NDArray[np.bool_], alpha: float) -> tuple[float, float]:
    """Return both one-sided ends of the mean excess of a slice."""
    excess = signal.excess[rows]
    error = math.sqrt(max(float(excess.var()), float(signal.variance[rows].mean())) / max(excess.size - 1, 1))
    reach = float(stats.t.isf(alpha, max(excess.size - 1, 1))) * error
    return float(excess.mean()) - reach, float(excess.mean()) + reach


def _row(one: Found, literals: list[Literal], masks: NDArray[np.bool_], alpha: float) -> dict[str, Any]:
    low, high = _interval(one, masks, alpha)
    about = {"slice": _condition(one, literals), "rows": one.rows, "what": one.signal.name}
    return {**about, "error": one.excess, "low": low, "high": high, "p_value": one.p_value}


def _plot(told: list[Found], literals: list[Literal]) -> dict[str, Any]:
    labels = [_condition(one, literals) for one in told]
    whole = [float(one.signal.excess.mean()) for one in told]
    return share_bars("slice (whole = reference)", labels, whole, [one.excess for one in told], y="mean error")
