"""The question whether rows of the current table were copied from the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from mlqa.alpha import level_of
from mlqa.checks.leakage.row_groups import Groups, grouped
from mlqa.checks.skipped import skipped
from mlqa.stats.power import GROSS
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import profile_column
from mlqa.subjects.pooled import comparable
from mlqa.subjects.profile import Profile, is_profile, profile
from mlqa.subjects.table import pick, read_table
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_shared_rows"]

_CHECK = "leakage.no_shared_rows"
_CLAIM = "rows of the current table are not copies of reference rows"
_METHOD = "groups of equal rows that straddle the tables, Poisson-binomial tail (bound)"
_SHOWN_ROWS = 3
_SHOWN_COLUMNS = 8


def no_shared_rows(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether rows of the current table (test) were copied from the reference (train).

    No share of equal rows is a limit: data may repeat by nature. Given all rows
    of both tables, groups of equal rows fall on both sides by chance just as
    often as one can compute; FAIL where more of them straddle. SKIPPED where
    rows repeat so much that a copy looks like any other row; UNDECIDED where
    not even half of the current rows being copies would have shown.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
        Two profiles tell rows apart by the columns named when they were made;
        SKIPPED where these differ.
    columns : list of str, optional
        Columns that make two rows equal; by default all that both tables have
        with the same kind. Leave out identifiers given anew to every row.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows that also appear in
        the reference; ``evidence.detectable`` the smallest share of copies that
        would be seen; ``evidence.worst`` shows three rows at most.

    Raises
    ------
    UsageError
        If either is no table, or lacks a column.

    Notes
    -----
    A group of g equal rows straddles with probability
    ``1 - C(n, g) / C(N, g) - C(m, g) / C(N, g)`` where rows are exchangeable;
    the tail of the number of straddling groups is a Poisson-binomial [1]_ times
    a factor that accounts for the fixed sizes of the tables. -0.0 equals 0.0,
    and missing equals missing. Rows are compared by 64-bit hashes; of more than
    32,768 distinct ones in a table, those of smallest hash in both, so that
    ``evidence.n`` is the rows looked at.

    References
    ----------
    .. [1] Hong, Y. (2013), On computing the distribution function for the
       Poisson binomial distribution, Computational Statistics and Data
       Analysis 59, 41-51.

    Examples
    --------
    >>> import polars as pl
    >>> train = pl.DataFrame({"x": range(100)})
    >>> no_shared_rows(train, pl.DataFrame({"x": range(100, 200)})).outcome
    <Outcome.PASS: 'pass'>
    >>> no_shared_rows(train, pl.DataFrame({"x": range(60, 160)})).outcome
    <Outcome.FAIL: 'fail'>
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    sides = _sides(reference, current, columns)
    if isinstance(sides, str):
        return skipped(_CHECK, _CLAIM, sides, alpha=alpha)
    groups = grouped(sides[0].row_counts, sides[1].row_counts)
    if groups.repeats:
        share = number(100 * groups.saturated_rows / groups.seen_cur)
        return skipped(_CHECK, _CLAIM, f"rows repeat by nature: {share} % have many equals", alpha=alpha)
    return _judged(groups, alpha, sides[1])


def _sides(reference: Any, current: Any, columns: Sequence[str] | None) -> tuple[Profile, Profile] | str:
    """Profile both tables over the same columns, or say why that cannot be."""
    given = {"reference": reference, "current": current}
    made = {name: profile(table, name=name) for name, table in given.items() if is_profile(table)}
    frames = {name: read_table(table, name=name) for name, table in given.items() if name not in made}
    if not made:
        return _profiled(frames["reference"], frames["current"], columns)
    apart = next(iter(made.values())).hashed
    for name, frame in frames.items():
        if set(apart) <= set(frame.columns):
            made[name] = profile(frame, name=name, hashed=list(apart))
    wanted = {tuple(sorted(columns))} if columns is not None else set()
    if len(made) < 2 or len({side.hashed for side in made.values()} | wanted) > 1:
        return "the profiles tell rows apart by other columns: make both with the same hashed="
    if not apart:
        return "the profiles tell rows apart by no column"
    return made["reference"], made["current"]


def _profiled(
    before: pl.DataFrame, after: pl.DataFrame, columns: Sequence[str] | None
) -> tuple[Profile, Profile] | str:
    """Profile the columns of one kind, or those of them that are asked for."""
    asked = None if columns is None else pick(after, pick(before, columns, name="columns"), name="columns")
    names = [name for name in comparable(before, after) if asked is None or name in asked]
    if not names:
        return "the two tables share no column of the same kind"
    first, second = _same_types(before.select(names), after.select(names))
    return profile(first, name="reference"), profile(second, name="current")


def _same_types(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cast times, and numbers of which one side is narrow, to one type, so that equal values hash alike."""
    wanted: dict[str, pl.DataType] = {}
    for (name, dtype), other in zip(before.schema.items(), after.schema.values()):
        if dtype != other:
            narrow = pl.Float32() in (dtype, other)
            wanted[name] = pl.Datetime("us") if dtype.is_temporal() else pl.Float32() if narrow else pl.Float64()
    return before.cast(wanted), after.cast(wanted)  # type: ignore[arg-type]  # a dict of names is a valid schema


def _judged(groups: Groups, alpha: float, after: Profile) -> Verdict:
    """Compare what straddles with chance."""
    p_value = groups.p_value()
    failed = p_value <= alpha
    fewest = None if failed else groups.fewest_seen(alpha)
    blind = not failed and (fewest is None or fewest > GROSS * groups.seen_cur)
    told, chance = _told(groups)
    blindness = "; not even half of the rows being copies would have shown" if blind else ""
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=_CLAIM,
        reason=f"{told}{chance}{blindness}",
        evidence=Evidence(
            estimate=groups.shared_rows / groups.seen_cur if groups.seen_cur else 0.0,
            p_value=p_value,
            unit="of current rows",
            n=groups.seen_ref + groups.seen_cur,
            method=_METHOD,
            detectable=None if fewest is None or blind else fewest / groups.seen_cur,
            rows_needed=groups.rows_needed(alpha) if blind else None,
            worst=_examples(groups, after) if failed else (),
        ),
        remedy="drop the copies from the current table, and split before rows are duplicated" if failed else "",
        alpha=alpha,
    )


def _told(groups: Groups) -> tuple[str, str]:
    """Say how many rows lie in both tables, and what chance alone would have dealt."""
    rows = f"{groups.seen_cur} current rows"
    if groups.seen_cur < groups.n_cur:
        rows += f" looked at, a sample by hash of {groups.n_cur},"
    if not groups.shared_rows:
        return f"none of {rows} appears in the reference", ""
    share = number(100 * groups.shared_rows / groups.seen_cur)
    told = f"{groups.shared_rows} of {rows} ({share} %) also appear in the reference"
    chance = f"chance would leave about {round(groups.expected())} there"
    return told, f"; {groups.straddling} groups of equal rows lie in both tables, {chance}"


def _examples(groups: Groups, after: Profile) -> tuple[dict[str, Any], ...]:
    """Return the first current rows that are copies, as plain values."""
    if after.sample is None:
        return ()
    hashes = np.zeros(after.sample.height, dtype=np.uint64)
    for name in after.hashed:
        hashes += profile_column(after.sample[name])[1]
    at = np.flatnonzero(np.isin(hashes, groups.shared))[:_SHOWN_ROWS].tolist()
    plain = [name for name, column in after.columns.items() if name in after.hashed and column.kind != "other"]
    shown = after.sample.select(plain[:_SHOWN_COLUMNS])
    held = shown[at].to_dicts() if plain else [{}] * len(at)
    return tuple({"current_row": int(after.positions[row]), **values} for row, values in zip(at, held))
