"""One column of two profiles as numbers counted side by side, or why it is none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlqa.checks.drift.times import Show, show_date, show_span, time_kind
from mlqa.stats.tally import Tally
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.grid import Grid, joined
from mlqa.wording import number

__all__ = ["Numbers", "numbers_of", "shown", "side_by_side"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """A column of numbers, or of times as microseconds, in reference and current.

    Attributes
    ----------
    name : str
    before, after : Grid
        At least one value each.
    counted : Tally
        Over their pooled cells: exact values where `exact`.
    show, wide : callable
        Put a value, and a difference of two, in the form a reader knows.
    """

    name: str
    before: Grid
    after: Grid
    counted: Tally
    show: Show = float
    wide: Show = float

    @property
    def rows(self) -> tuple[int, int]:
        """Values in reference and current."""
        return self.before.n, self.after.n

    @property
    def exact(self) -> bool:
        """Whether each cell is one value."""
        return max(self.before.shift, self.after.shift) == 0


def numbers_of(before: ColumnProfile, after: ColumnProfile, *, times: bool) -> Numbers | str:
    """Count a column's numbers in both tables.

    Parameters
    ----------
    before, after : ColumnProfile
        Of one name.
    times : bool
        Whether times are taken as numbers, or left out.

    Returns
    -------
    Numbers or str
        The reason, in a few words, if they are no numbers on both sides.
    """
    if before.present == 0:
        return "no value in the reference"
    if after.present == 0:
        return "no value in current"
    kinds = (before.kind, after.kind)
    if kinds == ("time", "time"):
        return _times(before, after) if times else "a time"
    if "numeric" not in kinds or not set(kinds) <= {"numeric", "category"}:
        return "no numbers"
    sides = before.grid, after.grid
    if sides[0] is None or sides[1] is None or (sides[0].n, sides[1].n) != (before.present, after.present):
        return "text among the numbers"
    return side_by_side(before.name, sides[0], sides[1])


def shown(value: float | str) -> str:
    """Write a value inside a sentence."""
    return number(value) if isinstance(value, float) and np.isfinite(value) else str(value)


def _times(before: ColumnProfile, after: ColumnProfile) -> Numbers | str:
    """Compare times of one kind."""
    kinds = {time_kind(column.dtype) for column in (before, after)}
    if len(kinds) > 1 or before.grid is None or after.grid is None:
        return f"{before.dtype} in the reference, {after.dtype} in current (ask schema_holds)"
    show = show_date if kinds == {"date"} else show_span
    return side_by_side(before.name, before.grid, after.grid, show, show_span)


def side_by_side(name: str, before: Grid, after: Grid, show: Show = float, wide: Show = float) -> Numbers:
    """Put two grids on one."""
    counted = Tally(*joined(before, after))
    return Numbers(name=name, before=before, after=after, counted=counted, show=show, wide=wide)
