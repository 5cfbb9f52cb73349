"""Parts of the rows of two tables, by one column each: where something may be worse than elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.table import kind_of
from mlqa.wording import number

__all__ = ["Slice", "slices"]

_CATEGORIES = 12
_CUTS = (0.25, 0.5, 0.75)
_FEWEST = 40  # rows of both tables
_MOST_SLICES = 400

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Slice:
    """Some of the rows: those of a category, or in a range.

    Attributes
    ----------
    column : str
        By which; '' for all rows.
    what : str
    rows : array of bool, shape (n,)
    """

    column: str
    what: str
    rows: Mask


def slices(frame: pl.DataFrame, names: Sequence[str]) -> list[Slice]:
    """Cut the rows by each of some columns.

    Parameters
    ----------
    frame : polars.DataFrame
        Rows of both tables: which table a row is of plays no part.
    names : list of str

    Returns
    -------
    list of Slice
        Frequent categories, the quarters of numbers and times, and missing values; each
        of at least 40 rows; 400 at most.

    Examples
    --------
    >>> frame = pl.DataFrame({"town": ["A", "B"] * 50})
    >>> [part.what for part in slices(frame, ["town"])]
    ["'town' is 'A'", "'town' is 'B'"]
    """
    found: list[Slice] = []
    for name in names:
        series = frame.get_column(name)
        kind = kind_of(series)
        parts = _ranges(series) if kind in ("numeric", "time") else _categories(series) if kind != "other" else []
        parts.append(("is missing", series.is_null().to_numpy()))
        for what, rows in parts:
            if _FEWEST <= rows.sum() < rows.size:
                found.append(Slice(column=name, what=f"{name!r} {what}", rows=rows))
    return found[:_MOST_SLICES]


def _categories(series: pl.Series) -> list[tuple[str, Mask]]:
    texts = series.cast(pl.String)
    counts = texts.drop_nulls().value_counts().sort(["count", texts.name], descending=[True, False])
    often = counts.get_column(texts.name).head(_CATEGORIES).to_list()
    return [(f"is {text[:40]!r}", (texts == text).fill_null(value=False).to_numpy()) for text in often]


def _ranges(series: pl.Series) -> list[tuple[str, Mask]]:
    """Return the quarters; of few values, each of them."""
    values = series.to_physical().cast(pl.Float64).fill_null(np.nan).to_numpy()
    known = values[~np.isnan(values)]
    distinct = np.unique(known)
    if distinct.size < 2:
        return []
    if distinct.size <= _CATEGORIES:
        return [(f"is {_shown(series, value)}", values == value) for value in distinct.tolist()]
    edges = np.unique(np.quantile(known, _CUTS, method="inverted_cdf"))
    cells = np.where(np.isnan(values), -1, np.searchsorted(edges, values))
    names = [f"is at most {_shown(series, edges[0])}"]
    names += [f"is above {_shown(series, low)}, up to {_shown(series, high)}" for low, high in pairwise(edges.tolist())]
    names += [f"is above {_shown(series, edges[-1])}"]
    return [(what, cells == cell) for cell, what in enumerate(names)]


def _shown(series: pl.Series, value: float) -> str:
    if series.dtype.is_temporal():
        return str(pl.Series([round(value)]).cast(series.dtype)[0])
    return number(float(value))
