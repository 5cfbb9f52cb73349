"""What a check of columns asks of two profiles: measured column by column, judged together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mlqa.alpha import level_of
from mlqa.checks.drift.asked import columns_asked
from mlqa.checks.drift.moves import Column
from mlqa.stats.multiple import holm
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.profile import Profile

__all__ = ["LEVEL", "Measure", "Measured", "Question", "measured"]

LEVEL = 0.95

Measure = Callable[[ColumnProfile, ColumnProfile], Column | str]
Smallest = Callable[[int, int, float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """The words of a check, and what it could have seen.

    Attributes
    ----------
    check, claim : str
    fault : str
        What is said of the worst column: "moved".
    nothing : str
        What a pass says was not shown; `min_effect` is put in its braces.
    methods : mapping of unit to str
        Name of the tests; that of "" for all other units.
    smallest : mapping of unit to callable
        Smallest move seen with 80 % power, of both sizes and a level.
    remedy : str
        What to do about a column at fault, whose name is put in its braces.
    """

    check: str
    claim: str
    fault: str
    nothing: str
    methods: Mapping[str, str]
    smallest: Mapping[str, Smallest]
    remedy: str = field(default="look at where {} comes from; if the change is meant, take a newer reference")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Every column, measured.

    Attributes
    ----------
    compared : list of Column
    left_out : mapping of column to reason
    n : int
        Rows of both tables.
    alpha : float
    """

    compared: list[Column]
    left_out: Mapping[str, str]
    n: int
    alpha: float

    def p_values(self, min_effect: float) -> list[float]:
        """Return Holm's p-value of every column, of moves larger than `min_effect`."""
        adjusted: list[float] = holm([column.p_value(min_effect) for column in self.compared]).tolist()
        return adjusted


def measured(
    before: Profile,
    after: Profile,
    columns: Sequence[str] | None,
    measure: Measure,
    alpha: float | None,
    name: str = "columns",
) -> Measured:
    """Measure the columns asked for.

    Parameters
    ----------
    before, after : Profile
    columns : list of str, optional
    measure : callable
        Column of both profiles in, what was measured out, or the reason why not.
    alpha : float, optional
    name : str
        Argument that the columns were given in.
    """
    names = columns_asked(before, after, columns, name)
    found = {name: measure(before.columns[name], after.columns[name]) for name in names}
    return Measured(
        compared=[column for column in found.values() if isinstance(column, Column)],
        left_out={name: why for name, why in found.items() if isinstance(why, str)},
        n=before.rows + after.rows,
        alpha=level_of(alpha),
    )
