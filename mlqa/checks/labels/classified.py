"""Rows with a known class, as numbers that a model can be fitted to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.codes import dense_codes
from mlqa.subjects.pooled import Pooled, comparable, pooled
from mlqa.subjects.profile import profile
from mlqa.subjects.table import known_names

__all__ = ["Classified", "classified"]

_MOST_ROWS = 3000
_FEWEST = 10
_MOST_CLASSES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Classified:
    """Rows of one or two tables with their class.

    Attributes
    ----------
    target : str
    features : array, shape (n, columns)
        Ranks of values, NaN where they are missing.
    labels : array of int, shape (n,)
        Which of `classes`.
    classes : tuple of str
        Those of at least ten rows; rows of others are left out.
    current : array of bool, shape (n,)
    fold : array of int, shape (n,)
    places : array of int, shape (n,)
        Of each current row in the table; -1 for rows of the reference.
    reference : int or None
        Rows of the reference; None where there is none.
    """

    target: str
    features: NDArray[np.float64]
    labels: NDArray[np.int64]
    classes: tuple[str, ...]
    current: NDArray[np.bool_]
    fold: NDArray[np.int64]
    places: NDArray[np.int64]
    reference: int | None


def classified(current: Any, reference: Any, target: str, columns: Sequence[str] | None) -> Classified | str:
    """Return the rows whose class is known, or in a few words why there are none to speak of.

    Parameters
    ----------
    current, reference : DataFrame, path or Profile; reference may be None
    target : str
    columns : list of str or None
        Features; by default all that the tables have with the same kind.

    Raises
    ------
    UsageError
        If a table cannot be used, or no table has the target or a column.
    """
    after = profile(current, name="current")
    before = None if reference is None else profile(reference, name="reference")
    known = list(dict.fromkeys([*after.columns, *(before.columns if before else [])]))
    known_names([target], known, name="target")
    if columns is not None:
        columns = known_names(columns, known)
    if after.sample is None or (before is not None and before.sample is None):
        return "the profile holds no rows"
    other = after.sample if before is None or before.sample is None else before.sample
    usable = comparable(other, after.sample)
    if target not in usable:
        return f"there are no labels {target!r} of the same kind to look at"
    names = [name for name in usable if name != target and (columns is None or name in columns)]
    if not names:
        return "there is no column beside the label"
    was = None if before is None or before.sample is None else before.sample.filter(pl.col(target).is_not_null())
    now = after.sample.filter(pl.col(target).is_not_null())
    if now.height == 0 or (was is not None and was.height == 0):
        return f"{target!r} is missing in every row"
    rows = pooled(was, now, [*names, target], most=_MOST_ROWS)
    positions = after.positions[after.sample[target].is_not_null().to_numpy()]
    return _classes(rows.part(_frequent(rows.column(target))), names, target, positions, before is not None)


def _frequent(codes: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return the rows of classes that are not too rare to learn."""
    found: NDArray[np.bool_] = np.bincount(codes)[codes] >= _FEWEST
    return found


def _classes(
    rows: Pooled, names: list[str], target: str, positions: NDArray[np.uint64], compared: bool
) -> Classified | str:
    """Give the classes numbers, and put the rows in arrays."""
    values = rows.frame.get_column(target)
    distinct = values.unique().sort().cast(pl.String).to_list()
    if not 2 <= len(distinct) <= _MOST_CLASSES:
        return f"{target!r} has {len(distinct)} classes of at least {_FEWEST} rows"
    if compared and (rows.current.all() or not rows.current.any()):
        return f"{target!r} has no class of at least {_FEWEST} rows in both tables"
    features = np.column_stack([rows.column(name) for name in names]).astype(np.float64)
    features[features == 0] = np.nan
    return Classified(
        target,
        features,
        dense_codes(values) - 1,
        tuple(distinct),
        rows.current,
        rows.fold,
        rows.in_table(positions),
        int((~rows.current).sum()) if compared else None,
    )
