"""Columns as small whole numbers, and a target as numbers or classes: what vectorised statistics take."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

__all__ = ["Target", "cells_of", "dense_codes", "places_within", "ranks_of", "target_of"]

_CELLS = 32
_MOST_CLASSES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is to be predicted.

    Attributes
    ----------
    values : array, shape (n, k)
        Ranks from 0 to 1 of a number (k = 1), or one 0/1 column for each of the
        most frequent classes.
    classes : tuple of str
        Empty where the target is a number.
    """

    values: NDArray[np.float64]
    classes: tuple[str, ...]


def cells_of(codes: NDArray[np.int64], *, text: bool, cells: int = _CELLS) -> NDArray[np.int64]:
    """Return which cell of its column each row lies in.

    Parameters
    ----------
    codes : array of int of at least 0, shape (n,)
        0 for missing values, larger for larger values.
    text : bool
        Texts have one cell for each value.
    cells : int
        Numbers of more than twice as many values are cut at their quantiles.

    Returns
    -------
    array of int of at least 0, shape (n,)
        Missing values are a cell of their own, 0.

    Examples
    --------
    >>> np.bincount(cells_of(np.arange(1001), text=False, cells=4)).tolist()
    [1, 250, 250, 250, 250]
    """
    if text:
        return codes
    known = np.sort(codes[codes > 0])
    if np.count_nonzero(np.diff(known)) < 2 * cells:
        return codes
    edges = np.unique(known[(np.arange(1, cells) * known.size) // cells])
    return np.where(codes == 0, 0, np.searchsorted(edges, codes, side="right") + 1)


def dense_codes(series: pl.Series) -> NDArray[np.int64]:
    """Return 0 for missing values, and 1, 2, ... for the others in their order.

    Examples
    --------
    >>> dense_codes(pl.Series([5.0, None, 2.0])).tolist()
    [2, 0, 1]
    """
    found: NDArray[np.int64] = series.rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
    return found


def ranks_of(series: pl.Series) -> NDArray[np.float64]:
    """Return average ranks scaled to [0, 1]; missing values lie in the middle.

    Parameters
    ----------
    series : polars.Series of Float64

    Examples
    --------
    >>> ranks_of(pl.Series([1.0, 3.0, None, 2.0])).tolist()
    [0.0, 1.0, 0.5, 0.5]
    """
    values = series.to_numpy()
    known = ~np.isnan(values)
    ranks = np.full(values.size, 0.5)
    if known.sum() > 1:
        ranks[known] = (rankdata(values[known]) - 1.0) / (known.sum() - 1.0)
    return ranks


def places_within(values: NDArray[np.float64], current: NDArray[np.bool_], cells: int = _CELLS) -> NDArray[np.int64]:
    """Return in which stretch of its own table each row lies, by the order of its value.

    Parameters
    ----------
    values : array, shape (n,)
    current : array of bool, shape (n,)
        Which of two tables a row is of; each is cut by itself.

    Examples
    --------
    >>> places_within(np.array([5.0, 1.0, 90.0, 70.0]), np.array([False, False, True, True]), 2).tolist()
    [1, 0, 1, 0]
    """
    found = np.zeros(values.size, dtype=np.int64)
    for side in (current, ~current):
        size = int(side.sum())
        if size:
            found[side] = np.minimum((rankdata(values[side], "average") - 0.5) * cells / size, cells - 1).astype(
                np.int64
            )
    return found


def target_of(series: pl.Series) -> Target | None:
    """Return a target as ranks where it is a number of many values, else as classes.

    Parameters
    ----------
    series : polars.Series of Float64 or String

    Returns
    -------
    Target or None
        None where it is a text that hardly repeats: nothing predicts it.

    Examples
    --------
    >>> target_of(pl.Series(["no", "yes", None, "no"])).classes
    ('no', 'yes')
    """
    known = series.drop_nulls()
    distinct = known.n_unique()
    if series.dtype != pl.String and distinct > _MOST_CLASSES:
        return Target(ranks_of(series)[:, None], ())
    if distinct > max(_MOST_CLASSES, len(known) / 2):
        return None
    codes = dense_codes(series)
    often = np.argsort(-np.bincount(codes, minlength=1)[1:], kind="stable")[:_MOST_CLASSES] + 1
    names = known.unique().sort().cast(pl.String).to_list()
    values = (codes[:, None] == often).astype(np.float64)
    return Target(values, tuple(names[at - 1] for at in often))
