"""Whether a model stands on a single column that gives the answer away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount
from mlqa.checks.performance.naive import Skill, judged_by, naive_of, nothing_to_tell, skill_of
from mlqa.checks.performance.permuted import asked, few_rows, orders_of, with_others, with_shuffled
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.paired import paired
from mlqa.errors import UsageError
from mlqa.stats.paired_mean import linear_change
from mlqa.subjects.block import as_block, height, names, taken
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_feature_dominates"]

_CHECK = "performance.no_feature_dominates"
_ROWS = 5000
_LEFT = 0.5
_LEAST_ROWS = 40
_MOST_TRIED = 3
_WORST = 5


def no_feature_dominates(
    model: Any, X: Any, y: Any, *, least_skill: float = 0.85, metric: str | None = None, alpha: float | None = None
) -> Verdict:
    """Check that the model does not stand on a single column that gives the answer away.

    A leaked column does three things at once: the model is nearly perfect, it
    is as good when every other column is shuffled, and it loses half of its
    skill or more when this one is. FAIL when all three are shown. A strong honest
    feature does one or two of them.

    Parameters
    ----------
    model : callable or object
        See :func:`mlqa.features_used`.
    X : table or array, shape (n, d)
        At most 5,000 of its rows are used, evenly spread.
    y : sequence, Series or array, shape (n,)
        Targets that the model was not trained on.
    least_skill : float in (0, 1]
        What counts as nearly perfect: share of the best constant's shortfall
        that is spared (0.85 is an area under the curve of 0.925).
    metric : str, optional
        As of :func:`mlqa.better_than_naive`.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the skill that is left when the most important
        column alone is kept. UNDECIDED below 40 rows.

    Raises
    ------
    UsageError
        If an argument cannot be used, or there are other rows in `y`.
    SubjectError
        If the model raises.

    Notes
    -----
    Student's t on the influence of every row, Bonferroni over columns.

    References
    ----------
    .. [1] Kaufman, S. et al. (2012), Leakage in data mining, ACM Transactions
       on Knowledge Discovery from Data 6 (4), article 15.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 3))
    >>> verdict = no_feature_dominates(lambda X: X[:, 1] > 0, X, X[:, 1] > 0)
    >>> verdict.outcome, verdict.columns
    (<Outcome.FAIL: 'fail'>, ('1',))
    """
    alpha = level_of(alpha)
    least = amount("least_skill", least_skill, least=1e-9, most=1.0, hint="pass 0.85, say")
    block, target = as_block(X), rows_of("y", y)
    if len(target) != height(block):
        got = f"{height(block)} rows"
        raise UsageError("X", X, f"{len(target)} rows, as y has", "use the same rows in the same order", got)
    kept = few_rows(block, _ROWS)
    block, target = taken(block, kept), target[kept]
    columns, rows = names(block), len(target)
    claim = "no single column makes the model nearly perfect"
    if len(columns) < 2 or rows < _LEAST_ROWS:
        few = rows < _LEAST_ROWS
        reason = f"{rows} rows are too few" if few else "there is one column only"
        needed = Evidence(n=rows, rows_needed=_LEAST_ROWS - rows) if few else Evidence(n=rows)
        outcome = Outcome.UNDECIDED if few else Outcome.SKIPPED
        return Verdict(check=_CHECK, outcome=outcome, claim=claim, reason=reason, evidence=needed, alpha=alpha)
    orders = orders_of(block)
    varied = [at for at, own in enumerate(orders) if own]
    shuffled = [with_shuffled(block, at, orders[at][0]) for at in varied]
    said = list(asked(model, iter([block, *shuffled]), rows))
    known = judged_by(metric, said[0], target)
    idle = nothing_to_tell(known, target)
    if idle:
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason=idle, alpha=alpha)
    whole, without = _skill(known, said[0], target), {}
    for at, part in zip(varied, said[1:], strict=True):
        without[at] = _skill(known, part, target)
    tried = sorted(varied, key=lambda at: without[at].value)[:_MOST_TRIED]
    alone = {
        at: _skill(known, part, target)
        for at, part in zip(tried, asked(model, (with_others(block, at, orders) for at in tried), rows), strict=True)
    }
    return _answer(whole, without, alone, columns, known, least=least, alpha=alpha, claim=claim)


def _skill(metric: Metric, said: NDArray[Any], y: NDArray[Any]) -> Skill:
    constant = naive_of(metric, y, y, None, said.shape[1] if said.ndim == 2 else 2)
    return skill_of(metric, paired(metric.takes, y, {"model": said, "naive": constant}, None).sorted())


def _answer(
    whole: Skill,
    without: dict[int, Skill],
    alone: dict[int, Skill],
    columns: list[str],
    metric: Metric,
    *,
    least: float,
    alpha: float,
    claim: str,
) -> Verdict:
    tests = max(len(without), 1)
    found = {at: _p_value(whole, without[at], one, least, tests) for at, one in alone.items()}
    guilty = [at for at in sorted(found, key=lambda at: (found[at], -alone[at].value)) if found[at] <= alpha]
    at = guilty[0] if guilty else max(alone, key=lambda one: alone[one].value, default=None)
    if at is None:
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason="no column varies", alpha=alpha)
    low, high = linear_change(alone[at].value, alone[at].influence, skewed=False).interval(alpha / tests)
    told = f"skill by {metric.name} is {number(whole.value)}"
    beside = f"{number(alone[at].value)} with {columns[at]!r} alone and {number(without[at].value)} without it"
    evidence = Evidence(
        estimate=alone[at].value,
        low=low if np.isfinite(low) else None,
        high=high if np.isfinite(high) else None,
        level=1 - 2 * alpha if np.isfinite(low) or np.isfinite(high) else None,
        p_value=found[at],
        limit=least,
        n=whole.influence.size,
        method="columns shuffled, Student's t",
        worst=tuple(
            {"column": columns[one], "skill alone": alone[one].value, "skill without": without[one].value}
            for one in sorted(alone, key=lambda one: -alone[one].value)[:_WORST]
        ),
    )
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if guilty else Outcome.PASS,
        claim=claim,
        reason=f"{told}: {beside}",
        evidence=evidence,
        columns=tuple(columns[one] for one in guilty),
        remedy=f"is {columns[at]!r} known when the prediction is made? if not, leave it out" if guilty else "",
        alpha=alpha,
    )


def _p_value(whole: Skill, without: Skill, alone: Skill, least: float, tests: int) -> float:
    """Largest p-value of the three claims: all have to be shown."""
    near = [linear_change(one.value, one.influence, skewed=False).p_above(least) for one in (whole, alone)]
    gone = linear_change(without.value, without.influence, skewed=False).p_below(_LEFT)
    return min(1.0, max(near[0], near[1] * tests, gone * tests))
