"""How wrong each prediction is, in both tables alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.subjects.table import kind_of

__all__ = ["Losses", "losses"]

_MOST_CLASSES = 50
_FEW = 10  # whole numbers that are classes

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Losses:
    """One loss for each row of two tables, the reference's first.

    Attributes
    ----------
    values : array, shape (n,)
        0 or 1 where classes were predicted, else the absolute error, or one
        less the probability of the true class; NaN where it is not known.
    wrong : bool
        Whether values are 0 or 1.
    """

    values: Numbers
    wrong: bool


def losses(label: pl.Series, outputs: Sequence[pl.Series]) -> Losses | str:
    """Hold what a model said against the labels, or say why that cannot be.

    Parameters
    ----------
    label : polars.Series
    outputs : list of polars.Series
        One of predicted values or of probabilities of the second of two
        classes; or the probabilities of all classes, in their order.

    Examples
    --------
    >>> losses(pl.Series(["a", "b"]), [pl.Series(["a", "a"])]).values.tolist()
    [0.0, 1.0]
    >>> losses(pl.Series([1.0, 2.5]), [pl.Series([1.5, 2.5])]).values.tolist()
    [0.5, 0.0]
    """
    given = outputs[0]
    if len(outputs) > 1:
        return _of_chances(label, outputs)
    if kind_of(label) == "numeric" and kind_of(given) == "numeric":
        return _of_numbers(label, given)
    if kind_of(given) == "numeric" and _is_chance(given):
        return _of_chances(label, [1.0 - given.cast(pl.Float64), given])
    texts = _text(label), _text(given)
    if not set(texts[1].drop_nulls().unique()) & set(texts[0].drop_nulls().unique()):
        return "no prediction is one of the labels"
    return Losses(values=_floats(texts[0] != texts[1]), wrong=True)


def _of_numbers(label: pl.Series, given: pl.Series) -> Losses | str:
    """Compare classes written as numbers, chances of two of them, or values."""
    truth, said = label.cast(pl.Float64), given.cast(pl.Float64)
    classes = truth.drop_nulls().unique()
    few = classes.len() <= _FEW and bool((classes == classes.round()).all())
    if few and said.drop_nulls().is_in(classes.implode()).all():
        return Losses(values=_floats(truth != said), wrong=True)
    if few and classes.len() == 2 and _is_chance(said):
        return _of_chances(label, [1.0 - said, said])
    return Losses(values=np.abs(_floats(truth) - _floats(said)), wrong=False)


def _of_chances(label: pl.Series, outputs: Sequence[pl.Series]) -> Losses | str:
    """Return one less the probability of the true class."""
    classes = label.drop_nulls().unique().sort()
    if classes.len() != len(outputs) or classes.len() > _MOST_CLASSES:
        return f"there are {classes.len()} classes and probabilities of {len(outputs)}"
    values = np.full(label.len(), np.nan)
    for value, chance in zip(classes, outputs):
        rows = (label == value).fill_null(value=False).to_numpy()
        values[rows] = 1.0 - _floats(chance)[rows]
    return Losses(values=values, wrong=False)


def _is_chance(series: pl.Series) -> bool:
    known = series.drop_nulls().cast(pl.Float64)
    return known.len() > 0 and bool(known.is_between(0.0, 1.0).all())


def _text(series: pl.Series) -> pl.Series:
    """Write a column as text, whole floats without a point."""
    if series.dtype.is_float():
        return series.cast(pl.String).str.strip_suffix(".0")
    return series.cast(pl.String)


def _floats(series: pl.Series) -> Numbers:
    found: Numbers = series.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return found
