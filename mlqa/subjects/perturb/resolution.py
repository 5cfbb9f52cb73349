"""How finely a column is written, and each number as it may have been before it was rounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from mlqa.errors import UsageError
from mlqa.subjects.block import as_block, names
from mlqa.subjects.perturb.marks import Marks, Perturb, marked, marks_of, together
from mlqa.subjects.perturb.numbers import within
from mlqa.subjects.table import read_table

__all__ = ["resolution_of", "unrounded"]

_FINEST, _FINEST_SHORT = 9, 4  # places after the point, of floats of 64 bits and of fewer
_MOST = 100_000


def resolution_of(X: Any) -> dict[str, float]:
    """Return the step in which each measured column is written: 0.01 for hundredths.

    Parameters
    ----------
    X : table or array, shape (n, d)

    Returns
    -------
    dict of str to float
        Columns of floats that are all multiples of a power of ten, with more
        than two values that are not all whole numbers; the largest such power.
        Whole numbers count things, and a column written with more than nine
        places shows no rounding: neither is listed.

    Examples
    --------
    >>> resolution_of(pl.DataFrame({"charge": [29.85, 20.1, 70.0], "tenure": [1, 2, 3]}))
    {'charge': 0.01}
    """
    block = as_block(X)
    if isinstance(block, np.ndarray):
        if block.dtype.kind != "f":
            return {}
        columns = {name: block[:, at] for at, name in enumerate(names(block))}
    else:
        table = read_table(block)
        floats = [name for name, dtype in table.schema.items() if dtype in (pl.Float32, pl.Float64)]
        columns = {name: table[name].drop_nulls().to_numpy() for name in floats}
    found = {name: _step(values) for name, values in columns.items()}
    return {name: step for name, step in found.items() if step is not None}


def unrounded(X: Any, *, share: float = 0.5, columns: Sequence[str] | None = None, seed: int = 0) -> Perturb:
    """Move each measured number by less than its own rounding: it might have been written so.

    Parameters
    ----------
    X : table or array, shape (n, d)
        What the rounding of each column is learned from.
    share : float, in (0, 0.5]
        Largest move as a share of the column's step; 0.5 is all that rounding
        hides.
    columns : list of str, optional
        By default all that `resolution_of` lists.
    seed : int of at least 0
        Of the moves that are tried first.

    Returns
    -------
    callable
        With the moves marked, so that a search can look for the worst; it
        changes nothing where no column shows its rounding.

    Examples
    --------
    >>> X = pl.DataFrame({"charge": [29.85, 20.1, 70.0]})
    >>> moved = unrounded(X)(X)["charge"]
    >>> (moved - X["charge"]).abs().max() <= 0.005
    True
    """
    if not isinstance(share, (int, float)) or isinstance(share, bool) or not 0 < share <= 0.5:
        raise UsageError("share", share, "a share of the column's step in (0, 0.5]", "leave it out for 0.5")
    steps = resolution_of(X)
    for column in [] if columns is None else columns:
        if column not in steps:
            hint = f"rounded columns are {', '.join(map(repr, steps))}" if steps else "no column shows its rounding"
            raise UsageError("columns", column, "a column of floats written with few places", hint)
    moved = [within(name, share * step, seed=seed) for name, step in steps.items() if not columns or name in columns]
    if not moved:
        return marked(lambda table: table, "unrounded", Marks())
    whole = together(*moved)
    return marked(whole, "unrounded", marks_of(whole))


def _step(values: Any) -> float | None:
    """Return the largest power of ten that all are multiples of; None where there is none to see."""
    given = np.asarray(values)[:_MOST]
    distinct = np.unique(given[np.isfinite(given)])
    exact = distinct.astype(np.float64)
    if len(distinct) < 3 or (np.round(exact) == exact).all():
        return None
    finest = _FINEST if distinct.dtype == np.float64 else _FINEST_SHORT
    for places in range(1, finest + 1):
        # compared as written: 0.1 of 32 bits is not 0.1 of 64
        if (np.round(exact, places).astype(distinct.dtype) == distinct).all():
            return float(10.0**-places)
    return None
