"""Two tables as profiles, and which of their columns are no ordinary columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mlqa.checks.drift.distribution import comparing
from mlqa.checks.drift.moves import Column
from mlqa.checks.drift.unit_holds import converted
from mlqa.stats.counts import fisher_test
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.profile import Profile

__all__ = ["Names", "Prepared"]

Names = str | Sequence[str] | None
_BEYOND_DOUBT = 1e-6


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Both tables as profiles, and which of their columns are no ordinary columns.

    Attributes
    ----------
    after : Profile
        The current table.
    before : Profile or None
        The reference.
    target, time : str or None
    id, group : tuple of str
    outputs : tuple of str
        Columns that a model wrote: predictions, then probabilities.
    """

    after: Profile
    before: Profile | None
    target: str | None
    time: str | None
    id: tuple[str, ...]
    group: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def labels_of_rows(self) -> frozenset[str]:
        """Columns that tell rows or their groups apart, and so differ between any two tables."""
        return frozenset([*self.id, *self.group, *([] if self.time is None else [self.time])])

    @property
    def ordinary(self) -> tuple[str, ...]:
        """Columns of current that tell no rows apart and were written by no model."""
        return tuple(name for name in self.after.columns if name not in self.labels_of_rows | {*self.outputs})

    @cached_property
    def current(self) -> Profile:
        """The current table without what tells rows apart and what a model wrote."""
        return self.after.only(self.ordinary)

    @cached_property
    def reference(self) -> Profile | None:
        """The reference, likewise."""
        return None if self.before is None else self.before.only(self.ordinary)

    @cached_property
    def moved(self) -> frozenset[str]:
        """Columns whose own distribution, or missing values, moved beyond doubt.

        `drift_free` and `missing_rate_holds` name these. Checks of columns
        together leave them out, or they would blame a column for its neighbour.
        """
        if self.before is None:
            return frozenset()
        was, now = self.before.columns, self.after.columns
        return frozenset(name for name in was if name in now and _moved(was[name], now[name]))

    def converted(self, alpha: float) -> dict[str, str]:
        """Return the columns that look converted to another unit, and how.

        `unit_holds` names these at `alpha`. Checks of single values, of range and
        of precision leave them out: they would tell the same story otherwise.
        """
        if self.before is None:
            return {}
        was, now = self.before.columns, self.after.columns
        level = min(alpha, _BEYOND_DOUBT) / max(1, len(now))
        found = {name: converted(was[name], now[name], times=False) for name in now if name in self.moved}
        columns = (column for column in found.values() if isinstance(column, Column) and column.change)
        return {column.name: column.change for column in columns if column.p_value(0.0) <= level}

    @property
    def known_target(self) -> str | None:
        """The target, where current has at least one label."""
        column = None if self.target is None else self.after.columns.get(self.target)
        return None if column is None or column.present == 0 else self.target


def _moved(was: ColumnProfile, now: ColumnProfile) -> bool:
    """Tell whether a column moved by itself, at a level that chance does not reach."""
    compared = comparing(times=False)(was, now)
    if isinstance(compared, Column) and compared.p_value(0.0) <= _BEYOND_DOUBT:
        return True
    return float(fisher_test([was.nulls], [now.nulls], was.rows, now.rows)[0]) <= _BEYOND_DOUBT
