"""Both tables as profiles, and which of their columns a check looks at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa import alpha
from mlqa.errors import UsageError
from mlqa.subjects.profile import Profile, profile
from mlqa.subjects.table import known_names

__all__ = ["both_profiles", "columns_asked", "share_of"]


def both_profiles(reference: Any, current: Any) -> tuple[Profile, Profile]:
    """Profile both tables; profiles are taken as they are."""
    return profile(reference, name="reference"), profile(current, name="current")


def columns_asked(before: Profile, after: Profile, columns: Sequence[str] | None, name: str = "columns") -> list[str]:
    """Return the columns to compare: those named, in the argument `name`, else those that both tables have.

    Raises
    ------
    UsageError
        If a column is not in both, none is named, or the tables share none.
    """
    if columns is not None:
        for side in (before, after):
            columns = known_names(columns, side.columns, name=name)
        if not columns:
            raise UsageError(name, columns, "at least one column", "leave it out to compare all", "none")
        return list(dict.fromkeys(columns))
    shared = [column for column in before.columns if column in after.columns]
    if not shared:
        hint, got = f"reference has {[*before.columns][:4]}", f"{[*after.columns][:4]}"
        raise UsageError("current", after, "a table that shares a column with reference", hint, got)
    return shared


def share_of(name: str, value: Any, hint: str) -> float:
    """Return a distance or share that can be used.

    Raises
    ------
    UsageError
        If it is no number in [0, 1).
    """
    return alpha.share_of(name, value, hint, called="a distance", below_one=True)
