"""Whether the mistakes of a classifier cost no more than they may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount, more_rows, where, within
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.paired import paired
from mlqa.errors import UsageError
from mlqa.stats.proportion import clopper_pearson
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["cost_at_most"]

_CHECK = "performance.cost_at_most"
_WORST = 5
_MOST = 1e70
_HALVINGS = 60

Numbers = NDArray[np.float64]


def cost_at_most(
    prediction: Any,
    y: Any,
    *,
    costs: Mapping[tuple[Any, Any], float] | Any,
    limit: float,
    alpha: float | None = None,
) -> Verdict:
    """Check that the mean cost of a row is at most a limit, where some mistakes cost more than others.

    FAIL when a higher cost is shown, PASS when it is ruled out, UNDECIDED
    between the two: a dear mistake that has not happened yet still may.

    Parameters
    ----------
    prediction, y : sequence, Series or array, shape (n,)
        Labels.
    costs : dict, or array of shape (classes, classes)
        ``{(true label, predicted label): cost}``, where what is left out costs
        nothing; or a row for each true class and a column for each predicted
        one, of the sorted labels. A negative cost is a gain.
    limit : float, in the unit of the costs
        Of the mean over rows.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, and of a false PASS.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the mean cost; ``evidence.worst`` the pairs of
        labels that cost the most.

    Raises
    ------
    UsageError
        If the labels or costs do not fit.

    Notes
    -----
    Each pair of labels has its exact (Clopper-Pearson) limits, which are
    combined as independent parts [1]_: the interval has a length also where a
    dear mistake was not seen at all.

    References
    ----------
    .. [1] Zou, G. Y., Huang, W., Zhang, X. (2009), A note on confidence
       interval estimation for a linear function of binomial proportions,
       Computational Statistics & Data Analysis 53, 1080-1085.

    Examples
    --------
    >>> y = np.tile([0, 0, 0, 1], 500)
    >>> costs = {(1, 0): 10.0, (0, 1): 1.0}
    >>> [cost_at_most(np.zeros(2000), y, costs=costs, limit=limit).outcome.name for limit in (2.0, 2.5, 3.0)]
    ['FAIL', 'UNDECIDED', 'PASS']
    """
    alpha = level_of(alpha)
    line = amount("limit", limit, least=-np.inf, hint="pass the largest mean cost of a row that you accept")
    target = rows_of("y", y)
    given = rows_of("prediction", prediction, len(target))
    rows = paired("labels", target, {"prediction": given}, None)
    classes = np.unique(np.concatenate([target, given]))
    table = _table(costs, classes)
    counts = np.bincount(rows.y * classes.size + rows.predictions[0], minlength=classes.size**2).astype(np.float64)
    cost, n = table.ravel(), len(target)
    estimate = float(counts @ cost) / n
    low, high = _interval(counts, cost, n, alpha)
    outcome = within(low, high, line)
    evidence = Evidence(
        estimate=estimate,
        low=low,
        high=high,
        level=1 - 2 * alpha,
        p_value=_p_value(counts, cost, n, line),
        limit=line,
        unit="a row",
        n=n,
        method="Clopper-Pearson limits combined",
        rows_needed=more_rows(n, low, high, estimate, line) if outcome is Outcome.UNDECIDED else None,
        worst=_worst(counts, cost, classes, n) if outcome is Outcome.FAIL else (),
    )
    remedy = {Outcome.FAIL: "move the decision to the side that costs less", Outcome.UNDECIDED: "give more rows"}
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=f"mistakes cost at most {number(line)} a row",
        reason=f"the mean cost is {number(estimate)}; its interval is {where(outcome)} the limit",
        evidence=evidence,
        remedy=remedy.get(outcome, ""),
        alpha=alpha,
    )


def _table(costs: Any, classes: NDArray[Any]) -> Numbers:
    """Read the costs as an array over the labels that occur."""
    hint = "write {(true, predicted): cost}, or an array with a row and a column for each sorted label"
    if isinstance(costs, Mapping):
        table, place = np.zeros((classes.size, classes.size)), {name: k for k, name in enumerate(classes.tolist())}
        for pair, cost in costs.items():
            if not isinstance(pair, tuple) or len(pair) != 2:
                raise UsageError("costs", pair, "pairs (true label, predicted label)", hint)
            value = amount("costs", cost, least=-_MOST, most=_MOST, hint=hint)
            if pair[0] in place and pair[1] in place:
                table[place[pair[0]], place[pair[1]]] = value
        return table
    try:
        table = np.asarray(costs, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError("costs", costs, "numbers", hint) from error
    if table.shape != (classes.size, classes.size) or not np.isfinite(table).all():
        wanted = f"finite numbers of shape {(classes.size, classes.size)}: these labels occur"
        raise UsageError("costs", costs, wanted, hint, f"shape {table.shape}")
    return table


def _interval(counts: Numbers, cost: Numbers, n: int, alpha: float) -> tuple[float, float]:
    """Both one-sided ends at `alpha`."""
    share = counts / n
    # Pairs of equal cost are one kind of event; the cheapest is what is left when no other happens.
    base = float(cost.min())
    kinds = np.array([value for value in np.unique(cost) if value > base])
    if kinds.size == 0:
        return base, base
    hits = np.array([counts[cost == value].sum() for value in kinds])
    low, high = clopper_pearson(hits, n, level=1 - alpha, sides=1)
    share, weight = hits / n, kinds - base
    centre = base + float(share @ weight)
    return centre - float(np.hypot.reduce(weight * (share - low))), centre + float(
        np.hypot.reduce(weight * (high - share))
    )


def _p_value(counts: Numbers, cost: Numbers, n: int, line: float) -> float:
    """Find the level at which the interval's lower end meets the limit."""
    if _interval(counts, cost, n, 0.5)[0] <= line:
        return 1.0
    low, high = -300.0, float(np.log10(0.5))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if _interval(counts, cost, n, 10.0**middle)[0] > line else (middle, high)
    return float(10.0**high)


def _worst(counts: Numbers, cost: Numbers, classes: NDArray[Any], n: int) -> tuple[dict[str, Any], ...]:
    paid = counts * cost
    order = [int(k) for k in np.argsort(-paid, kind="stable")[:_WORST] if paid[k] > 0]
    names = classes.tolist()
    return tuple(
        {
            "true": names[k // classes.size],
            "predicted": names[k % classes.size],
            "rows": int(counts[k]),
            "cost": float(cost[k]),
            "share of all costs": float(paid[k] / paid[paid > 0].sum()),
        }
        for k in order
    )
