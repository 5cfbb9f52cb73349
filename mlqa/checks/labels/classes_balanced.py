"""The question whether every class has rows enough."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import share_of
from mlqa.checks.labels.sides import profiles_of
from mlqa.checks.skipped import skipped
from mlqa.report.bars import share_bars
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["classes_balanced"]

_CHECK = "labels.classes_balanced"
_CLAIM = "every class has rows enough to be learnt"
_FEWEST = 5
_MOST_CLASSES = 20
_LONGEST = 40


def classes_balanced(current: Any, *, target: str, reference: Any = None, at_least: float | None = None) -> Verdict:
    """Ask whether every class of the label has rows enough.

    A contract: true or false of the rows at hand. Rare classes are no fault by
    themselves; so without a limit only a label of one class fails, and a class
    of fewer than five rows, which no five-fold split can show to every model.

    Parameters
    ----------
    current : DataFrame, path or Profile
    target : str
        The label: classes.
    reference : DataFrame, path or Profile, optional
        With it, and without a limit, the question is left to the drift of the
        label.
    at_least : float in [0, 1], optional, unit: share of labelled rows
        Smallest share of a class.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of the smallest class.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Examples
    --------
    >>> import polars as pl
    >>> classes_balanced(pl.DataFrame({"churn": ["no"] * 97 + ["yes"] * 3}), target="churn").reason
    "class 'yes' has 3 of 100 rows (3 %), fewer than 5"
    """
    if at_least is not None:
        at_least = share_of("at_least", at_least, "0.05 is one row in twenty")
    after, _ = profiles_of(current, reference, target)
    column = after.columns.get(target)
    if column is None:
        return skipped(_CHECK, _CLAIM, f"current has no labels: no column {target!r}")
    if at_least is None and reference is not None:
        return skipped(_CHECK, _CLAIM, "no limit is given; beside a reference the drift of the label is asked")
    labels, counts = _classes(column)
    if not counts.size:
        return skipped(_CHECK, _CLAIM, f"{target!r} holds no class")
    if column.values is None and counts.size > _MOST_CLASSES:
        return skipped(_CHECK, _CLAIM, f"{target!r} is a number of many values")
    return _judged(target, labels, counts, at_least)


def _classes(column: ColumnProfile) -> tuple[list[str], NDArray[np.int64]]:
    """Return the classes, most frequent first, and their rows."""
    if column.values is not None:
        labels, counts = list(column.values.labels), column.values.counts
    elif column.grid is not None:
        labels, counts = [number(float(value)) for value in column.grid.values], column.grid.counts
    else:
        return [], np.zeros(0, dtype=np.int64)
    there = np.flatnonzero(counts)
    order = sorted(there.tolist(), key=lambda at: (-int(counts[at]), labels[at]))
    return [labels[at] for at in order], counts[order]


def _judged(target: str, labels: list[str], counts: NDArray[np.int64], at_least: float | None) -> Verdict:
    """Hold the smallest class to the limit."""
    rows, least = int(counts.sum()), int(counts[-1])
    share = least / rows
    too_few = counts < _FEWEST if at_least is None else counts < at_least * rows
    failed = bool(too_few.any()) or counts.size == 1
    told = f"class {labels[-1][:_LONGEST]!r} has {least} of {rows} rows ({number(100 * share)} %)"
    bound = f"fewer than {_FEWEST}" if at_least is None else f"limit {number(100 * at_least)} %"
    others = f"; so do {int(too_few.sum()) - 1} other classes" if too_few.sum() > 1 else ""
    reason = f"{target!r} has one class only: {labels[0][:_LONGEST]!r}" if counts.size == 1 else told
    worst = [{"class": labels[at], "rows": int(counts[at])} for at in np.flatnonzero(too_few)[::-1].tolist()]
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        claim=_CLAIM,
        reason=reason
        if counts.size == 1
        else reason + (f", {bound}{others}" if failed else f", the fewest of {counts.size}"),
        evidence=Evidence(
            estimate=share,
            limit=at_least,
            unit="of labelled rows",
            n=rows,
            method="count of labels",
            worst=tuple(worst),
            plot=_bars(target, labels, counts) if failed else None,
        ),
        columns=(target,) if failed else (),
        remedy="gather more rows of the class, join it with another, or drop it" if failed else "",
    )


def _bars(target: str, labels: list[str], counts: NDArray[np.int64]) -> dict[str, Any]:
    """Draw the ten largest and the ten smallest classes."""
    few = range(len(labels)) if len(labels) <= 20 else [*range(10), *range(len(labels) - 10, len(labels))]
    shares = [float(counts[at] / counts.sum()) for at in few]
    return share_bars(target, [labels[at] for at in few], None, shares, y="share of labelled rows")
