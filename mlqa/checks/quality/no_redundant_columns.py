"""The question whether two columns say the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mlqa.alpha import level_of, share_of
from mlqa.checks.quality.asked import asked, share
from mlqa.checks.quality.pairs import Columns, Pair, columns_of, correlated, equivalent, risen
from mlqa.checks.skipped import skipped
from mlqa.stats.association import spearman_interval
from mlqa.stats.seeds import seed_of
from mlqa.subjects.pooled import comparable, pooled
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_redundant_columns"]

_CHECK = "quality.no_redundant_columns"
_CLAIM = "no two columns say the same"
_METHOD = (
    "equal values: Fisher's exact test, one-sided; correlation: rank-sum test of rank products; Holm over the pairs"
)
_REMEDY = "drop one of the two, or look at the step that fills {!r}"
_LEVEL = 0.95
_MOST_ROWS, _FEWEST_ROWS, _MOST_CELLS = 5000, 500, 1e9


def no_redundant_columns(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    at_most: float | None = None,
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether two columns say the same.

    A table alone fails where two columns are equal in every row but for the
    names of their values (a contract on the rows at hand). Beside a reference
    it fails where two columns hold equal values in more rows than there, or
    are nearly in the same order now: a column was copied over another.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : DataFrame, path or Profile, optional
        Pairs that say the same there too are a property of the data.
    columns : list of str, optional
        By default all that the tables have with the same kind.
    at_most : float in [0, 1], optional
        Limit on Spearman's correlation, either sign; for a table alone.
    min_effect : float in [0, 1)
        Smallest share of copied rows that matters, where the two columns hardly
        agree in the reference; where they agree by nature it is a half. Five
        times as much of the correlation, which has to exceed 0.8 now.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is what the worst pair shares, or by how much it
        rose; ``columns`` the fewest columns that explain all pairs.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Notes
    -----
    Which rows hold equal values, and the products of ranks over both tables
    together, do not depend on whose row is whose: the tests are valid where
    rows are exchangeable. At most 5,000 rows of each table.

    Examples
    --------
    >>> import polars as pl
    >>> table = pl.DataFrame({"sex": ["f", "m"] * 50, "x": range(100), "code": [0, 1] * 50})
    >>> no_redundant_columns(table).reason
    "'code' and 'sex' are the same but for the names of their values"
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    min_effect = share("min_effect", min_effect)
    if at_most is not None:
        at_most = share_of("at_most", at_most, "leave it out for the default", called="a correlation")
    after, before, names = asked(current, reference, columns)
    level = None if before is None and at_most is None else alpha
    if after.sample is None or (before is not None and before.sample is None):
        return skipped(
            _CHECK, _CLAIM, "the profile holds no rows", alpha=level, remedy="save it with rows=True or pass the table"
        )
    usable = set(comparable(after.sample if before is None or before.sample is None else before.sample, after.sample))
    names = [name for name in names if name in usable]
    if len(names) < 2:
        return skipped(_CHECK, _CLAIM, "there are no two columns to compare", alpha=level)
    most = int(min(_MOST_ROWS, max(_FEWEST_ROWS, _MOST_CELLS / len(names) ** 2)))
    rows = pooled(None if before is None else before.sample, after.sample, names, most=most)
    found = columns_of(rows)
    if before is None:
        return _alone(found, at_most, alpha)
    pairs = risen(found, alpha, min_effect)
    blind = not pairs and min(int(found.current.sum()), int((~found.current).sum())) < _least_rows(len(names), alpha)
    return _judged(pairs, found, len(names), alpha=alpha, limit=min_effect, blind=blind)


def _least_rows(columns: int, alpha: float) -> int:
    """Rows of each table that could show a whole column copied over another: halves of a coin's flips."""
    return int(np.ceil(np.log2(columns**2 / alpha) / 2.0)) + 1


def _alone(found: Columns, at_most: float | None, alpha: float) -> Verdict:
    """Judge one table: by contract, or by a limit on the correlation."""
    pairs = equivalent(found)
    if at_most is None:
        return _judged(pairs, found, len(found.names), alpha=None, limit=None, blind=False)
    n, table = found.current.size, correlated(found, found.current)
    level = 1.0 - 2.0 * alpha / max(1, len(found.names) * (len(found.names) - 1) // 2)
    known = {frozenset((pair.one, pair.other)) for pair in pairs}
    for first, second in zip(*np.nonzero(np.triu(np.abs(table) > at_most, 1))):
        value = float(table[first, second])
        low, high = spearman_interval(value, n, level)
        one, other = found.names[second], found.names[first]
        if min(abs(low), abs(high)) > at_most and low * high > 0 and frozenset((one, other)) not in known:
            low, high = spearman_interval(value, n, _LEVEL)
            pairs.append(Pair(one=one, other=other, what="correlation", current=value, low=low, high=high))
    pairs.sort(key=lambda pair: (-abs(pair.current), pair.one, pair.other))
    return _judged(pairs, found, len(found.names), alpha=alpha, limit=at_most, blind=False)


def _judged(
    pairs: list[Pair], found: Columns, count: int, *, alpha: float | None, limit: float | None, blind: bool
) -> Verdict:
    """Turn the pairs at fault into a verdict."""
    outcome = Outcome.FAIL if pairs else Outcome.UNDECIDED if blind else Outcome.PASS
    top = pairs[0] if pairs else None
    blamed = _fewest(pairs)
    estimate = None if top is None else top.current if top.reference is None else top.current - top.reference
    tested = f"{count * (count - 1) // 2} pairs of columns"
    quiet = f"none of {tested} says the same" + ("" if alpha is None or limit is None else " more than it may")
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=_CLAIM,
        reason=_told(pairs) if pairs else "so few rows would not have shown even a copied column" if blind else quiet,
        evidence=Evidence(
            estimate=estimate,
            low=None if top is None else top.low,
            high=None if top is None else top.high,
            level=_LEVEL if top is not None and top.low is not None else None,
            p_value=None if top is None else top.p_value,
            limit=limit,
            unit="" if top is None or top.what == "correlation" else "of rows",
            n=found.current.size,
            method="equal rows" if alpha is None else _METHOD,
            worst=tuple(_example(pair) for pair in pairs[:10]),
        ),
        columns=tuple(blamed),
        remedy=_REMEDY.format(blamed[0]) if blamed else "",
        alpha=alpha,
    )


def _fewest(pairs: list[Pair]) -> list[str]:
    """Return few columns that every pair has one of; then those they are like, while there are few."""
    left, blamed = list(pairs), []
    while left:
        counts: dict[str, int] = {}
        for pair in left:
            counts[pair.one] = counts.get(pair.one, 0) + 1
            counts[pair.other] = counts.get(pair.other, 0) + 1
        most = max(counts.values())
        name = next(side for pair in left for side in (pair.one, pair.other) if counts[side] == most)
        blamed.append(name)
        left = [pair for pair in left if name not in (pair.one, pair.other)]
    partners = [pair.other for pair in pairs] + [pair.one for pair in pairs]
    return blamed + ([name for name in dict.fromkeys(partners) if name not in blamed][:1] if len(pairs) == 1 else [])


def _told(pairs: list[Pair]) -> str:
    """Say what the worst pair shares, and how many others there are."""
    top = pairs[0]
    both = f"{top.one!r} and {top.other!r}"
    more = f"; {len(pairs) - 1} more pairs" if len(pairs) > 1 else ""
    if top.what == "one value for one":
        return f"{both} are the same but for the names of their values{more}"
    if top.what == "equal values" and top.reference is None:
        return f"{both} hold equal values in every row{more}"
    was = "" if top.reference is None else f", {number(top.reference)} in the reference"
    if top.what == "correlation":
        return f"{both} have a rank correlation of {number(top.current)}{was}{more}"
    was = f", in the reference in {number(100 * (top.reference or 0.0))} %"
    return f"{both} hold equal values in {number(100 * top.current)} % of rows{was}{more}"


def _example(pair: Pair) -> dict[str, Any]:
    told: dict[str, Any] = {"column": pair.one, "like": pair.other, "what": pair.what, "current": pair.current}
    return told | {
        key: value for key, value in (("reference", pair.reference), ("p_value", pair.p_value)) if value is not None
    }
