"""One or two tables profiled so that rows of equal features are counted alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from mlqa.subjects.profile import Profile, is_profile, profile
from mlqa.subjects.table import kinds_of, known_names, read_table

__all__ = ["profiles_of"]


def profiles_of(
    current: Any, reference: Any, target: str, leave_out: Sequence[str] = ()
) -> tuple[Profile, Profile | None]:
    """Return the profiles of one or two tables, with rows told apart by the columns that both have.

    Parameters
    ----------
    current, reference : DataFrame, path or Profile; reference may be None
        Profiles are taken as they are.
    target : str
    leave_out : list of str
        Columns that are no features.

    Raises
    ------
    UsageError
        If a table cannot be used, or no table has the target.
    """
    named = ((current, "current"), (reference, "reference"))
    sides = [None if side is None else _read(side, name) for side, name in named]
    known = [name for side in sides if side is not None for name in side.columns]
    known_names([target], known, name="target")
    apart = {*known_names(leave_out, known, name="leave_out")}
    hashed = next((list(side.hashed) for side in sides if isinstance(side, Profile)), None)
    if hashed is None:
        kinds = [kinds_of(side) for side in sides if isinstance(side, pl.DataFrame)]
        hashed = [
            name for name in kinds[0] if name not in apart and all(one.get(name) == kinds[0][name] for one in kinds)
        ]
    after = _profiled(_read(current, "current") if sides[0] is None else sides[0], target, hashed)
    return after, None if sides[1] is None else _profiled(sides[1], target, hashed)


def _read(side: Any, name: str) -> Profile | pl.DataFrame:
    """Return a profile, given or saved, as it is, and any other table as a frame."""
    return profile(side, name=name) if is_profile(side) else read_table(side, name=name)


def _profiled(side: Profile | pl.DataFrame, target: str, hashed: list[str]) -> Profile:
    """Profile a frame over those of the columns it has."""
    if isinstance(side, Profile):
        return side
    there = [name for name in hashed if name in side.columns]
    return profile(side, target=target if target in there else None, hashed=there)
