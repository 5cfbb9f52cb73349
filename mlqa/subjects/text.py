"""The shape of a text column: how many of its values are blank, padded, numbers, dates, or mean 'no value'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.grid import Grid, grid_of

__all__ = ["TextShape", "numbers_in", "text_shape"]

_NULLS = (
    *("", "na", "n/a", "n.a.", "nan", "null", "none", "nil", "nat", "<na>", "#n/a", "(null)", "(blank)"),
    *("-", "--", "---", "?", "??", ".", "..", "_", "missing", "undefined", "not available", "unknown"),
)
_DATE = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"
_MOST_SPELLINGS = 100
_STRIPPED = pl.col("text").str.strip_chars()
_LOOKS = [  # in one query: many small ones cost more than what they look at
    (_STRIPPED == "").alias("blank"),
    (pl.col("text") != _STRIPPED).alias("changed"),
    (~_STRIPPED.str.contains(r"[\p{L}\p{N}]")).alias("special"),
    _STRIPPED.str.contains(_DATE).alias("dates"),
    _STRIPPED.str.to_lowercase().is_in(list(_NULLS)).alias("spelled"),
    _STRIPPED.alias("stripped"),
    pl.col("text").str.len_chars().alias("length"),
]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TextShape:
    """Rows of a text column by the shape of their value; nulls are in none.

    Attributes
    ----------
    blank : int
        Empty, or white space only.
    padded : int
        With white space before or after, and more than that.
    special : int
        Neither blank nor with any letter or digit.
    numbers : int
        That read as a finite number.
    dates : int
        That read as an ISO date or time.
    nulls : mapping of str to int
        Spellings of 'no value', stripped, and the rows of each.
    lengths : Grid
        Characters.
    """

    blank: int
    padded: int
    special: int
    numbers: int
    dates: int
    nulls: Mapping[str, int]
    lengths: Grid

    def merge(self, other: TextShape) -> TextShape:
        """Count the rows of both."""
        spellings = {key: self.nulls.get(key, 0) + other.nulls.get(key, 0) for key in {**self.nulls, **other.nulls}}
        return TextShape(
            blank=self.blank + other.blank,
            padded=self.padded + other.padded,
            special=self.special + other.special,
            numbers=self.numbers + other.numbers,
            dates=self.dates + other.dates,
            nulls=dict(sorted(spellings.items())),
            lengths=self.lengths.merge(other.lengths),
        )


def numbers_in(labels: pl.Series) -> NDArray[np.float64]:
    """Return the number each text reads as, NaN where it reads as none.

    Examples
    --------
    >>> numbers_in(pl.Series([" 1.5", "x", "inf"])).tolist()
    [1.5, nan, nan]
    """
    read = labels.str.strip_chars().cast(pl.Float64, strict=False).to_numpy()  # null is NaN
    return np.where(np.isfinite(read), read, np.nan)


def text_shape(labels: pl.Series, counts: NDArray[np.int64], numbers: NDArray[np.float64]) -> TextShape:
    """Look at distinct texts once each.

    Parameters
    ----------
    labels : polars.Series of String, shape (k,)
        Without null.
    counts, numbers : array, shape (k,)
        Rows of each text, and the number it reads as.

    Examples
    --------
    >>> shape = text_shape(pl.Series(["a ", "NA", "7"]), np.array([1, 2, 4]), np.array([np.nan, np.nan, 7.0]))
    >>> shape.padded, shape.numbers, dict(shape.nulls)
    (1, 4, {'NA': 2})
    """
    looked = pl.DataFrame({"text": labels}).select(_LOOKS)
    blank, changed, special, dates, spelled = (looked.get_column(name).to_numpy() for name in looked.columns[:5])
    padded, special = changed & ~blank, special & ~blank
    found: dict[str, int] = {}
    if spelled.any():
        for text, rows in zip(
            looked.get_column("stripped").filter(pl.Series(spelled)).to_list(), counts[spelled].tolist()
        ):
            found[text] = found.get(text, 0) + rows
    return TextShape(
        blank=int(counts[blank].sum()),
        padded=int(counts[padded].sum()),
        special=int(counts[special].sum()),
        numbers=int(counts[np.isfinite(numbers)].sum()),
        dates=int(counts[dates].sum()),
        nulls=dict(sorted(found.items())[:_MOST_SPELLINGS]),
        lengths=grid_of(looked.get_column("length").cast(pl.Float64).to_numpy(), counts),
    )
