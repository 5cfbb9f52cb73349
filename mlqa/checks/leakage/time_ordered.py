"""The question whether the reference lies before the current table in time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.special import gammaln, logsumexp

from mlqa.checks.leakage.shared_keys import asked_keys
from mlqa.checks.skipped import skipped
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.grid import Grid, joined
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["time_ordered"]

_CHECK = "leakage.time_ordered"
_CLAIM = "every reference row is from before the current rows"
# of random halves the two shares on the wrong side add up to about 1
_SPLIT, _BY_CHANCE = 0.7, 1e-6
_LEAST_APART = 0.1  # of all rows: one late day in a million rows splits no tables


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """How two tables lie in time.

    Attributes
    ----------
    cut : float
        The time that parts them best.
    late, early : int
        Reference rows after it, and current rows before it.
    overlap : float in [0, 1]
        Least sum, over all instants, of the share of the reference after it and
        the share of current up to it: 1 less a Kolmogorov-Smirnov distance.
    apart : int
        Reference rows before every current row, and current rows after every
        reference row.
    """

    cut: float
    late: int
    early: int
    overlap: float
    apart: int


def time_ordered(reference: Any, current: Any, *, time: str, if_split: bool = False) -> Verdict:
    """Ask whether every row of the reference (train) is from before every row of current (test).

    A contract: true or false, no error rate. A model that was trained on rows
    from after those it is judged by has seen the future.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    time : str
        Column of times, or of numbers that rise with time.
    if_split : bool
        Ask only where the tables are split in time, though not cleanly: current
        is later by a Kolmogorov-Smirnov distance of at least 0.3, or at least a
        tenth of all rows are before all of current or after all of the
        reference; and that is no chance (1 in a million). One instant may then
        be in both. Where rows were dealt at random: SKIPPED.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of the rows of both tables that lies
        on the wrong side of the instant that parts them best.

    Raises
    ------
    UsageError
        If either is no table, or no table has the column.

    Notes
    -----
    Rows dealt at random: that the `a` first of N are all the reference's and
    the `b` last all current's has a hypergeometric chance, about ``2^-(a + b)``
    for tables of equal size. Such a run at both ends is the test of
    exceedances [1]_, which no overlap of the other rows weakens.

    References
    ----------
    .. [1] Sidak, Z. and Vondracek, J. (1957), A simple nonparametric test of
       the difference in location of two populations, Aplikace matematiky 2,
       215-221.

    Examples
    --------
    >>> import polars as pl
    >>> train, test = pl.DataFrame({"year": [2019, 2020, 2022]}), pl.DataFrame({"year": [2021, 2022]})
    >>> time_ordered(train, test, time="year").reason
    "'year': the reference reaches to 2022, current starts at 2021; 1 of 5 rows is on the wrong side of 2020"
    """
    before, after, names = asked_keys(reference, current, "time", [time] if isinstance(time, str) else time)
    name = names[0]
    was, now = before.columns.get(name), after.columns.get(name)
    if was is None or now is None:
        return skipped(_CHECK, _CLAIM, f"one table has no column {name!r}")
    if was.grid is None or now.grid is None or was.kind != now.kind or was.kind not in ("time", "numeric"):
        return skipped(_CHECK, _CLAIM, _unusable(was, now), remedy="parse it first, into dates or times")
    order = _order(was.grid, now.grid)
    if if_split and not _is_split(order, was.present, now.present):
        return skipped(
            _CHECK, _CLAIM, f"the tables are not split by {name!r}: {number(100 * order.overlap)} % of the rows overlap"
        )
    wrong = order.late + order.early
    failed = wrong > 0 if if_split else was.grid.high >= now.grid.low
    ends = f"the reference reaches to {_at(was.grid.high, was)}, current starts at {_at(now.grid.low, now)}"
    rows = was.present + now.present
    lying = f"{wrong} of {rows} rows {'is' if wrong == 1 else 'are'} on the wrong side of {_at(order.cut, was)}"
    lie = lying if wrong else f"both have rows of {_at(order.cut, was)}"
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        claim=_CLAIM,
        reason=f"{name!r}: {ends}" + (f"; {lie}" if failed else ""),
        evidence=Evidence(
            estimate=wrong / rows,
            limit=0.0,
            unit="of rows",
            n=rows,
            method="instant that parts the tables best",
            worst=({"column": name, "late": order.late, "early": order.early, "cut": _at(order.cut, was)},)
            if failed
            else (),
        ),
        columns=(name,) if failed else (),
        remedy="split the tables at one instant" if failed else "",
    )


def _unusable(was: ColumnProfile, now: ColumnProfile) -> str:
    """Say what a column holds that is no time."""
    if not was.present or not now.present:
        return f"{was.name!r} holds no value in one of the tables"
    return f"{was.name!r} holds no times: a {was.kind} in the reference, a {now.kind} in current"


def _order(first: Grid, second: Grid) -> _Order:
    """Find the instant that parts the tables best; rows of that very instant are on neither wrong side."""
    values, x, y = joined(first, second)
    after_x, up_to_y = x.sum() - np.cumsum(x), np.cumsum(y)
    overlap = after_x / x.sum() + up_to_y / y.sum()
    early = up_to_y - y
    at = int(np.lexsort((overlap, after_x + early))[0])
    return _Order(
        cut=float(values[at]),
        late=int(after_x[at]),
        early=int(early[at]),
        overlap=min(1.0, float(overlap.min())),
        apart=int(x[: np.flatnonzero(y)[0]].sum() + y[np.flatnonzero(x)[-1] + 1 :].sum()),
    )


def _is_split(order: _Order, n: int, m: int) -> bool:
    """Tell whether current is later than the reference by more than chance would deal."""
    chance = math.exp(-2.0 * n * m / (n + m) * (1.0 - order.overlap) ** 2)
    if order.overlap <= _SPLIT and chance <= _BY_CHANCE:
        return True
    return order.apart >= _LEAST_APART * (n + m) and _run_chance(order.apart, n, m) <= _BY_CHANCE


def _run_chance(apart: int, n: int, m: int) -> float:
    """Bound the chance that so many rows at the ends are all the reference's first and current's last."""
    last = np.arange(max(0, apart - n), min(apart, m) + 1)
    first = apart - last
    # of all ways to deal n + m rows, those where `first` and `last` are given
    ways = gammaln(n + m - apart + 1) - gammaln(n - first + 1) - gammaln(m - last + 1)
    all_ways = gammaln(n + m + 1) - gammaln(n + 1) - gammaln(m + 1)
    return float(min(1.0, np.exp(logsumexp(ways) - all_ways)))


def _at(value: float, column: ColumnProfile) -> str:
    """Write an instant."""
    if column.kind == "time" and column.dtype.startswith("Date"):
        instant = pl.Series([round(value)]).cast(pl.Datetime("us"))
        return str(instant.cast(pl.Date if column.dtype == "Date" else pl.Datetime("ms")).cast(pl.String).item())
    return number(value)
