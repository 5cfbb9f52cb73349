"""Two answers about the same rows: which differ by more than rounding."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.conformance.asking import Answer

__all__ = ["unlike"]

_COARSE = float(np.finfo(np.float32).eps) ** (2.0 / 3.0)
_FINE = float(np.finfo(np.float64).eps) ** (2.0 / 3.0)
_OF_SPREAD = 1e-3

Bools = NDArray[np.bool_]


def unlike(before: Answer, after: Answer, margin: NDArray[np.float64] | None = None) -> Bools:
    """Mark the rows whose answers differ.

    Numbers differ where they are further apart than rounding explains: two
    thirds of the digits of a 32-bit float, which most libraries count in
    somewhere, of the size of the numbers; of finer numbers far from zero at
    most a thousandth of their spread. A label that turns where the
    probability stays does not differ if rounding can have turned it.

    Parameters
    ----------
    before, after : Answer, of n rows
    margin : array, shape (n,), optional
        How far each row was from another label, as a share of the largest; by
        default it is told from the probabilities.

    Returns
    -------
    bool array, shape (n,)

    Examples
    --------
    >>> one, other = np.array([0.1, 1.0]), np.array([0.1 + 1e-12, 2.0])
    >>> unlike(Answer(one), Answer(other)).tolist()
    [False, True]
    """
    turned = _differ(before.prediction, after.prediction)
    if before.probability is None or after.probability is None:
        moved = np.full(len(before), (before.probability is None) != (after.probability is None))
    else:
        moved = _differ(before.probability, after.probability)
        if margin is None and before.prediction.dtype.kind != "f":
            turned &= ~_at_the_line(before)
    if margin is not None:
        turned &= margin > _COARSE
    found: Bools = np.logical_or(turned, moved)
    return found


def _differ(before: NDArray[Any], after: NDArray[Any]) -> Bools:
    if before.shape != after.shape:
        return np.ones(len(before), dtype=np.bool_)
    numeric = before.dtype.kind in "biuf" and after.dtype.kind in "biuf"
    if not numeric or "f" not in (before.dtype.kind, after.dtype.kind):
        same = np.asarray(before == after, dtype=np.bool_)
        if before.dtype.kind == "O":
            same |= np.asarray((before != before) & (after != after), dtype=np.bool_)  # noqa: PLR0124 - NaN
        other_label: Bools = np.any(~same.reshape(len(same), -1), axis=1)
        return other_label
    one, other = (side.astype(np.float64).reshape(len(side), -1) for side in (before, after))
    with np.errstate(invalid="ignore"):
        gap = np.abs(one - other)
    gap[(one == other) | (np.isnan(one) & np.isnan(other))] = 0.0
    gap[np.isnan(gap)] = np.inf
    apart: Bools = np.any(gap > _rounding(one, other), axis=1)
    return apart


def _rounding(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far apart rounding can bring each number."""
    finite = one[np.isfinite(one)]
    own = np.nan_to_num(np.maximum(np.abs(one), np.abs(other)), posinf=0.0)
    size = np.maximum(own, float(np.abs(finite).mean()) if finite.size else 0.0)
    with np.errstate(over="ignore"):
        single = bool((finite == finite.astype(np.float32)).all())
    if single or finite.size < 2:
        return np.asarray(_COARSE * size)
    most = _OF_SPREAD * float(finite.std()) or np.inf
    return np.asarray(np.maximum(_FINE * size, np.minimum(_COARSE * size, most)))


def _at_the_line(said: Answer) -> Bools:
    """Mark rows that lie, within rounding, where one label gives way to another."""
    rows = said.probability
    if rows is None or rows.dtype.kind != "f" or not len(rows):
        return np.zeros(len(said), dtype=np.bool_)
    if rows.ndim == 1:
        rows = np.column_stack([1 - rows, rows])
    ordered = np.sort(np.nan_to_num(rows, nan=0.0), axis=1)
    close = ordered[:, -1] - ordered[:, -2] <= 2 * _COARSE if rows.shape[1] > 1 else np.zeros(len(rows), dtype=np.bool_)
    labels = np.unique(said.prediction) if said.prediction.dtype.kind != "O" else np.array([])
    if rows.shape[1] == 2 and len(labels) == 2:
        close |= _at_a_line_of_its_own(rows[:, 1], said.prediction == labels[1])
    return np.asarray(close)


def _at_a_line_of_its_own(share: NDArray[Any], second: Bools) -> Bools:
    """Mark rows at the line of a classifier that says yes from another share than a half."""
    if second.mean() in (0.0, 1.0):
        return np.zeros(len(share), dtype=np.bool_)
    if np.median(share[second]) < np.median(share[~second]):
        share = -share
    low, high = share[second].min(), share[~second].max()
    return np.asarray(np.where(second, share <= low + _COARSE, share >= high - _COARSE))
