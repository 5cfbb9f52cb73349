"""Keys, such as ids of rows or of groups, that lie in both of two tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.errors import UsageError, nearest
from mlqa.stats.straddling import split_chance, straddling_tail
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.profile import Profile, profile
from mlqa.subjects.values import joined_values

__all__ = ["SharedKeys", "asked_keys", "shared_keys"]

_EXACT_IN_FLOAT = 2.0**53
_LOOKS = (2, 3, 5, 9)  # fewest rows of a key

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SharedKeys:
    """Keys of one column in two tables.

    Attributes
    ----------
    name : str
    x, y : array, shape (k,), int64
        Rows of each key looked at in reference and in current.
    examples : tuple of str
        A few keys that lie in both.
    complete : bool
        Whether all keys are looked at, or a sample of them by hash.
    share : float
        Share of the rows of both tables that is current.
    """

    name: str
    x: Counts
    y: Counts
    examples: tuple[str, ...]
    complete: bool
    share: float

    @property
    def shared(self) -> int:
        """Keys that lie in both."""
        return int(((self.x > 0) & (self.y > 0)).sum())

    @property
    def rows(self) -> int:
        """Current rows looked at whose key the reference has."""
        return int(self.y[self.x > 0].sum())

    @property
    def unique(self) -> bool:
        """Whether no key repeats within either table, as an id of rows should not."""
        return bool(self.x.max(initial=0) <= 1 and self.y.max(initial=0) <= 1)

    @property
    def most_are_shared(self) -> bool:
        """Whether over half of the keys of the table that has fewer lie in both."""
        return 2 * self.shared > min(int((self.x > 0).sum()), int((self.y > 0).sum()))

    def leaking(self) -> float:
        """Bound the chance that rows dealt at random leave so many keys in both tables."""
        rows = self.x + self.y
        sizes, counts = np.unique(rows[rows > 1], return_counts=True)
        if not self.shared:
            return 1.0
        return straddling_tail(sizes, counts, self.shared, int(self.x.sum()), int(self.y.sum()))

    def split_by_key(self) -> float:
        """Bound the chance that rows dealt at random leave so few keys in both tables.

        Bonferroni over looks at all keys and at those of many rows, which chance
        hardly leaves on one side.
        """
        rows, apart = self.x + self.y, (self.x > 0) & (self.y > 0)
        looks = [_few_straddle(rows[rows >= least], apart[rows >= least], self.share) for least in _LOOKS]
        return min(1.0, len(_LOOKS) * min(looks))


def _few_straddle(rows: Counts, apart: NDArray[np.bool_], share: float) -> float:
    """Return the Chernoff bound of the chance that no more of these keys lie in both tables."""
    sizes, counts = np.unique(rows, return_counts=True)
    # neither chance nor tilt where a float would round the bound away
    chance = np.minimum(split_chance(sizes, share), 1.0 - 1e-12)
    tilt = np.linspace(0.0, 25.0, 401)[:, None]
    log_mean = (counts * np.log1p(chance * np.expm1(-tilt))).sum(axis=1)
    return float(np.exp(min(0.0, np.min(log_mean + tilt[:, 0] * int(apart.sum())))))


def asked_keys(
    reference: Any, current: Any, option: str, given: str | Sequence[str]
) -> tuple[Profile, Profile, list[str]]:
    """Profile both tables, and name the columns of keys.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    option : str
        What the caller calls `given`.
    given : str or list of str

    Raises
    ------
    UsageError
        If either is no table, no column is named, or one is in neither table.
    """
    before, after = profile(reference, name="reference"), profile(current, name="current")
    names = [given] if isinstance(given, str) else list(given) if isinstance(given, (list, tuple)) else []
    if not names:
        raise UsageError(option, given, "a column name or a list of them", "name the column")
    known = list(dict.fromkeys([*before.columns, *after.columns]))
    for name in names:
        if name not in known:
            raise UsageError(option, name, "a column of the table", nearest(str(name), known), "no such column")
    return before, after, list(dict.fromkeys(names))


def shared_keys(before: Profile, after: Profile, name: str) -> SharedKeys | str:
    """Line up the keys of one column, or say in a few words why that cannot be."""
    if name not in before.columns or name not in after.columns:
        return "one table has no such column"
    was, now = before.columns[name], after.columns[name]
    if not was.present or not now.present:
        return "no value in one of the tables"
    if was.kind != now.kind or was.kind == "other":
        return f"a {was.kind} in the reference, a {now.kind} in current"
    share = after.rows / (before.rows + after.rows)
    if was.values is not None and now.values is not None:
        labels, x, y = joined_values(was.values, now.values)
        complete = was.values.complete and now.values.complete
        shown = tuple(label for label, a, b in zip(labels, x, y) if a and b)[:3]
        return SharedKeys(name=name, x=x, y=y, examples=shown, complete=complete, share=share)
    return _shared_numbers(was, now, share)


def _shared_numbers(was: ColumnProfile, now: ColumnProfile, share: float) -> SharedKeys | str:
    """Line up keys that are numbers or times."""
    if was.grid is None or now.grid is None:
        return "neither numbers nor text"
    if max(abs(end) for grid in (was.grid, now.grid) for end in (grid.low, grid.high)) > _EXACT_IN_FLOAT:
        return "numbers beyond 2**53, which a profile does not tell apart: pass them as text"
    limit = min(was.grid.distinct.limit, now.grid.distinct.limit)
    first, second = was.grid.distinct.below(limit), now.grid.distinct.below(limit)
    values = np.union1d(first.values, second.values)
    x, y = np.zeros(values.size, dtype=np.int64), np.zeros(values.size, dtype=np.int64)
    x[np.searchsorted(values, first.values)] = first.counts
    y[np.searchsorted(values, second.values)] = second.counts
    both = values[(x > 0) & (y > 0)][:3]
    return SharedKeys(
        name=was.name, x=x, y=y, examples=_written(both, was), complete=first.complete and second.complete, share=share
    )


def _written(values: NDArray[np.float64], column: ColumnProfile) -> tuple[str, ...]:
    """Write keys as the table does."""
    series = pl.Series(values)
    if column.kind == "time" and column.dtype.startswith("Date"):
        return tuple(series.cast(pl.Int64).cast(pl.Datetime("us")).cast(pl.String).to_list())
    return tuple(str(int(value)) if float(value).is_integer() else str(value) for value in series.to_list())
