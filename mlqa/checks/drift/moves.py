"""What was measured of one column: plain values, read by the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Column", "Move", "Sides"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One test of one column.

    Attributes
    ----------
    test : str
        What it looks at: shape, location, spread, mean, range, tail, value,
        category, decimals, ties, unit, emptied or unreadable.
    p_value : float in [0, 1]
        After Bonferroni over the tests of the column.
    effect : float or None
        What `min_effect` is held against; None where any such change counts
        (values beyond all that the reference has, categories it has not).
    what : str
        Of what `reference` and `current` are the values.
    reference, current : float, str or None
    """

    test: str
    p_value: float
    effect: float | None
    what: str
    reference: float | str | None
    current: float | str | None

    def beyond(self, min_effect: float) -> float:
        """Return the p-value of a move larger than `min_effect`: 1 where it is smaller."""
        return 1.0 if self.effect is not None and self.effect <= min_effect else self.p_value


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """A few numbers of a column for a picture: shares of reference and current per bar."""

    labels: tuple[str, ...]
    reference: tuple[float, ...]
    current: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """All tests of one column.

    Attributes
    ----------
    name, unit : str
        `unit` is that of `effect` and the interval.
    effect, low, high : float in [0, 1]
        Distance between the two distributions and its interval.
    rows : tuple of int
        Values (not nulls) in reference and in current.
    tests : int
        Over which the column's level was split.
    moves : tuple of Move
    sides : Sides or None
    change : str
        What current looks like: "multiplied by 1000", say; mostly empty.
    """

    name: str
    unit: str
    effect: float
    low: float
    high: float
    rows: tuple[int, int]
    tests: int
    moves: tuple[Move, ...]
    sides: Sides | None = None
    change: str = ""

    def p_value(self, min_effect: float) -> float:
        """Return the column's smallest p-value of a move larger than `min_effect`."""
        return min(move.beyond(min_effect) for move in self.moves)

    def first(self, min_effect: float) -> Move:
        """Return the move that says most; of several beyond doubt, the first in order."""
        return min(self.moves, key=lambda move: max(move.beyond(min_effect), 1e-12))

    def example(self, min_effect: float, p_value: float) -> dict[str, Any]:
        """Return the row that stands for the column among the worst; `p_value` is corrected over the columns."""
        move = self.first(min_effect)
        return {
            "column": self.name,
            "test": move.test,
            "effect": self.effect,
            "p_value": p_value,
            "what": move.what,
            "reference": move.reference,
            "current": move.current,
        }
