"""Texts that differ only in how they are written: case, white space, accents, width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.values import LONGEST, ValueCounts, joined_values

__all__ = ["Family", "families", "spelled_alike", "tells_rows_apart"]

_ACCENTS = r"[\u0300-\u036f]"  # combining marks of Latin, Greek and Cyrillic; vowels of other scripts stay


@dataclass(frozen=True, slots=True)
class Family:
    """Values of a column that are spelled alike, the most frequent over both tables first."""

    labels: tuple[str, ...]
    reference: tuple[int, ...]
    current: tuple[int, ...]


def spelled_alike(labels: Sequence[str]) -> list[str]:
    r"""Return what is left of texts without case, accents, width and needless white space.

    Examples
    --------
    >>> spelled_alike(["Caf\u00e9  Noir", " CAFE noir "])
    ['cafe noir', 'cafe noir']
    """
    plain = pl.Series(list(labels), dtype=pl.String).str.normalize("NFKD").str.replace_all(_ACCENTS, "")
    # twice: a capital may become a letter with an accent
    plain = plain.str.to_lowercase().str.normalize("NFKD").str.replace_all(_ACCENTS, "")
    found: list[str] = plain.str.replace_all(r"\s+", " ").str.strip_chars().to_list()
    return found


def tells_rows_apart(before: ValueCounts | None, after: ValueCounts) -> bool:
    """Say whether most values occur once, as ids and free texts do.

    Over both tables together, so that no exchange of their rows changes it.
    """
    distinct, rows = after.hashes, int(after.counts.sum())
    if before is not None:
        distinct, rows = np.union1d(distinct, before.hashes), rows + int(before.counts.sum())
    return 2 * distinct.size > rows


def families(before: ValueCounts | None, after: ValueCounts) -> list[Family]:
    """Return every two or more values of a column that are spelled alike.

    Parameters
    ----------
    before : ValueCounts or None
        Of the reference.
    after : ValueCounts
        Of current.

    Examples
    --------
    >>> from mlqa.subjects.values import count_values
    >>> families(None, count_values(pl.Series(["Male", "male ", "Female"]), np.array([50, 2, 48])))
    [Family(labels=('Male', 'male '), reference=(0, 0), current=(50, 2))]
    """
    labels, was, now = _together(before, after)
    # a text cut short may differ in what is not kept
    whole = [at for at, label in enumerate(labels) if len(label) < LONGEST]
    by_key: dict[str, list[int]] = {}
    for at, key in zip(whole, spelled_alike([labels[at] for at in whole])):
        if key:
            by_key.setdefault(key, []).append(at)
    return [
        Family(
            tuple(labels[at] for at in members),
            tuple(int(was[at]) for at in members),
            tuple(int(now[at]) for at in members),
        )
        for members in by_key.values()
        if len(members) > 1
    ]


def _together(before: ValueCounts | None, after: ValueCounts) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64]]:
    """Return the values of both tables, the most frequent first, and the rows of each."""
    if before is not None:
        return joined_values(before, after)
    order = sorted(range(len(after.labels)), key=lambda at: (-int(after.counts[at]), after.labels[at]))
    return [after.labels[at] for at in order], np.zeros(len(order), dtype=np.int64), after.counts[order]
