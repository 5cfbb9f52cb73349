"""A small picture of the column that moved most."""

from __future__ import annotations

from typing import Any

from mlqa.checks.drift.moves import Column
from mlqa.report.bars import share_bars

__all__ = ["bars"]


def bars(column: Column) -> dict[str, Any] | None:
    """Return the plot of a column: the share of rows per bar; None where there is nothing to draw."""
    sides = column.sides
    return None if sides is None else share_bars(column.name, sides.labels, sides.reference, sides.current)
