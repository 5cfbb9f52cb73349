"""The question whether the same of two columns is the larger as often as before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.drift.asked import both_profiles, columns_asked, share_of
from mlqa.checks.drift.encoded import usable
from mlqa.checks.drift.orders import Order, like_pairs, orders
from mlqa.checks.skipped import skipped
from mlqa.report.bars import share_bars
from mlqa.stats.counts import attainable_p
from mlqa.stats.power import GROSS, rows_to_see, share_detectable
from mlqa.stats.rates import newcombe
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["orders_hold"]

_CHECK = "drift.orders_hold"
_CLAIM = "of any two columns the same is the larger, as often as in the reference"
_METHOD = "exact test of the sign of the difference of two columns, Tarone-Holm over the pairs; Newcombe interval"
_UNIT = "of current rows"
_LEVEL = 0.95
_WORST, _BARS = 10, 10


def orders_hold(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask of any two columns of numbers, or of times, whether the same one is the larger as often as before.

    Finds two columns that changed places though they hold nearly the same
    numbers, a start after its end, a low above its high: in all rows or in a
    few. Only columns of like scale are compared. SKIPPED where there are none,
    UNDECIDED where there are too few rows to see even half of them exchanged.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        By default those that both tables have.
    min_effect : float in [0, 1), unit: share of rows
        Smallest change that matters. What no row of the reference shows is
        news at any share, and exempt.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all pairs together.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the change of the share of rows in which the
        first of the worst pair is below (equal to, above) the second;
        ``columns`` names the pair, or the one column that all pairs share.

    Raises
    ------
    UsageError
        If a table cannot be read, a column is not in both, or `min_effect` is
        no share.

    Notes
    -----
    Null hypothesis: rows are exchangeable. Fisher's exact test of each
    relation of each pair; those that could not have shown as much take no part
    in the correction [1]_. At most 10,000 rows of each table are used, and the
    2,000 closest pairs.

    References
    ----------
    .. [1] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> rng = np.random.default_rng(0)
    >>> low = rng.normal(size=600)
    >>> table = pl.DataFrame({"low": low, "high": low + rng.exponential(size=600)})
    >>> orders_hold(table[:300], table[300:]).outcome
    <Outcome.PASS: 'pass'>
    >>> orders_hold(table[:300], table[300:].rename({"low": "high", "high": "low"})).columns
    ('low', 'high')
    """
    alpha, _ = level_of(alpha), seed_of(seed)
    min_effect = share_of("min_effect", min_effect, "0.02 leaves two rows in a hundred in peace")
    before, after = both_profiles(reference, current)
    asked = columns_asked(before, after, columns)
    if before.sample is None or after.sample is None:
        return skipped(
            _CHECK, _CLAIM, "the profile holds no rows", alpha=alpha, remedy="save it with rows=True or pass the table"
        )
    names = usable(before, after, asked, times=True)
    pairs = like_pairs(before.sample, after.sample, names)
    if not pairs:
        return skipped(_CHECK, _CLAIM, "there are no two columns of numbers or times of like scale", alpha=alpha)
    found = orders(before.sample, after.sample, pairs)
    return _judged(found, (before.sample.height, after.sample.height), min_effect, alpha)


def _judged(found: list[Order], rows: tuple[int, int], min_effect: float, alpha: float) -> Verdict:
    """Say which pairs changed their order, and which columns explain it."""
    alarms = [order for order in found if order.p_value <= alpha and (order.new or order.effect > min_effect)]
    n, m = rows
    blind = not alarms and float(attainable_p([min(n, m)], n, m)[0]) * 2 * len(found) > alpha
    top = alarms[0] if alarms else found[0]
    names = _blamed(alarms)
    low, high = _interval(top, n, m)
    seen = share_detectable(n, m, alpha / (2 * len(found)))
    evidence = Evidence(
        estimate=top.now - top.was,
        low=low,
        high=high,
        level=_LEVEL,
        p_value=top.p_value,
        limit=min_effect,
        unit=_UNIT,
        n=n + m,
        method=_METHOD,
        detectable=seen if seen <= 1.0 else None,
        rows_needed=max(1, 2 * rows_to_see(GROSS, alpha / (2 * len(found))) - n - m) if blind else None,
        worst=tuple(_example(order) for order in alarms[:_WORST]),
        plot=_bars(alarms) if alarms else None,
    )
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if alarms else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=_CLAIM,
        reason=_reason(alarms, found, rows, blind),
        evidence=evidence,
        columns=names,
        remedy=f"look at whether {listed(names)} changed places, in all rows or in some" if alarms else "",
        alpha=alpha,
    )


def _blamed(alarms: list[Order]) -> tuple[str, ...]:
    """Return the columns that explain the alarms: both of a pair, but only the one that many pairs share."""
    named: list[str] = []
    rest = list(alarms)
    while rest:
        pairs_of = Counter(name for order in rest for name in (order.first, order.second))
        most = max(pairs_of.values())
        top = rest[0]
        shared = [name for name in pairs_of if pairs_of[name] == most] if most > 1 else []
        named += [shared[0]] if len(shared) == 1 else [top.first, top.second]
        rest = [order for order in rest if order.first not in named and order.second not in named]
    return tuple(dict.fromkeys(named))


def _interval(top: Order, n: int, m: int) -> tuple[float, float]:
    low, high = newcombe([round(top.was * n)], n, [round(top.now * m)], m, _LEVEL)
    return float(low[0]), float(high[0])


def _example(order: Order) -> dict[str, Any]:
    return {
        "pair": f"{order.first} {order.relation} {order.second}",
        "reference": order.was,
        "current": order.now,
        "p_value": order.p_value,
    }


def _bars(alarms: list[Order]) -> dict[str, Any]:
    """Draw the shares of rows of each pair."""
    drawn = alarms[:_BARS]
    labels = [f"{order.first} {order.relation} {order.second}" for order in drawn]
    sides = ([round(share, 6) for share in shares] for shares in zip(*((order.was, order.now) for order in drawn)))
    before, after = sides
    return share_bars("order of two columns", labels, before, after)


def _said(order: Order) -> str:
    """Say how often the first is below, equal to or above the second."""
    shares = f"{number(100 * order.now)} % of the current rows, {number(100 * order.was)} % of the reference"
    return f"{order.first!r} is {order.relation} {order.second!r} in {shares}"


def _reason(alarms: list[Order], found: list[Order], rows: tuple[int, int], blind: bool) -> str:
    if alarms:
        others = len(alarms) - 1
        more = f"; {others} more {'pairs' if others > 1 else 'pair'} changed" if others else ""
        return _said(alarms[0]) + more
    if blind:
        return f"with {rows[0]} and {rows[1]} rows not even two columns that changed places would have shown"
    pairs = "1 pair of columns is" if len(found) == 1 else f"{len(found)} pairs of columns are"
    return f"{pairs} in the order of the reference, as far as chance leaves it"
