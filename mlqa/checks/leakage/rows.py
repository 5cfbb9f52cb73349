"""Rows of one or two tables for checks that ask what predicts the label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.codes import Target, target_of
from mlqa.subjects.pooled import Pooled, comparable, pooled
from mlqa.subjects.profile import Profile, profile
from mlqa.subjects.remembered import memory_of
from mlqa.subjects.table import known_names

__all__ = ["Labelled", "Rows", "labelled", "rows_of"]

_MOST_ROWS = 5000


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Rows with a known label.

    Attributes
    ----------
    rows : Pooled
    target : Target
        All of it known.
    """

    rows: Pooled
    target: Target

    @property
    def size(self) -> int:
        """Rows in all."""
        return self.rows.frame.height

    def of_current(self) -> Labelled:
        """Return the current rows."""
        current = self.rows.current
        return Labelled(self.rows.part(current), replace(self.target, values=self.target.values[current]))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What can be asked of the tables.

    Attributes
    ----------
    alone : Labelled
        The current rows.
    both : Labelled or None
        Reference and current rows together.
    names : tuple of str
        Columns of current but the target.
    shared : tuple of str
        Those of them that the reference has too, of the same kind.
    """

    alone: Labelled
    both: Labelled | None
    names: tuple[str, ...]
    shared: tuple[str, ...]


def rows_of(current: Any, reference: Any, target: str, columns: Sequence[str] | None) -> Rows | str:
    """Return the rows to be asked, or in a few words why there are none.

    Parameters
    ----------
    current, reference : DataFrame, path or Profile; reference may be None
    target : str
    columns : list of str or None
        By default all of current.

    Raises
    ------
    UsageError
        If a table cannot be used, or no table has the target or a column.
    """
    after = profile(current, name="current")
    before = None if reference is None else profile(reference, name="reference")
    known = list(dict.fromkeys([*after.columns, *(before.columns if before else [])]))
    known_names([target], known, name="target")
    asked = known if columns is None else known_names(columns, known)
    if target not in after.columns:
        return f"current has no labels: no column {target!r}"
    for side in (after, before):
        if side is not None and side.sample is None:
            return "the profile holds no rows"
    memory = memory_of(after, before)
    with memory.lock:  # checks side by side ask for the same rows
        key = (target, *asked)
        if key not in memory.known:
            memory.known[key] = _rows(after, before, target, asked)
        found: Rows | str = memory.known[key]
    return found


def _rows(after: Profile, before: Profile | None, target: str, asked: list[str]) -> Rows | str:
    """Put the rows together, and find what the label is."""
    if after.sample is None:
        return "the profile holds no rows"
    usable = comparable(after.sample, after.sample)
    if target not in usable:
        return f"{target!r} is neither numbers nor categories"
    names = tuple(name for name in usable if name in asked and name != target)
    reference = None if before is None else before.sample
    shared = [] if reference is None else comparable(reference, after.sample)
    kept = None if reference is None or target not in shared else reference.select(shared)
    found = labelled(kept, after.sample, [*names, target], target)
    if isinstance(found, str):
        return found
    alone = found.of_current() if kept is not None else found
    if not _varies(alone.target.values):
        return f"{target!r} takes one value only"
    compared = kept is not None and alone.size < found.size
    return Rows(alone, found if compared else None, names, tuple(name for name in names if name in shared))


def labelled(before: pl.DataFrame | None, after: pl.DataFrame, names: list[str], target: str) -> Labelled | str:
    """Pool the rows whose label is known, or say why they tell nothing."""
    known = pl.col(target).is_not_null()
    kept = after.filter(known)
    if kept.height == 0:
        return f"{target!r} is missing in every row"
    there = None if before is None else before.select([name for name in before.columns if name in names]).filter(known)
    rows = pooled(there, kept, names, most=_MOST_ROWS)
    found = target_of(rows.frame[target])
    return f"{target!r} hardly repeats a value" if found is None else Labelled(rows, found)


def _varies(values: NDArray[np.float64]) -> bool:
    return bool((values.max(axis=0) > values.min(axis=0)).any())
