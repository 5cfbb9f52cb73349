"""Predictions before and after, compared row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError

__all__ = ["differing", "falling", "rounding"]


def rounding(before: NDArray[Any]) -> float:
    """Return the change of a float prediction that rounding explains.

    Two thirds of the digits of the type, of the size the predictions have:
    the order of sums may differ from batch to batch.
    """
    if before.dtype.kind != "f":
        return 0.0
    finite = np.abs(before[np.isfinite(before)]).astype(np.float64)
    size = float(finite.mean()) if finite.size else 0.0
    return _share(before) * size


def _share(predictions: NDArray[Any]) -> float:
    """Return two thirds of the digits of a float type, as a share."""
    return float(np.finfo(predictions.dtype).eps) ** (2.0 / 3.0)  # type: ignore[no-any-return]  # of floats


def differing(
    before: NDArray[Any], after: NDArray[Any], change: float | None, slack: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Compare predictions row by row.

    Parameters
    ----------
    before, after : arrays, shape (n,) or (n, classes)
    change : float or None
        Absolute change that counts; None: labels that differ, numbers that
        differ by more than rounding.
    slack : float
        What `rounding` says.

    Returns
    -------
    amount : array, shape (n,)
        Largest absolute change; 1 for a label that differs.
    changed : bool array, shape (n,)
    """
    numeric = before.dtype.kind in "iuf" and after.dtype.kind in "iuf"
    if change is not None and not numeric:
        hint = "leave change out, or pass a function that returns probabilities"
        raise UsageError("change", change, "None for a model that predicts labels", hint)
    floats = "f" in (before.dtype.kind, after.dtype.kind)
    if not (numeric and (floats or change is not None)):
        same = (before == after) | ((before != before) & (after != after))  # noqa: PLR0124 - NaN
        changed = ~_flat(np.asarray(same, dtype=np.bool_)).all(axis=1)
        return np.asarray(changed, dtype=np.float64), np.asarray(changed, dtype=np.bool_)
    one, other = _flat(before).astype(np.float64), _flat(after).astype(np.float64)
    with np.errstate(invalid="ignore"):
        gap = np.abs(one - other)
    gap[(one == other) | (np.isnan(one) & np.isnan(other))] = 0.0
    gap[np.isnan(gap)] = np.inf
    amount = np.asarray(gap.max(axis=1), dtype=np.float64)
    if change is not None:
        return amount, np.asarray(amount > change, dtype=np.bool_)
    own_size = np.maximum(np.abs(one), np.abs(other)).max(axis=1)
    # whole numbers before, floats after: the floats' digits count
    share = _share(after if after.dtype.kind == "f" else before)
    return amount, np.asarray(amount > np.maximum(slack, share * np.nan_to_num(own_size, posinf=0.0)), dtype=np.bool_)


def falling(
    before: NDArray[Any], after: NDArray[Any], direction: int, change: float | None, slack: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Compare numbers row by row, where only one direction is wrong.

    Parameters
    ----------
    before, after : arrays of numbers, shape (n,)
    direction : {1, -1}
        1: a fall counts; -1: a rise counts.
    change, slack : float
        As of `differing`.

    Returns
    -------
    amount : array, shape (n,)
        How far it moved the wrong way, at least 0; infinite where only one of
        the two is missing.
    changed : bool array, shape (n,)

    Examples
    --------
    >>> falling(np.array([1.0, 1.0]), np.array([0.5, 2.0]), 1, None, 0.0)[1].tolist()
    [True, False]
    """
    one, other = before.astype(np.float64), after.astype(np.float64)
    with np.errstate(invalid="ignore"):
        fall = direction * (one - other)
    missing = np.isnan(one) | np.isnan(other)
    fall[(one == other) | (np.isnan(one) & np.isnan(other))] = 0.0
    fall[missing & (np.isnan(one) != np.isnan(other))] = np.inf
    amount = np.maximum(fall, 0.0)
    if change is not None:
        return amount, np.asarray(amount > change, dtype=np.bool_)
    size = np.nan_to_num(np.maximum(np.abs(one), np.abs(other)), posinf=0.0)
    share = _share(before) if before.dtype.kind == "f" else 0.0
    return amount, np.asarray(amount > np.maximum(slack, share * size), dtype=np.bool_)


def _flat(array: NDArray[Any]) -> NDArray[Any]:
    """Give every prediction a second axis."""
    return array.reshape(len(array), -1)
