"""Which columns of one table, or of a table and its reference, a check looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.alpha import share_of
from mlqa.errors import UsageError
from mlqa.subjects.profile import Profile, profile
from mlqa.subjects.table import known_names

__all__ = ["asked", "share"]


def asked(current: Any, reference: Any, columns: Sequence[str] | None) -> tuple[Profile, Profile | None, list[str]]:
    """Profile one or two tables, and name the columns that all of them have.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : the same, or None
    columns : list of str, optional
        By default all that every table has, in the order of current.

    Raises
    ------
    UsageError
        If either is no table, or lacks a column that was named.

    Examples
    --------
    >>> import polars as pl
    >>> asked(pl.DataFrame({"a": [1], "b": [2]}), pl.DataFrame({"b": [3]}), None)[2]
    ['b']
    """
    after = profile(current, name="current")
    before = None if reference is None else profile(reference, name="reference")
    sides = [after] if before is None else [after, before]
    if columns is not None:
        for side in sides:
            columns = known_names(columns, side.columns)
    wanted = after.columns if columns is None else dict.fromkeys(columns)
    return after, before, [name for name in wanted if all(name in side.columns for side in sides)]


def share(name: str, given: Any, *, instead_of: Any = None) -> float:
    """Return a share of rows that can be used as a limit.

    Raises
    ------
    UsageError
        If it is no number in [0, 1], or there is a reference that it stands for.

    Examples
    --------
    >>> share("at_most", 0.05)
    0.05
    """
    limit = share_of(name, given, "0.05 is five points")
    if instead_of is not None:
        raise UsageError(name, given, "either a reference or a limit", "leave one of the two out", "both")
    return limit
