"""The question whether there are rows that lie far from all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.quality.asked import asked, share
from mlqa.checks.quality.points import Points, points_of
from mlqa.checks.skipped import skipped
from mlqa.stats.neighbours import crowd_distance, furthest_test, lonely
from mlqa.stats.proportion import clopper_pearson
from mlqa.stats.rates import newcombe
from mlqa.stats.seeds import seed_of
from mlqa.subjects.pooled import comparable, pooled
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["no_outlier_rows"]

_CHECK = "quality.no_outlier_rows"
_CLAIM = "no more rows lie far from all others than in the reference"
_ALONE = "no more rows lie far from all others than the limit allows"
_METHOD = (
    "distance to the k-th nearest row of both tables, hypergeometric tail of the furthest, Bonferroni over the looks"
)
_LEVEL = 0.95
_MOST_ROWS = 1500
_CROWD = 0.01
_FEWEST = 5


def no_outlier_rows(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    at_most: float | None = None,
    min_effect: float = 0.0,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether there are rows that lie far from all others, jointly in all columns.

    FAIL where the rows that lie furthest out are mostly current rows, more
    than chance would deal them to one table.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : DataFrame, path or Profile, optional
        How odd rows may be, is learnt from it.
    columns : list of str, optional
        By default all that the tables have with the same kind. Leave out
        identifiers, and times.
    at_most : float in [0, 1], optional, unit: share of rows
        Limit for a table alone; without it and a reference the check is
        SKIPPED, as every table has a row that is furthest out.
    min_effect : float in [0, 1), unit: share of rows
        Smallest excess of far rows that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows among the furthest,
        less that of the reference; ``columns`` those in which these rows
        differ most; ``evidence.worst`` the rows that lie furthest out.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Notes
    -----
    Numbers count by robust deviations, linear near the median and logarithmic
    far out; categories by being equal or not. The distance is to the k-th
    nearest row [1]_ of both tables, k one in a hundred, so that a handful of
    like odd rows stays odd, and no row's distance depends on whose row it is:
    the test is exact where rows are exchangeable. Alone, a row is far where
    the logarithm of its distance is above the third quartile by more than
    three times the distance of the quartiles. At most 1,500 rows of each table.

    References
    ----------
    .. [1] Ramaswamy, S., Rastogi, R. and Shim, K. (2000), Efficient algorithms
       for mining outliers from large data sets, SIGMOD Record 29, 427-438.

    Examples
    --------
    >>> import polars as pl
    >>> reference = pl.DataFrame({"x": [i % 50 for i in range(500)], "y": [i % 50 for i in range(500)]})
    >>> current = reference.with_columns(y=pl.when(pl.int_range(pl.len()) < 40).then(49 - pl.col("x")).otherwise("y"))
    >>> no_outlier_rows(current, reference=reference).outcome
    <Outcome.FAIL: 'fail'>
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    limit = None if at_most is None else share("at_most", at_most, instead_of=reference)
    min_effect = share("min_effect", min_effect)
    after, before, names = asked(current, reference, columns)
    if before is None and limit is None:
        return skipped(
            _CHECK,
            _CLAIM,
            "there is neither a reference nor a limit",
            alpha=alpha,
            remedy="pass a reference, or at_most=0.01",
        )
    if after.sample is None or (before is not None and before.sample is None):
        return skipped(
            _CHECK, _CLAIM, "the profile holds no rows", alpha=alpha, remedy="save it with rows=True or pass the table"
        )
    usable = set(comparable(after.sample if before is None or before.sample is None else before.sample, after.sample))
    names = [name for name in names if name in usable]
    if not names:
        return skipped(_CHECK, _CLAIM, "there is no column of numbers or categories", alpha=alpha)
    rows = pooled(None if before is None else before.sample, after.sample, names, most=_MOST_ROWS)
    points = points_of(rows.frame)
    distance = crowd_distance(points.places, max(_FEWEST, int(_CROWD * rows.current.size)))
    if limit is not None:
        return _within(points, distance, rows.in_table(after.positions), limit, alpha)
    return _against(points, distance, rows.current, rows.in_table(after.positions), min_effect, alpha)


def _against(
    points: Points,
    distance: NDArray[np.float64],
    current: NDArray[np.bool_],
    places: NDArray[np.int64],
    min_effect: float,
    alpha: float,
) -> Verdict:
    """Judge whether the furthest rows are mostly of the current table."""
    m = int(current.sum())
    n = int(current.size) - m
    looked_at, ours, p_value = furthest_test(distance, current)
    excess = ours / m - (looked_at - ours) / n
    low, high = (float(end[0]) for end in newcombe([looked_at - ours], n, [ours], m, _LEVEL))
    failed = p_value <= alpha and excess > min_effect
    blind = not failed and furthest_test(np.arange(current.size, dtype=np.float64), np.sort(current))[2] > alpha
    far = current & (distance >= np.sort(distance)[::-1][max(0, looked_at - 1)])
    told = f"{ours} of the {looked_at} rows that lie furthest out are current rows"
    blamed = points.odd_columns(far, current) if failed else ()
    within = f"; they differ most in {listed(blamed)}" if blamed else ""
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=_CLAIM,
        reason="so few rows would not have shown even all of them far out" if blind else told + within,
        evidence=Evidence(
            estimate=excess,
            low=min(low, excess),
            high=max(high, excess),
            level=_LEVEL,
            p_value=p_value,
            limit=min_effect,
            unit="of rows",
            n=n + m,
            method=_METHOD,
            worst=_examples(distance, far, places) if failed else (),
        ),
        columns=blamed,
        remedy="look at these rows, and at how they came in" if failed else "",
        alpha=alpha,
    )


def _within(
    points: Points, distance: NDArray[np.float64], places: NDArray[np.int64], at_most: float, alpha: float
) -> Verdict:
    """Hold the share of far rows to a limit."""
    far = lonely(distance)
    hits, n = int(far.sum()), int(far.size)
    level = 1.0 - 2.0 * alpha
    low, high = (float(end) for end in clopper_pearson(hits, n, level=level))
    outcome = Outcome.FAIL if low > at_most else Outcome.PASS if high <= at_most else Outcome.UNDECIDED
    failed = outcome is Outcome.FAIL
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=_ALONE,
        reason=f"{hits} of {n} rows ({number(100 * hits / n)} %) lie far out, limit {number(100 * at_most)} %",
        evidence=Evidence(
            estimate=hits / n,
            low=low,
            high=high,
            level=level,
            limit=at_most,
            unit="of rows",
            n=n,
            method="distance to the k-th nearest row, fence of three quartile distances; Clopper-Pearson interval",
            worst=_examples(distance, far, places) if failed else (),
        ),
        columns=points.odd_columns(far, np.ones_like(far)) if failed else (),
        remedy="look at these rows, and at how they came in" if failed else "",
        alpha=alpha,
    )


def _examples(
    distance: NDArray[np.float64], far: NDArray[np.bool_], places: NDArray[np.int64]
) -> tuple[dict[str, Any], ...]:
    """Return the rows that lie furthest out, by their place in the table."""
    order = np.flatnonzero(far)[np.argsort(-distance[far], kind="stable")][:3]
    return tuple({"current_row": int(places[at]), "distance": float(distance[at])} for at in order)
