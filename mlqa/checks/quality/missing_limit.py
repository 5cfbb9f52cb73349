"""The question whether the share of missing values stays within a limit; no reference needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import share_of
from mlqa.errors import UsageError, nearest
from mlqa.stats.proportion import clopper_pearson, rows_needed
from mlqa.subjects.profile import Profile
from mlqa.subjects.table import known_names
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["missing_within"]

Shares = NDArray[np.float64]


def missing_within(
    check: str,
    after: Profile,
    columns: Sequence[str] | None,
    at_most: float | Mapping[str, float],
    alpha: float,
) -> Verdict:
    """Judge every column's exact interval of the missing share against its limit.

    Parameters
    ----------
    check : str
        Id of the verdict.
    after : Profile
    columns : list of str or None
        By default those that `at_most` names, else all.
    at_most : float in [0, 1], or mapping of column to float
        A limit of 0 is a contract on the rows at hand.
    alpha : float in (0, 0.5)
        Shared among the columns by Bonferroni; one-sided.

    Raises
    ------
    UsageError
        If a limit is no share, or a column is unknown.

    Notes
    -----
    Interval: Clopper and Pearson (1934), one-sided at ``alpha / columns``.
    """
    names, limits = _limits(after, columns, at_most)
    n, contract = after.rows, bool((limits == 0.0).all())
    missing = np.array([after.columns[name].nulls for name in names])
    share, level = missing / n, 1.0 - 2.0 * alpha / len(names)
    low, high = clopper_pearson(missing, n, level=level)
    above = np.where(limits == 0.0, missing > 0, low > limits)
    within = np.where(limits == 0.0, missing == 0, high <= limits)
    outcome = Outcome.FAIL if above.any() else Outcome.PASS if within.all() else Outcome.UNDECIDED
    order = [int(at) for at in np.lexsort((limits - share, within, ~above))]
    top = order[0]
    blamed = tuple(names[at] for at in order if above[at])
    open_ = [at for at in order if not above[at] and not within[at]]
    straddling, more = [names[at] for at in open_], None
    if straddling and not blamed:
        # the column nearest to its limit takes the most rows, and decides with them for all
        hardest = min(open_, key=lambda at: abs(share[at] - limits[at]))
        more = rows_needed(int(missing[hardest]), n, float(limits[hardest]), alpha=alpha / len(names))
    evidence = Evidence(
        estimate=float(share[top]),
        low=None if contract else float(low[top]),
        high=None if contract else float(high[top]),
        level=None if contract else level,
        limit=float(limits[top]),
        unit="of rows",
        n=n,
        method="count of missing values" if contract else "Clopper-Pearson interval, Bonferroni over the columns",
        rows_needed=more,
        worst=tuple(_example(names[at], share[at], limits[at]) for at in order if above[at]),
    )
    return Verdict(
        check=check,
        outcome=outcome,
        claim="values are missing no more often than the limit allows",
        reason=_reason(outcome, blamed, straddling, (float(share[top]), float(limits[top])), len(names)),
        evidence=evidence,
        columns=blamed,
        remedy="look at the step that fills the column, or raise at_most" if blamed else "",
        alpha=None if contract else alpha,
    )


def _example(name: str, share: float, limit: float) -> dict[str, float | str]:
    return {"column": name, "current": float(share), "limit": float(limit)}


def _limits(
    after: Profile, columns: Sequence[str] | None, at_most: float | Mapping[str, float]
) -> tuple[list[str], Shares]:
    """Return the columns and the limit of each."""
    if isinstance(at_most, Mapping):
        names = known_names(list(at_most) if columns is None else columns, after.columns, name="at_most")
        for name in names:
            if name not in at_most:
                hint = nearest(name, [str(key) for key in at_most])
                raise UsageError("columns", name, "a column that at_most gives a limit", hint, "no limit")
        given = [at_most[name] for name in names]
    else:
        names = list(after.columns) if columns is None else known_names(columns, after.columns)
        given = [at_most] * len(names)
    if not names:
        raise UsageError("columns", names, "at least one column", "leave columns out for all of them", "none")
    limits = [share_of("at_most", limit, "0.05 is five points") for limit in given]
    return names, np.array(limits, dtype=np.float64)


def _reason(
    outcome: Outcome, blamed: tuple[str, ...], straddling: list[str], measured: tuple[float, float], count: int
) -> str:
    """Say in one sentence why the outcome is what it is."""
    if outcome is Outcome.PASS:
        columns = "1 column" if count == 1 else f"all {count} columns"
        return f"the missing share of {columns} lies within the limit"
    share, limit = measured
    compared = f"{number(100 * share)} % of rows, limit {number(100 * limit)} %"
    if outcome is Outcome.FAIL:
        others = f"; also {listed(blamed[1:])}" if len(blamed) > 1 else ""
        return f"{blamed[0]!r} is missing in {compared}{others}"
    return f"the interval of {listed(straddling)} straddles the limit: {compared}"
