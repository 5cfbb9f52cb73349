"""The question whether rows of the current table were copied from the reference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.stats.power import GROSS
from mlqa.stats.seeds import seed_of
from mlqa.stats.straddling import split_chance, straddling_tail
from mlqa.subjects.table import kind_of, pick, read_table
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_shared_rows"]

_CHECK = "leakage.no_shared_rows"
_CLAIM = "rows of the current table are not copies of reference rows"
_METHOD = "groups of equal rows that straddle the tables, Poisson-binomial tail (bound)"
_SATURATED = 0.99
_SHOWN_ROWS = 3
_SHOWN_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups of equal rows over both tables, by size; only those that chance may leave on one side."""

    sizes: NDArray[np.int64]
    counts: NDArray[np.int64]
    straddling: int
    n_ref: int
    n_cur: int
    single: int
    shared_rows: int

    def p_value(self, copied: int = 0) -> float:
        """Return the tail of what was found, or of `copied` rows copied into what is expected by chance."""
        if not copied:
            return straddling_tail(self.sizes, self.counts, self.straddling, self.n_ref, self.n_cur)
        sizes, counts = np.append(self.sizes, 2), np.append(self.counts, copied)
        return straddling_tail(sizes, counts, round(self.expected()) + copied, self.n_ref, self.n_cur)

    def expected(self) -> float:
        """Return how many groups straddle by chance."""
        share = self.n_cur / (self.n_ref + self.n_cur)
        return float((self.counts * split_chance(self.sizes, share)).sum())


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
    reference, current : DataFrame or path
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
    and missing equals missing. Rows are compared by 64-bit hashes.

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
    before, after = read_table(reference, name="reference"), read_table(current, name="current")
    asked = None if columns is None else pick(after, pick(before, columns, name="columns"), name="columns")
    candidates = before.columns if asked is None else asked
    there = set(after.columns)
    names = [name for name in candidates if name in there and _alike(before[name], after[name])]
    if not names:
        return _skipped(alpha, "the two tables share no column of the same kind")
    before, after = _same_types(before.select(names), after.select(names))
    hashed = before.hash_rows(), after.hash_rows()
    found = _grouped(*hashed)
    groups = _counted(found, before.height, after.height)
    repeated = int(found.filter(pl.col("saturated"))["current"].sum())
    if not groups.counts.sum() and repeated > _SATURATED * after.height:
        return _skipped(alpha, f"rows repeat by nature: {number(100 * repeated / after.height)} % have many equals")
    return _judged(groups, alpha, _examples(found, hashed[1], after))


def _skipped(alpha: float, reason: str) -> Verdict:
    return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=_CLAIM, reason=reason, alpha=alpha)


def _alike(one: pl.Series, other: pl.Series) -> bool:
    """Tell whether values of two columns can be equal."""
    if kind_of(one) == "time" and one.dtype != other.dtype:
        return {one.dtype, other.dtype} == {pl.Date(), pl.Datetime("us")}
    return kind_of(one) == kind_of(other) != "other"


def _same_types(before: pl.DataFrame, after: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Cast numbers and times to one type on both sides, so that equal values hash alike."""
    wanted: dict[str, pl.DataType] = {}
    for (name, dtype), other in zip(before.schema.items(), after.schema.values()):
        if dtype != other:
            narrow = pl.Float32() in (dtype, other)
            wanted[name] = pl.Datetime("us") if dtype.is_temporal() else pl.Float32() if narrow else pl.Float64()
    return before.cast(wanted), after.cast(wanted)  # type: ignore[arg-type]  # a dict of names is a valid schema


def _grouped(before: pl.Series, after: pl.Series) -> pl.DataFrame:
    """Return every distinct row's hash, its rows in both tables and in current."""
    n_ref, n_cur = len(before), len(after)
    side = pl.concat([pl.repeat(0, n_ref, dtype=pl.Int64, eager=True), pl.repeat(1, n_cur, dtype=pl.Int64, eager=True)])
    rows = pl.DataFrame({"hash": pl.concat([before, after]), "current": side})
    found = rows.group_by("hash").agg(pl.len().cast(pl.Int64).alias("rows"), pl.col("current").sum())
    share = n_cur / (n_ref + n_cur)
    chance = pl.Series(split_chance(found["rows"].to_numpy(), share))
    straddles = (pl.col("current") > 0) & (pl.col("current") < pl.col("rows"))
    return found.with_columns(straddles.alias("straddles"), (chance > _SATURATED).alias("saturated"))


def _counted(found: pl.DataFrame, n_ref: int, n_cur: int) -> _Groups:
    """Tally the groups that can tell, by their size."""
    telling = found.filter(~pl.col("saturated") & (pl.col("rows") > 1))
    tally = telling.group_by("rows").agg(pl.len().alias("groups")).sort("rows")
    return _Groups(
        sizes=tally["rows"].to_numpy().astype(np.int64),
        counts=tally["groups"].to_numpy().astype(np.int64),
        straddling=int(telling["straddles"].sum()),
        n_ref=n_ref,
        n_cur=n_cur,
        single=int(found.filter(pl.col("rows") == 1)["current"].sum()),
        shared_rows=int(found.filter(pl.col("straddles"))["current"].sum()),
    )


def _judged(groups: _Groups, alpha: float, examples: tuple[dict[str, Any], ...]) -> Verdict:
    """Compare what straddles with chance."""
    p_value = groups.p_value()
    failed = p_value <= alpha
    fewest = None if failed else _fewest_seen(groups, alpha)
    blind = not failed and (fewest is None or fewest > GROSS * groups.n_cur)
    share = groups.shared_rows / groups.n_cur
    told, chance = _told(groups)
    blindness = "; not even half of the rows being copies would have shown" if blind else ""
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=_CLAIM,
        reason=f"{told}{chance}{blindness}",
        evidence=Evidence(
            estimate=share,
            p_value=p_value,
            unit="of current rows",
            n=groups.n_ref + groups.n_cur,
            method=_METHOD,
            detectable=None if fewest is None or blind else fewest / groups.n_cur,
            rows_needed=_rows_needed(groups, alpha) if blind else None,
            worst=examples if failed else (),
        ),
        remedy="drop the copies from the current table, and split before rows are duplicated" if failed else "",
        alpha=alpha,
    )


def _told(groups: _Groups) -> tuple[str, str]:
    """Say how many rows lie in both tables, and what chance alone would have dealt."""
    if not groups.shared_rows:
        return f"none of {groups.n_cur} current rows appears in the reference", ""
    share = number(100 * groups.shared_rows / groups.n_cur)
    told = f"{groups.shared_rows} of {groups.n_cur} current rows ({share} %) also appear in the reference"
    chance = f"chance would leave about {round(groups.expected())} there"
    return told, f"; {groups.straddling} groups of equal rows lie in both tables, {chance}"


def _fewest_seen(groups: _Groups, alpha: float) -> int | None:
    """Return the fewest copied rows that would be flagged; None where not even copies of all single rows are."""
    low, high = 1, groups.single
    if high < 1 or groups.p_value(high) > alpha:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if groups.p_value(middle) <= alpha else (middle + 1, high)
    return high


def _rows_needed(groups: _Groups, alpha: float) -> int | None:
    """Return about how many more current rows would show half of them being copies, if none repeats by nature."""
    share = groups.n_cur / (groups.n_ref + groups.n_cur)
    wanted = math.ceil(math.log(alpha) / math.log(2 * share * (1 - share)) / GROSS)
    return wanted - groups.n_cur if wanted > groups.n_cur else None


def _examples(found: pl.DataFrame, hashes: pl.Series, after: pl.DataFrame) -> tuple[dict[str, Any], ...]:
    """Return the first current rows that are copies, as plain values."""
    shared = found.filter(pl.col("straddles") & ~pl.col("saturated"))
    at = hashes.is_in(shared["hash"].implode()).arg_true().head(_SHOWN_ROWS).to_list()
    shown = after.select(after.columns[:_SHOWN_COLUMNS])
    return tuple({"current_row": row, **shown.row(row, named=True)} for row in at)
