"""The question whether each column still follows from the others as it did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mlqa.alpha import level_of
from mlqa.checks.drift.asked import both_profiles, columns_asked, share_of
from mlqa.checks.drift.encoded import Encoded, encode, usable
from mlqa.checks.drift.fits import LEVEL, bounded, fit_bars, interval
from mlqa.checks.drift.guilty import guilty
from mlqa.checks.drift.relations import Relation, relations
from mlqa.checks.drift.surprise import detectable
from mlqa.checks.skipped import skipped
from mlqa.stats.multiple import holm
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["relations_hold"]

_CHECK = "drift.relations_hold"
_CLAIM = "each column follows from the others as in the reference"
_METHOD = "ridge of each column on the others, likelihood-ratio permutation test, Holm over the columns"
_UNIT = "of current rows"
_FEW_ROWS = 100


def relations_hold(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether each column still follows from the others as it did.

    Finds what no look at single columns can: a column that was shuffled,
    swapped with another, copied from another or misaligned, in all rows or in
    some, in either table; the label counts as a column. Columns that the others
    tell nothing about are left out. SKIPPED where all are; UNDECIDED where
    there are too few rows to tell.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        Asked about, and learnt from; by default those that both tables have.
        Times are used only if named here.
    min_effect : float in [0, 1), unit: share of rows
        Smallest share of broken rows that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all columns together.
    seed : int of at least 0
        Of the split of the reference into halves.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows in which the worst
        column looks as if it were of another row, less that of the reference:
        below 0 where the reference is the worse;
        ``columns`` names the columns at fault, and not those that no longer
        fit only because they are predicted from one at fault.

    Raises
    ------
    UsageError
        If a table cannot be read, a column is not in both, or `min_effect` is
        no share.

    Notes
    -----
    Null hypothesis: rows are exchangeable. Each column is predicted from all
    others by ridge regression on ranks and cells, by models of both tables
    together, cross-fitted, and by models of half of the reference. How much
    more likely each loss is of a row broken on purpose than of one as it is
    gives the test statistic [1]_; the tail of its permutation distribution is
    a saddlepoint approximation. At most 2,000 rows of each table are used.

    References
    ----------
    .. [1] Kim, I., Ramdas, A., Singh, A., Wasserman, L. (2021), Classification
       accuracy as a proxy for two-sample testing, Annals of Statistics 49,
       411-434.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> rng = np.random.default_rng(0)
    >>> x, z = rng.normal(size=(2, 800))
    >>> table = pl.DataFrame({"x": x, "twice": 2 * x + 0.2 * rng.normal(size=800), "z": z, "sum": x + z})
    >>> relations_hold(table[:400], table[400:]).outcome
    <Outcome.PASS: 'pass'>
    >>> shuffled = table[400:].with_columns(pl.col("x").reverse())
    >>> relations_hold(table[:400], shuffled).columns
    ('x',)
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    min_effect = share_of("min_effect", min_effect, "0.02 leaves two rows in a hundred in peace")
    before, after = both_profiles(reference, current)
    names = usable(before, after, columns_asked(before, after, columns), times=columns is not None)
    if before.sample is None or after.sample is None:
        return skipped(
            _CHECK, _CLAIM, "the profile holds no rows", alpha=alpha, remedy="save it with rows=True or pass the table"
        )
    if len(names) < 2:
        return skipped(_CHECK, _CLAIM, "there are no two columns of one kind in both tables", alpha=alpha)
    encoded = encode(_CHECK, before, after, names, seed)
    if encoded is None:
        return skipped(
            _CHECK, _CLAIM, "the profile holds no rows", alpha=alpha, remedy="save it with rows=True or pass the table"
        )
    told = {one.column: one for one in relations(encoded, range(len(names)), alpha / len(names))}
    if not told:
        return _nothing_told(encoded, alpha)
    return _judged(encoded, told, min_effect, alpha, seed)


def _nothing_told(encoded: Encoded, alpha: float) -> Verdict:
    """Say that no column follows from the others, or that there are too few rows to see it."""
    sides = int((~encoded.current).sum()), int(encoded.current.sum())
    if min(sides) >= _FEW_ROWS:
        return skipped(_CHECK, _CLAIM, "no column can be told from the others", alpha=alpha)
    reason = f"with {sides[0]} and {sides[1]} rows not even a shuffled column would have shown"
    needed = sum(max(0, _FEW_ROWS - rows) for rows in sides)
    evidence = Evidence(n=sum(sides), method=_METHOD, rows_needed=needed)
    return Verdict(check=_CHECK, outcome=Outcome.UNDECIDED, claim=_CLAIM, reason=reason, evidence=evidence, alpha=alpha)


def _judged(encoded: Encoded, told: Mapping[int, Relation], min_effect: float, alpha: float, seed: int) -> Verdict:
    """Judge the columns together, and find those at fault."""
    adjusted = dict(zip(told, holm([relation.p_value for relation in told.values()]).tolist()))
    order = sorted(told, key=lambda column: (adjusted[column], -abs(told[column].told.share), column))
    alarms = [column for column in order if adjusted[column] <= alpha and abs(told[column].told.share) > min_effect]
    at_fault = guilty(encoded, told, alpha / len(told)) if alarms else []
    top = told[at_fault[0] if at_fault else order[0]]
    able = [share for share in (detectable(one.pooled, alpha / len(told)) for one in told.values()) if share <= 1.0]
    low, high = interval(top.told)
    evidence = Evidence(
        estimate=bounded(top.told.share),
        low=low,
        high=high,
        level=LEVEL,
        p_value=adjusted[top.column],
        unit=_UNIT,
        n=int(encoded.current.size),
        method=_METHOD,
        seed=seed,
        detectable=float(np.median(able)) if able else None,
        worst=tuple(_example(encoded, told[column], adjusted[column]) for column in at_fault),
        plot=fit_bars([(encoded.names[column], told[column]) for column in order]) if at_fault else None,
    )
    names = [encoded.names[column] for column in at_fault]
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if at_fault else Outcome.PASS,
        claim=_CLAIM,
        reason=_broken(names, top, len(alarms)) if at_fault else _quiet(encoded, told),
        evidence=evidence,
        columns=tuple(names),
        remedy=f"look at how {names[0]!r} was joined, sorted or copied" if names else "",
        alpha=alpha,
    )


def _example(encoded: Encoded, relation: Relation, p_value: float) -> dict[str, Any]:
    return {
        "column": encoded.names[relation.column],
        "share": bounded(relation.told.share),
        "worse in": relation.worse,
        "p_value": p_value,
    }


def _broken(names: list[str], top: Relation, alarms: int) -> str:
    """Say what no longer fits, in which table, and in how many rows."""
    share = number(100 * min(1.0, abs(top.told.share)))
    others = f"; also {listed(names[1:])}" if len(names) > 1 else ""
    more = alarms - len(names)
    spoilt = f"; {more} more {'columns fit' if more > 1 else 'column fits'} worse for it" if more > 0 else ""
    return f"{names[0]!r} does not fit the rest of its row in about {share} % of the {top.worse} rows{others}{spoilt}"


def _quiet(encoded: Encoded, told: Mapping[int, Relation]) -> str:
    """Say of how many columns there is an answer, and which ones the others do not tell."""
    rest = [name for column, name in enumerate(encoded.names) if column not in told]
    left = f"; the others do not tell {listed(rest)}" if rest else ""
    counted = "1 column follows" if len(told) == 1 else f"{len(told)} columns follow"
    return f"{counted} from the others as in the reference{left}"
