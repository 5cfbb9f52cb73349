"""The rows of both tables whose label is known, for checks of the label given the features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlqa.checks.drift.asked import both_profiles
from mlqa.checks.drift.encoded import Encoded, encode, usable
from mlqa.subjects.table import known_names
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["FEW_ROWS", "Labelled", "labelled", "too_few"]

FEW_ROWS = 60  # of either table, with a known label


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Labelled:
    """Rows with a known label.

    Attributes
    ----------
    rows : Encoded
    label : int
        Which column it is.
    sides : tuple of int
        Rows of reference and of current.
    """

    rows: Encoded
    label: int
    sides: tuple[int, int]


def labelled(
    check: str, reference: Any, current: Any, target: str, columns: Sequence[str] | None, seed: int
) -> Labelled | str:
    """Return the rows to be asked, or in a few words why there are none.

    Raises
    ------
    UsageError
        If a table cannot be read, or neither has the target or a column.
    """
    before, after = both_profiles(reference, current)
    known = list(dict.fromkeys([*before.columns, *after.columns]))
    known_names([target], known, name="target")
    if columns is not None:
        columns = known_names(columns, known)
    for name, side in (("the reference", before), ("current", after)):
        if target not in side.columns:
            return f"{name} has no labels: no column {target!r}"
        if side.columns[target].present == 0:
            return f"{name} has no labels: {target!r} is missing in every row"
        if side.sample is None:
            return f"the profile of {name} holds no rows: save it with rows=True or pass the table"
    names = usable(before, after, known if columns is None else [*columns, target], times=columns is not None)
    if target not in names:
        return f"{target!r} is not of one kind, numbers or categories, in both tables"
    if len(names) < 2:
        return "there is no feature of one kind in both tables"
    encoded = encode(check, before, after, list(dict.fromkeys(names)), seed)
    return "the profile holds no rows" if encoded is None else _known(encoded, target)


def too_few(check: str, claim: str, method: str, rows: Labelled, alpha: float) -> Verdict:
    """Say that no rule can be learnt from so few labels, and how many more would do."""
    return Verdict(
        check=check,
        outcome=Outcome.UNDECIDED,
        claim=claim,
        reason=f"{rows.sides[0]} and {rows.sides[1]} rows with a label are too few to learn from",
        evidence=Evidence(
            n=sum(rows.sides), method=method, rows_needed=sum(max(0, FEW_ROWS - side) for side in rows.sides)
        ),
        alpha=alpha,
    )


def _known(encoded: Encoded, target: str) -> Labelled | str:
    """Keep the rows whose label is known, if it varies."""
    label = encoded.names.index(target)
    values = encoded.values[:, label]
    rows = encoded.only(~np.isnan(values))
    if np.unique(rows.values[:, label]).size < 2:
        return f"{target!r} takes one value only"
    current = int(rows.current.sum())
    return Labelled(rows=rows, label=label, sides=(int(rows.current.size) - current, current))
