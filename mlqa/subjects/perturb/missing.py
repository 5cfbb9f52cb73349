"""Values taken away."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.perturb.column import drawn, on_column
from mlqa.subjects.perturb.marks import Perturb

__all__ = ["blanked"]


def blanked(column: str, *, share: float = 1.0, seed: int = 0) -> Perturb:
    """Make the values of a column missing.

    Parameters
    ----------
    column : str
    share : float, in (0, 1]
        Of the rows, by chance; 1 for all.
    seed : int of at least 0

    Examples
    --------
    >>> blanked("1")(np.array([[1.0, 2.0]])).tolist()
    [[1.0, nan]]
    """
    if not isinstance(share, (int, float)) or isinstance(share, bool) or not 0 < share <= 1:
        raise UsageError("share", share, "a share of rows in (0, 1]", "leave it out for all rows")

    def change(values: NDArray[Any]) -> NDArray[Any]:
        if share == 1.0:
            return np.full(len(values), None, dtype=object)
        gone = drawn("blanked", column, seed).random(len(values)) < share
        after = np.empty(len(values), dtype=object)
        after[:] = [None if lost else value for lost, value in zip(gone.tolist(), values.tolist())]
        return after

    name = f"blanked({column})" if share == 1.0 else f"blanked({column}, {share:g})"
    return on_column(name, column, change)
