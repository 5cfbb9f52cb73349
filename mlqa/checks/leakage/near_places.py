"""Rows as points among which a row and its near copy are close."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["near_places"]

_MOST_BITS = 6
_ENDS = (0.01, 0.99)
_FURTHEST = 16.0

Floats = NDArray[np.float64]


def near_places(frame: pl.DataFrame, codes: NDArray[np.int64]) -> Floats:
    """Turn rows into points.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns of Float64 and String.
    codes : array of int of at least 0, shape (n, columns)
        0 for missing values, as `Pooled.codes`.

    Returns
    -------
    array, shape (n, d), in [-16, 16]

    Notes
    -----
    Numbers in standard deviations, of the values between the first and the last
    hundredth: noise is usually made in these. Logarithmic far out, so that one
    wild value does not outweigh all other columns. Texts by the bits of their
    rank by frequency: few coordinates, and unlike texts about one apart.

    Examples
    --------
    >>> near_places(pl.DataFrame({"x": [1.0, None], "y": ["a", "b"]}), np.array([[1, 1], [0, 2]])).shape
    (2, 3)
    """
    parts = [
        _text(codes[:, at]) if series.dtype == pl.String else _number(series.to_numpy())
        for at, series in enumerate(frame.get_columns())
    ]
    return np.hstack(parts)


def _number(values: Floats) -> Floats:
    """Return deviations from the median, and a flag for missing values where there are any."""
    missing = np.isnan(values)
    known = values[np.isfinite(values)]
    if not known.size:
        return _flags(missing)
    # halved, so that no difference of two numbers overflows
    middle, low, high = np.quantile(known / 2.0, [0.5, *_ENDS])
    inner = np.clip(known / 2.0, low, high)
    with np.errstate(over="ignore", invalid="ignore"):
        spread = float((inner - middle).std()) or float((known / 2.0 - middle).std()) or 1.0
        moved = np.arcsinh((np.where(missing, 2.0 * middle, values) / 2.0 - middle) / spread)
    place = np.clip(np.nan_to_num(moved, nan=0.0, posinf=_FURTHEST, neginf=-_FURTHEST), -_FURTHEST, _FURTHEST)[:, None]
    return np.hstack([place, _flags(missing)]) if missing.any() else place


def _flags(flags: NDArray[np.bool_]) -> Floats:
    return flags[:, None].astype(np.float64)


def _text(codes: NDArray[np.int64]) -> Floats:
    """Return the bits of the rank of each code, the most frequent first."""
    found, place, counts = np.unique(codes, return_inverse=True, return_counts=True)
    rank = np.empty(found.size, dtype=np.int64)
    rank[np.argsort(-counts, kind="stable")] = np.arange(found.size)
    bits = max(1, min(_MOST_BITS, math.ceil(math.log2(found.size)) if found.size > 1 else 1))
    wide = rank[place] % 2**bits
    places: Floats = ((wide[:, None] >> np.arange(bits)) & 1) * math.sqrt(2.0 / bits)
    return places
