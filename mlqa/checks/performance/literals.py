"""A table as conditions that can be read: 'age > 60', "region = 'north'", 'income is missing'."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.block import as_block, names
from mlqa.subjects.table import kind_of, read_table
from mlqa.wording import number

__all__ = ["Literal", "features_of", "literals_of"]

_CUTS = (0.25, 0.5, 0.75)
_FEW = 8
_MOST_VALUES = 10
_LONGEST = 40


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """One condition on one column.

    Attributes
    ----------
    column, text : str
    mask : bool array, shape (n,)
    """

    column: str
    text: str
    mask: NDArray[np.bool_]


def features_of(X: Any, n: int) -> pl.DataFrame:
    """Read features of as many rows as there are predictions.

    Raises
    ------
    UsageError
        If it is no table, or has another number of rows.
    """
    block = as_block(X)
    if isinstance(block, np.ndarray):
        block = pl.DataFrame({name: block[:, k].tolist() for k, name in enumerate(names(block))}, strict=False)
    frame = read_table(block, name="X")
    if frame.height != n:
        got = f"{frame.height} rows"
        raise UsageError("X", X, f"{n} rows, as y has", "use the same rows in the same order", got)
    return frame


def literals_of(frame: pl.DataFrame, least: int) -> list[Literal]:
    """Return the conditions that hold in at least `least` rows, and not in all.

    Numbers and times are cut at their quartiles, few values and categories are
    taken one by one (the ten commonest), and what is missing is a condition too.

    Examples
    --------
    >>> frame = pl.DataFrame({"age": [20, 30, None, 50], "plan": ["a", "b", "a", "a"]})
    >>> [literal.text for literal in literals_of(frame, 1)]
    ['age is missing', 'age = 20', 'age = 30', 'age = 50', "plan = 'a'", "plan = 'b'"]
    """
    found: list[Literal] = []
    for series in frame.get_columns():
        found += _missing(series) + _of_column(series, least)
    return [one for one in found if least <= int(one.mask.sum()) < frame.height]


def _missing(series: pl.Series) -> list[Literal]:
    if series.null_count() == 0:
        return []
    return [Literal(series.name, f"{series.name} is missing", series.is_null().to_numpy())]


def _of_column(series: pl.Series, least: int) -> list[Literal]:
    kind = kind_of(series)
    if kind == "other":
        return []
    if kind in ("numeric", "time") and series.n_unique() > _FEW:
        return _cuts(series, kind)
    counts = series.drop_nulls().value_counts(sort=False).sort(["count", series.name], descending=[True, False])
    common = counts.filter(pl.col("count") >= least)[series.name].to_list()[:_MOST_VALUES]
    common = sorted(common) if kind in ("numeric", "time") else common
    return [
        Literal(series.name, f"{series.name} = {_shown(value)}", (series == value).fill_null(False).to_numpy())
        for value in common
    ]


def _cuts(series: pl.Series, kind: str) -> list[Literal]:
    """Below and above each quartile that is a value of the column."""
    places = [series.quantile(cut, interpolation="lower") for cut in _CUTS]
    rows = []
    for place in sorted({value for value in places if value is not None}):
        text = number(float(place)) if kind == "numeric" else str(place)
        for sign, mask in (("<=", series <= place), (">", series > place)):
            rows.append(Literal(series.name, f"{series.name} {sign} {text}", mask.fill_null(False).to_numpy()))
    return rows


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, str) else number(value) if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
