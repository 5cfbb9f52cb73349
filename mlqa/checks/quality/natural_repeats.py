"""How many equal rows a table of such columns may hold by nature."""

from __future__ import annotations

import math

import numpy as np

from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.kept import EVERYTHING
from mlqa.subjects.profile import Profile

__all__ = ["natural_repeats"]

_TIED = 0.5  # of the information in the columns: the rest may be told by the others
_MARGIN = 10.0
_MOSTLY = 0.5


def natural_repeats(table: Profile) -> float:
    """Return the most rows that could well repeat another by chance.

    Two rows agree in one column with a chance that its counts tell; in all
    columns with the product of these, if no column told anything of another.
    Columns do: half of the information is taken away (the square root of the
    product), and what is left is multiplied by ten. A rule, not a test:
    measured on 18 real tables it parts those whose rows repeat by nature from
    those that hold copies.

    Parameters
    ----------
    table : Profile

    Examples
    --------
    >>> import polars as pl
    >>> from mlqa.subjects.profile import profile
    >>> round(natural_repeats(profile(pl.DataFrame({"a": [0, 1] * 50, "b": [0, 0, 1, 1] * 25}))))
    24500
    """
    copies = _equal_pairs(table)
    there = [table.columns[name] for name in table.hashed if name in table.columns]
    log_chance = sum(math.log(_agreement(column, copies)) for column in there)
    pairs = table.rows * (table.rows - 1) / 2.0
    return _MARGIN * pairs * math.exp(_TIED * log_chance)


def _equal_pairs(table: Profile) -> float:
    """Return the pairs of equal rows, which agree in every column; 0 where most rows repeat, by nature then."""
    counted = table.row_counts
    single = int((counted.counts == 1).sum())
    if single < _MOSTLY * int(counted.counts.sum()):
        return 0.0
    counts = counted.counts.astype(float)
    return float((counts * (counts - 1.0)).sum()) * EVERYTHING / counted.limit


def _agreement(column: ColumnProfile, copies: float) -> float:
    """Return the chance that two rows that are no copies agree in a column; never none at all."""
    n = column.rows
    if n < 2 or column.kind == "other":
        return 1.0
    counts, kept = np.zeros(0), 1.0
    if column.values is not None:
        counts, kept = column.values.counts.astype(float), column.values.limit / EVERYTHING
    elif column.grid is not None:
        # numbers that share a cell count as equal: too many rather than too few
        counts = column.grid.counts.astype(float)
    equal = float((counts * (counts - 1.0)).sum()) / kept + column.nulls * (column.nulls - 1.0)
    return float(np.clip((equal - copies) / (n * (n - 1.0)), 1.0 / (n * n), 1.0))
