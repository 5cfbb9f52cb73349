"""The question whether values are missing more often than they were, or than a limit allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from mlqa.alpha import level_of, share_of
from mlqa.checks.quality.missing_limit import missing_within
from mlqa.checks.skipped import skipped
from mlqa.errors import UsageError
from mlqa.report.bars import share_bars
from mlqa.stats.attainable import holm_attainable
from mlqa.stats.power import GROSS, POWER
from mlqa.stats.rates import newcombe, rise_p_value, smallest_count_seen
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.profile import Profile, profile
from mlqa.subjects.table import known_names
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["missing_rate_holds"]

_CHECK = "quality.missing_rate_holds"
_LEVEL = 0.95
_CLAIM = "values are missing no more often than in the reference"
_METHOD = "Fisher's exact test, one-sided, Holm over the columns that could show it; Newcombe interval"

Counts = NDArray[np.int64]


def missing_rate_holds(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    at_most: float | Mapping[str, float] | None = None,
    min_effect: float = 0.005,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether values are missing more often than in the reference.

    FAIL where a rise is shown at `alpha` (exact, corrected over the columns) and
    the 95 % interval of the rise lies above `min_effect`. UNDECIDED only where
    so few rows are there that not even half of all values going missing would
    have shown.

    Parameters
    ----------
    reference : DataFrame, path or Profile, or None
        None where `at_most` is given.
    current : DataFrame, path or Profile
    columns : list of str, optional
        By default those that both tables have.
    at_most : float in [0, 1], or mapping of column to float, optional
        Limit on the share of missing values instead of a reference: FAIL where
        the exact interval lies above it, PASS where below, UNDECIDED where it
        straddles. A limit of 0 is a contract on the rows at hand.
    min_effect : float in [0, 1), unit: share of rows
        Smallest rise that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the largest rise (or share) among the columns
        at fault; ``evidence.detectable`` the smallest rise that would be seen
        in the column where that is hardest.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used, or both or neither of
        reference and `at_most` are given.

    Notes
    -----
    Under exchangeable rows the number missing in current, given the number
    missing in all, is hypergeometric [1]_. Holm holds the error over the
    columns under any dependence, and counts those only that have enough missing
    values, in both tables together, to come to such a p-value [2]_. Interval of
    the difference: Newcombe's method 10 [3]_. Text that spells 'no value' is a
    value here: `one_null_spelling` asks about it.

    References
    ----------
    .. [1] Fisher, R. A. (1935), The logic of inductive inference, Journal of
       the Royal Statistical Society 98, 39-82.
    .. [2] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.
    .. [3] Newcombe, R. G. (1998), Interval estimation for the difference
       between independent proportions, Statistics in Medicine 17, 873-890.

    Examples
    --------
    >>> import polars as pl
    >>> reference = pl.DataFrame({"age": [30] * 200})
    >>> current = pl.DataFrame({"age": [30] * 150 + [None] * 50})
    >>> missing_rate_holds(reference, current).columns
    ('age',)
    >>> missing_rate_holds(None, current, at_most=0.4).outcome
    <Outcome.PASS: 'pass'>
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    min_effect = share_of("min_effect", min_effect, "0.005 is half a point", below_one=True)
    if (reference is None) == (at_most is None):
        hint = "pass a reference table, or None and at_most=0.05"
        raise UsageError("reference", reference, "either a reference or at_most", hint)
    after = profile(current, name="current")
    if at_most is not None:
        return missing_within(_CHECK, after, columns, at_most, alpha)
    before = profile(reference, name="reference")
    asked = _asked(before, after, columns)
    if not asked:
        return skipped(_CHECK, _CLAIM, "the two tables share no column", alpha=alpha)
    pairs = [(before.columns[name], after.columns[name]) for name in asked]
    return _compared(pairs, (before.rows, after.rows), min_effect, alpha)


def _asked(before: Profile, after: Profile, columns: Sequence[str] | None) -> list[str]:
    """Return the columns that both tables have, or those asked for, which both must have."""
    if columns is None:
        return [name for name in before.columns if name in after.columns]
    return known_names(known_names(columns, before.columns), after.columns)


def _compared(
    pairs: list[tuple[ColumnProfile, ColumnProfile]], sizes: tuple[int, int], min_effect: float, alpha: float
) -> Verdict:
    """Test every column, and judge them together."""
    (n_ref, n_cur), names = sizes, [before.name for before, _ in pairs]
    x_ref, x_cur = (np.array([pair[side].nulls for pair in pairs], dtype=np.int64) for side in (0, 1))
    was, now = x_ref / n_ref, x_cur / n_cur
    raised = rise_p_value(x_ref, n_ref, x_cur, n_cur)
    attainable = _attainable(x_ref + x_cur, n_ref, n_cur)
    p_values = holm_attainable(raised, attainable)
    low, high = newcombe(x_ref, n_ref, x_cur, n_cur, _LEVEL)
    guilty = (p_values <= alpha) & (low > min_effect)
    able = min(len(names), 1 + int((attainable <= alpha).sum()))
    seen = _detectable(x_ref, n_ref, n_cur, alpha / able, min_effect)
    can_rise = was < 1 - min_effect
    if not can_rise.any():
        return skipped(_CHECK, _CLAIM, "every column is entirely missing in the reference", alpha=alpha)
    would_show = np.isfinite(seen) & ((seen <= GROSS) | (was > GROSS))
    order = [int(at) for at in np.lexsort((was - now, p_values, ~guilty))]
    top = order[0]
    blamed = tuple(names[at] for at in order if guilty[at])
    outcome = Outcome.FAIL if blamed else Outcome.PASS if would_show.any() else Outcome.UNDECIDED
    faint = [names[at] for at in np.flatnonzero(can_rise & ~would_show)]
    evidence = Evidence(
        estimate=float(now[top] - was[top]),
        low=float(low[top]),
        high=float(high[top]),
        level=_LEVEL,
        p_value=float(p_values[top]),
        limit=min_effect,
        unit="of rows",
        n=n_ref + n_cur,
        method=_METHOD,
        detectable=float(seen[would_show].max()) if would_show.any() else None,
        rows_needed=_rows_needed(was, n_ref, n_cur, alpha, min_effect) if outcome is Outcome.UNDECIDED else None,
        worst=tuple(_example(names[at], was[at], now[at], p_values[at]) for at in order if guilty[at]),
        plot=_picture([(names[at], was[at], now[at]) for at in order if guilty[at]]),
    )
    reason = _reason(outcome, blamed, (float(was[top]), float(now[top])), faint, (n_ref, n_cur, len(names)), min_effect)
    remedy = "look at the step that fills the column" if blamed else ""
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=_CLAIM,
        reason=reason,
        evidence=evidence,
        columns=blamed,
        remedy=remedy,
        alpha=alpha,
    )


def _example(name: str, was: float, now: float, p_value: float) -> dict[str, Any]:
    return {"column": name, "reference": float(was), "current": float(now), "p_value": float(p_value)}


def _picture(guilty: list[tuple[str, float, float]]) -> dict[str, Any] | None:
    """Draw the missing share of the columns at fault."""
    if not guilty:
        return None
    names, was, now = zip(*guilty)
    return share_bars("column", names, was, now, y="share of rows without a value")


def _attainable(pooled: Counts, n_ref: int, n_cur: int) -> NDArray[np.float64]:
    """Return the p-value of each column if all that is missing were missing in current."""
    most = np.minimum(pooled, n_cur)
    return rise_p_value(pooled - most, n_ref, most, n_cur)


def _detectable(x_ref: Counts, n_ref: int, n_cur: int, alpha: float, min_effect: float) -> NDArray[np.float64]:
    """Return the smallest rise seen with 80 % power at the level of one column; inf where none is."""
    fewest = smallest_count_seen(x_ref, n_ref, n_cur, alpha=alpha, min_effect=min_effect, level=_LEVEL)
    inside = np.minimum(fewest, n_cur)
    # P(Binomial(n, p) >= c) = I_p(c, n - c + 1), solved for p
    share = special.betaincinv(np.maximum(inside, 1), n_cur - inside + 1, POWER)
    return np.where(fewest > n_cur, np.inf, np.maximum(share - x_ref / n_ref, 0.0))


def _rows_needed(share: NDArray[np.float64], n_ref: int, n_cur: int, alpha: float, min_effect: float) -> int:
    """Return about how many more current and reference rows would show a gross rise in the easiest column."""
    best = float(share.min())
    for factor in 2 ** np.arange(1, 31):
        rows = (n_ref * int(factor), n_cur * int(factor))
        counts = np.array([round(best * rows[0])])
        if _detectable(counts, *rows, alpha / share.size, min_effect)[0] <= GROSS:
            return sum(rows) - n_ref - n_cur
    return n_ref + n_cur


def _reason(
    outcome: Outcome,
    blamed: tuple[str, ...],
    shares: tuple[float, float],
    faint: list[str],
    sizes: tuple[int, int, int],
    min_effect: float,
) -> str:
    """Say in one sentence why the outcome is what it is."""
    n_ref, n_cur, count = sizes
    if outcome is Outcome.UNDECIDED:
        return f"with {n_ref} and {n_cur} rows not even half of all values going missing would have shown"
    if outcome is Outcome.PASS:
        unseen = f"; too little is left to tell in {listed(faint)}" if faint else ""
        columns = "1 column" if count == 1 else f"any of {count} columns"
        return f"no rise of more than {number(100 * min_effect)} % of rows is shown in {columns}{unseen}"
    before, after = (number(100 * share) for share in shares)
    others = f"; also {listed(blamed[1:])}" if len(blamed) > 1 else ""
    return f"{blamed[0]!r} is missing in {after} % of rows, was {before} %{others}"
