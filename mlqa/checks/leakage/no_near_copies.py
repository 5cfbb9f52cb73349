"""The question whether rows of the current table are nearly those of the reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.leakage.near_places import near_places
from mlqa.stats.near_pairs import LOOKS, near_pairs_test, nearest_pairs, pairs_seen
from mlqa.stats.power import GROSS
from mlqa.stats.seeds import seed_of
from mlqa.stats.straddling import split_chance
from mlqa.subjects.pooled import Pooled, comparable, pooled
from mlqa.subjects.profile import Profile, profile
from mlqa.subjects.table import known_names
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_near_copies"]

_CHECK = "leakage.no_near_copies"
_CLAIM = "rows of the current table are not reference rows that were changed a little"
_METHOD = "closest mutual neighbours that straddle the tables, binomial tail (bound), Bonferroni over the looks"
_MOST_ROWS = 4000
_REPEATING = 0.5
_FEWEST_NUMBERS = 20
_SHOWN_ROWS = 3


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Pairs of rows nearest to each other, the closest first, and the rows among which they were found."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    closeness: NDArray[np.float64]
    rows: Pooled
    whole_ref: int

    @property
    def n(self) -> int:
        """Reference rows looked at."""
        return int((~self.rows.current).sum())

    @property
    def m(self) -> int:
        """Current rows looked at."""
        return int(self.rows.current.sum())

    @property
    def straddles(self) -> NDArray[np.bool_]:
        """Which pairs have a row of each table."""
        apart: NDArray[np.bool_] = self.rows.current[self.first] != self.rows.current[self.second]
        return apart


def no_near_copies(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether rows of the current table (test) are nearly equal to rows of the reference (train).

    Copies of which numbers were rounded, rescaled a little or blurred by noise,
    or a few cells were changed. No distance is a limit: of the pairs of rows
    that are nearest to each other by far, as many should lie in one table as
    chance leaves there. Rows that have an exact equal are left to
    `no_shared_rows`. SKIPPED where most rows have one, where no column of
    numbers could be nearly equal, and where the sample looked at is too small a
    part of the reference. UNDECIDED where not even half of the current rows
    being near copies would have shown.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        By default all that both tables have with the same kind, and that their
        profiles tell rows apart by. Leave out identifiers and times.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows looked at that are
        near copies, beyond chance; ``evidence.detectable`` the smallest that
        would be seen if they are closer than any other two rows;
        ``evidence.worst`` the three closest pairs.

    Raises
    ------
    UsageError
        If either is no table, or lacks a column.

    Notes
    -----
    Numbers are compared in deviations, logarithmic far out; unlike texts
    are one step apart. Which two rows are each other's nearest, and how close
    they are beside the next row, does not depend on whose they are: valid under
    exchangeability [1]_. At most 4,000 rows of each table, chosen by hash.

    References
    ----------
    .. [1] Schilling, M. F. (1986), Multivariate two-sample tests based on
       nearest neighbors, JASA 81, 799-806.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> numbers = np.random.default_rng(0).normal(size=(400, 4))
    >>> train, test = pl.DataFrame(numbers[:200]), pl.DataFrame(numbers[200:])
    >>> no_near_copies(train, test).outcome
    <Outcome.PASS: 'pass'>
    >>> no_near_copies(train, pl.concat([test[50:], train[:50] + 0.001])).outcome
    <Outcome.FAIL: 'fail'>
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    before, after = profile(reference, name="reference"), profile(current, name="current")
    pairs = _pairs(before, after, columns)
    if isinstance(pairs, str):
        remedy = "save it with rows=True, or pass the table" if "no rows" in pairs else ""
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=_CLAIM, reason=pairs, remedy=remedy, alpha=alpha)
    return _judged(pairs, alpha, before, after)


def _pairs(before: Profile, after: Profile, columns: Sequence[str] | None) -> _Pairs | str:
    """Find the pairs, or say why there is nothing to find."""
    if columns is not None:
        for side in (before, after):
            columns = known_names(columns, side.columns)
    if before.sample is None or after.sample is None:
        return "the profile holds no rows"
    asked = set(before.hashed) & set(after.hashed) if columns is None else set(columns)
    names = [name for name in comparable(before.sample, after.sample) if name in asked]
    if not names:
        return "the two tables share no column of the same kind"
    both = pooled(before.sample, after.sample, names, most=_MOST_ROWS)
    finest = max((int(both.column(name).max()) for name in names if before.columns[name].kind != "category"), default=0)
    if finest < _FEWEST_NUMBERS:
        return "no column holds so many numbers or times that two could be nearly equal"
    single = _without_equals(both.hashes)
    if single.mean() < _REPEATING:
        return f"rows repeat by nature: {number(100 * (1 - single.mean()))} % have an equal"
    alone = both.part(single)
    first, second, closeness = nearest_pairs(near_places(alone.frame, alone.codes))
    return _Pairs(first, second, closeness, alone, before.rows)


def _without_equals(ascending: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Tell the rows that equal no other, in either table."""
    same = ascending[1:] == ascending[:-1]
    return ~(np.append(same, False) | np.concatenate(([False], same)))


def _judged(pairs: _Pairs, alpha: float, before: Profile, after: Profile) -> Verdict:
    """Compare whose rows are close with chance."""
    n, m = pairs.n, pairs.m
    if not n or not m:
        reason = "every row of one of the tables has an equal"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=_CLAIM, reason=reason, alpha=alpha)
    looked_at, straddling, p_value = near_pairs_test(pairs.straddles, n, m)
    chance = float(split_chance([2], m / (n + m))[0])
    fewest = pairs_seen(pairs.first.size, n, m, alpha)
    # a copy shows only if the row it is of is looked at too
    there = n / pairs.whole_ref
    detectable = math.inf if fewest is None else fewest / (m * there)
    failed, blind = p_value <= alpha, detectable > GROSS
    if blind and not failed and there < GROSS:
        reason = f"of {pairs.whole_ref} reference rows {n} are looked at: copies of the others would not show"
        remedy = "pass the reference rows that may have been copied, at most 4,000"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=_CLAIM, reason=reason, remedy=remedy, alpha=alpha)
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=_CLAIM,
        reason=_reason(looked_at, straddling, chance, blind=blind and not failed),
        evidence=Evidence(
            estimate=max(0.0, (straddling - chance * looked_at) / (1.0 - chance)) / m,
            p_value=p_value,
            unit="of current rows",
            n=n + m,
            method=_METHOD,
            detectable=detectable if detectable <= GROSS else None,
            rows_needed=_rows_needed(m, chance, alpha) if blind and not failed else None,
            worst=_examples(pairs, before, after) if failed else (),
        ),
        remedy="drop the near copies from the current table, and split before rows are changed" if failed else "",
        alpha=alpha,
    )


def _reason(looked_at: int, straddling: int, chance: float, *, blind: bool) -> str:
    """Say whose rows the closest pairs are."""
    if blind:
        return "there are too few rows: not even half of them being near copies would have shown"
    told = f"of the {looked_at} closest pairs of rows {straddling} lie in both tables"
    return f"{told}, chance would leave about {round(chance * looked_at)} there"


def _rows_needed(m: int, chance: float, alpha: float) -> int:
    """Return about how many more current rows would show half of them being near copies."""
    pairs = math.log(alpha / len(LOOKS)) / math.log(chance)
    return max(1, math.ceil(pairs / GROSS) - m)


def _examples(pairs: _Pairs, before: Profile, after: Profile) -> tuple[dict[str, Any], ...]:
    """Return the closest pairs of one row of each table."""
    shown = []
    for at in np.flatnonzero(pairs.straddles)[:_SHOWN_ROWS].tolist():
        ends = (int(pairs.first[at]), int(pairs.second[at]))
        mine, other = ends if pairs.rows.current[ends[0]] else ends[::-1]
        places = pairs.rows.places
        shown.append(
            {
                "current_row": int(after.positions[places[mine]]),
                "reference_row": int(before.positions[places[other]]),
                "closeness": float(pairs.closeness[at]),
            }
        )
    return tuple(shown)
