"""The question whether a classifier can tell current rows from reference rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from scipy.special import ndtri

from mlqa.alpha import level_of
from mlqa.checks.drift.asked import both_profiles, columns_asked, share_of
from mlqa.checks.drift.boosted import REMEDY, available
from mlqa.checks.drift.domain import Domain, told_apart
from mlqa.checks.drift.encoded import Encoded, encode, usable
from mlqa.checks.skipped import skipped
from mlqa.stats.power import POWER
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["exchangeable"]

_CHECK = "drift.exchangeable"
_CLAIM = "no classifier can tell current rows from reference rows"
_METHOD = "AUC of boosted trees and ridge on rows held out, rank-sum permutation test"
_UNIT = "AUC"
_LEVEL = 0.95
_BY_CHANCE = 0.5
_GROSS = 0.9  # an AUC that no check may miss and still PASS


def exchangeable(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether current rows can be told from reference rows, by all columns together.

    Sees what moves in several columns at once, and combinations that the
    reference has not, where each column by itself looks the same. UNDECIDED
    where there are so few rows that even an AUC of 0.9 could be chance;
    SKIPPED where scikit-learn is not installed.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        By default those that both tables have. Times are used only if named
        here, as a later time is usually no fault.
    min_effect : float in [0, 1), unit: AUC above 0.5
        Smallest difference that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int of at least 0
        Of the split into rows to learn from and rows to try.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the AUC on rows held out: 0.5 where the tables
        cannot be told apart; ``columns`` names at most three columns that the
        classifier goes by.

    Raises
    ------
    UsageError
        If a table cannot be read, a column is not in both, or `min_effect` is
        no share.

    Notes
    -----
    The classifier two-sample test [1]_: learnt on half of the rows, tried on
    the other half, and the other way round, the smaller p-value doubled. At
    most 2,000 rows of each table are used.

    References
    ----------
    .. [1] Lopez-Paz, D., Oquab, M. (2017), Revisiting classifier two-sample
       tests, ICLR.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> rng = np.random.default_rng(0)
    >>> before = pl.DataFrame({name: rng.normal(size=600) for name in "abc"})
    >>> after = pl.DataFrame({name: rng.normal(size=600) for name in "abc"})
    >>> exchangeable(before, after).outcome
    <Outcome.PASS: 'pass'>
    >>> sorted(exchangeable(before, after.with_columns(a=pl.col("b") * 0.9 + pl.col("a") * 0.4)).columns)
    ['a', 'b']
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    min_effect = share_of("min_effect", min_effect, "0.02 leaves an AUC of 0.52 in peace")
    before, after = both_profiles(reference, current)
    names = usable(before, after, columns_asked(before, after, columns), times=columns is not None)
    if before.sample is None or after.sample is None:
        return skipped(
            _CHECK, _CLAIM, "the profile holds no rows", alpha=alpha, remedy="save it with rows=True or pass the table"
        )
    if not names:
        return skipped(_CHECK, _CLAIM, "there is no column of one kind in both tables", alpha=alpha)
    if not available():
        return skipped(_CHECK, _CLAIM, "scikit-learn is not installed", alpha=alpha, remedy=REMEDY)
    encoded = encode(_CHECK, before, after, names, seed)
    if encoded is None or not encoded.features.shape[1]:
        return skipped(_CHECK, _CLAIM, "no column takes more than one value", alpha=alpha)
    return _judged(encoded, told_apart(encoded, alpha), min_effect, alpha, seed)


def _judged(encoded: Encoded, found: Domain, min_effect: float, alpha: float, seed: int) -> Verdict:
    """Say whether the tables are told apart, how well, and by what."""
    failed = found.p_value <= alpha and found.auc - _BY_CHANCE > min_effect
    seen = _detectable(found.rows, alpha)
    blind = not failed and seen > _GROSS
    names = tuple(encoded.names[column] for column, _ in found.used) if failed else ()
    low, high = _interval(found)
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=_CLAIM,
        reason=_reason(found, names, failed, blind),
        evidence=Evidence(
            estimate=found.auc,
            low=low,
            high=high,
            level=_LEVEL,
            p_value=found.p_value,
            limit=_BY_CHANCE + min_effect,
            unit=_UNIT,
            n=int(encoded.current.size),
            method=_METHOD,
            seed=seed,
            detectable=None if blind else seen,
            rows_needed=_rows_needed(found.rows, alpha) if blind else None,
            worst=tuple(
                {"column": encoded.names[at], "AUC lost without": loss} for at, loss in found.used[: len(names)]
            ),
        ),
        columns=names,
        remedy=f"look at {listed(names)} side by side in both tables"
        if names
        else "compare rows of both"
        if failed
        else "",
        alpha=alpha,
    )


def _reason(found: Domain, names: tuple[str, ...], failed: bool, blind: bool) -> str:
    told = f"a row of each table is told apart with an AUC of {number(found.auc)} where chance has 0.5"
    if failed:
        return told + (f", mostly by {listed(names)}" if names else "")
    if blind:
        return f"{told}; with {found.rows[0]} and {found.rows[1]} rows held out even a gross difference could be chance"
    return f"{told}: no more than chance explains, or too little to matter"


def _error(rows: tuple[int, int]) -> float:
    """Return the standard error of an AUC of one half."""
    if min(rows) == 0:
        return math.inf
    return math.sqrt((rows[0] + rows[1] + 1) / (12.0 * rows[0] * rows[1]))


def _detectable(rows: tuple[int, int], alpha: float) -> float:
    """Return the smallest AUC on held-out rows seen with 80 % power."""
    return _BY_CHANCE + _error(rows) * float(ndtri(POWER) - ndtri(alpha / 2.0))


def _interval(found: Domain) -> tuple[float | None, float | None]:
    """Return a normal interval of the AUC."""
    half = _error(found.rows) * float(ndtri((1.0 + _LEVEL) / 2.0))
    return (max(0.0, found.auc - half), min(1.0, found.auc + half)) if math.isfinite(half) else (None, None)


def _rows_needed(rows: tuple[int, int], alpha: float) -> int:
    """Return about how many more rows of both tables would show a gross difference."""
    deviations = float(ndtri(POWER) - ndtri(alpha / 2.0)) / (_GROSS - _BY_CHANCE)
    return sum(max(1, 2 * math.ceil(deviations**2 / 6.0) - 2 * side) for side in rows)
