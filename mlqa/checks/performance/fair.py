"""Whether a model treats groups of people alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import MOST_ROWS, amount
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.paired import paired
from mlqa.errors import UsageError, nearest
from mlqa.report.bars import share_bars
from mlqa.stats.share_gaps import Gap, share_gaps
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["fair"]

_CHECK = "performance.fair"
_MOST_GROUPS = 50
_WORST = 10

Mask = NDArray[np.bool_]

# of targets and predictions: the rows that are looked at, and those among them that count
_METRICS: dict[str, Callable[[Mask, Mask], tuple[Mask, Mask]]] = {
    "fnr": lambda y, said: (y, ~said),
    "fpr": lambda y, said: (~y, said),
    "precision": lambda y, said: (said, y),
    "selection_rate": lambda y, said: (y | ~y, said),
    "tnr": lambda y, said: (~y, ~said),
    "tpr": lambda y, said: (y, said),
}
_NAMES = ["accuracy", *_METRICS]


def fair(
    prediction: Any,
    y: Any,
    group: Any,
    *,
    metric: str = "accuracy",
    margin: float = 0.1,
    alpha: float | None = None,
) -> Verdict:
    """No two groups are further apart by a metric than the margin.

    FAIL when two groups are shown to be further apart, PASS when every two are
    shown to be within the margin, UNDECIDED otherwise: a group of few rows
    proves nothing, and is named with the rows that it lacks.

    Parameters
    ----------
    prediction, y : sequence, Series or array, shape (n,)
        Labels; of two classes the greater is positive.
    group : sequence, Series or array, shape (n,)
        Who each row belongs to: a protected attribute, or several in one text.
    metric : str
        ``accuracy``, ``selection_rate`` (demographic parity), ``tpr`` (equal
        opportunity), ``fpr``, ``tnr``, ``fnr`` or ``precision``.
    margin : float in [0, 1]
        Largest gap that is accepted.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all pairs of groups.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the gap of the two groups that show the most;
        ``evidence.worst`` lists every group, the furthest off first.

    Raises
    ------
    UsageError
        If there is one group only, or more than fifty.

    Notes
    -----
    The largest gap of many groups is large by chance alone, the more so the
    smaller they are. Here all pairs have simultaneous intervals: exact
    (Clopper-Pearson) limits of both shares combined [1]_, Bonferroni.

    References
    ----------
    .. [1] Newcombe, R. G. (1998), Statistics in Medicine 17, 873-890.
    .. [2] Hardt, M., Price, E., Srebro, N. (2016), Equality of opportunity in
       supervised learning, NeurIPS.

    Examples
    --------
    >>> y = np.tile([0, 1], 1000)
    >>> group = np.repeat(["a", "b"], 1000)
    >>> said = np.where((group == "b") & (np.arange(2000) % 5 < 2), 0, y)
    >>> fair(y, y, group, metric="tpr").outcome, fair(said, y, group, metric="tpr").outcome
    (<Outcome.PASS: 'pass'>, <Outcome.FAIL: 'fail'>)
    """
    alpha = level_of(alpha)
    line = amount("margin", margin, most=1.0, hint="pass the largest gap you accept, 0.1 say")
    target = rows_of("y", y)
    given = rows_of("prediction", prediction, len(target))
    names, codes = _groups(group, len(target))
    among, counts = _counted(metric, target, given)
    n = np.bincount(codes[among], minlength=names.size)
    hits = np.bincount(codes[among & counts], minlength=names.size)
    seen = np.flatnonzero(n)
    claim = f"no two groups are further apart than {number(line)} by {metric}"
    if seen.size < 2:
        reason = f"{metric} is known of {seen.size} of {names.size} groups: there is nothing to compare"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason=reason, alpha=alpha)
    gaps = share_gaps(hits[seen], n[seen], margin=line, alpha=alpha)
    return _answer(gaps, names[seen], hits[seen], n[seen], metric, line=line, alpha=alpha, claim=claim)


def _groups(group: Any, n: int) -> tuple[NDArray[Any], NDArray[np.intp]]:
    labels = rows_of("group", group, n)
    if labels.ndim != 1:
        raise UsageError("group", group, "one label a row", "join several columns to one text", f"shape {labels.shape}")
    names, codes = np.unique(labels, return_inverse=True)
    if not 2 <= names.size <= _MOST_GROUPS:
        hint = "cut a number into a few ranges first" if names.size > 2 else "leave the check out"
        raise UsageError("group", group, f"2 to {_MOST_GROUPS} groups", hint, f"{names.size} groups")
    return names, codes.reshape(-1)


def _counted(metric: str, y: NDArray[Any], prediction: NDArray[Any]) -> tuple[Mask, Mask]:
    """Return the rows that are looked at, and those that count."""
    if metric not in _NAMES:
        raise UsageError("metric", metric, "a rate of groups", nearest(str(metric), _NAMES))
    if metric == "accuracy":
        rows = paired("labels", y, {"prediction": prediction}, None)
        return np.ones(len(y), dtype=bool), np.asarray(rows.y == rows.predictions[0])
    rows = paired("classes", y, {"prediction": prediction}, None)
    truth, said = np.asarray(rows.y, dtype=bool), np.asarray(rows.predictions[0], dtype=bool)
    return _METRICS[metric](truth, said)


def _answer(
    gaps: list[Gap],
    names: NDArray[Any],
    hits: NDArray[np.int64],
    n: NDArray[np.int64],
    metric: str,
    *,
    line: float,
    alpha: float,
    claim: str,
) -> Verdict:
    top = gaps[0]
    open_ = [gap for gap in gaps if gap.ends[1] > line]
    outcome = Outcome.FAIL if top.p_value <= alpha else Outcome.UNDECIDED if open_ else Outcome.PASS
    if outcome is not Outcome.FAIL:  # the pair that is furthest from being settled
        top = max(gaps, key=lambda gap: (gap.ends[1], gap.estimate))
    evidence = Evidence(
        estimate=top.estimate,
        low=min(top.ends[0], top.estimate),
        high=max(top.ends[1], top.estimate),
        level=1 - 2 * alpha,
        p_value=gaps[0].p_value,
        limit=line,
        n=int(n.sum()),
        method=f"Clopper-Pearson limits combined, {len(gaps)} pairs",
        rows_needed=_rows_needed(open_, n, line) if outcome is Outcome.UNDECIDED else None,
        worst=_rows(names, hits, n, metric),
        plot=share_bars("group", [str(name) for name in names], None, (hits / n).tolist(), y=metric),
    )
    reason = _reason(outcome, top, names, hits, n, metric, line)
    remedy = {
        Outcome.FAIL: "look at what differs between these groups: rows, features, labels, or the decision's limit",
        Outcome.UNDECIDED: "give more rows of the small groups",
    }
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=claim,
        reason=reason,
        evidence=evidence,
        remedy=remedy.get(outcome, ""),
        alpha=alpha,
    )


def _rows_needed(open_: list[Gap], n: NDArray[np.int64], line: float) -> int | None:
    """About how many more rows of the smaller groups settle every open pair; those at the margin never are."""
    needed: dict[int, float] = {}
    for gap in open_:
        distance = abs(gap.estimate - line)
        small = gap.high if n[gap.high] <= n[gap.low] else gap.low
        half = gap.ends[1] - gap.estimate if gap.estimate <= line else gap.estimate - gap.ends[0]
        if distance > 1e-9:
            more = n[small] * max((half / distance) ** 2 - 1, 0.0)
            needed[small] = max(needed.get(small, 0.0), more)
    total = sum(needed.values())
    return max(1, math.ceil(total)) if 0 < total < MOST_ROWS else None


def _rows(
    names: NDArray[Any], hits: NDArray[np.int64], n: NDArray[np.int64], metric: str
) -> tuple[dict[str, Any], ...]:
    whole = hits.sum() / n.sum()
    order = np.argsort(-np.abs(hits / n - whole), kind="stable")[:_WORST]
    return tuple({"group": str(names[k]), metric: float(hits[k] / n[k]), "rows": int(n[k])} for k in order)


def _reason(
    outcome: Outcome,
    top: Gap,
    names: NDArray[Any],
    hits: NDArray[np.int64],
    n: NDArray[np.int64],
    metric: str,
    line: float,
) -> str:
    sides = [f"{number(hits[k] / n[k])} for {str(names[k])!r} ({n[k]} rows)" for k in (top.high, top.low)]
    beside = f"{metric} is {sides[0]} and {sides[1]}"
    if outcome is Outcome.FAIL:
        return f"{beside}: a gap beyond {number(line)} is shown"
    if outcome is Outcome.PASS:
        return f"a gap beyond {number(line)} is ruled out for every two groups; {beside}"
    few = names[int(np.argmin(n))]
    return f"{beside}: the gap may be up to {number(top.ends[1])}; the smallest group, {str(few)!r}, has {n.min()} rows"
