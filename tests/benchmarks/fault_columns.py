"""Which columns of a table a fault can go into: kinds, and how far columns tell of each other."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import polars as pl
from fault_tables import Pair, load

BINS = 6
MOST_ROWS = 5_000
RELATED = 0.3  # association from which two columns tell of each other


def numeric(pair: Pair, *, distinct: int = 10) -> list[str]:
    """Return the features that are numbers, vary, and are seldom missing."""
    return [
        name
        for name in pair.features
        if pair.current[name].dtype.is_numeric()
        and pair.reference[name].n_unique() > distinct
        and present(pair, name) > 0.5
    ]


def categories(pair: Pair, *, fewest: int = 2) -> list[str]:
    """Return the features that are texts which repeat themselves."""
    return [
        name
        for name in pair.features
        if pair.current[name].dtype == pl.String
        and fewest <= pair.reference[name].drop_nulls().n_unique() <= 60
        and present(pair, name) > 0.5
    ]


def present(pair: Pair, name: str) -> float:
    """Return the smaller share of values that are there."""
    return 1 - max(frame[name].null_count() / frame.height for frame in (pair.reference, pair.current))


def related(pair: Pair, name: str, *, least: float = RELATED) -> list[str]:
    """Return the features that tell of a column in the whole source, the closest first."""
    strength = associations(pair.name)
    found = {other: strength[frozenset((name, other))] for other in pair.features if other != name}
    return sorted((other for other in found if found[other] >= least), key=lambda other: -found[other])


@cache
def associations(name: str) -> dict[frozenset[str], float]:
    """Return the association (bias-corrected Cramer's V of binned values) of every two columns of a source."""
    table = load(name).head(MOST_ROWS)
    codes = {column: binned(table[column]) for column in table.columns}
    return {frozenset(two): cramer(codes[two[0]], codes[two[1]]) for two in combinations(codes, 2)}


def binned(series: pl.Series) -> np.ndarray:
    """Return small whole numbers: about equal bins of numbers and times, the most frequent texts, and missing."""
    if series.dtype.is_numeric() or series.dtype.is_temporal():
        ranks = series.to_physical().cast(pl.Float64).rank("average") / max(1, series.len() - series.null_count())
        codes = (ranks * BINS).ceil()
    else:
        most = series.drop_nulls().value_counts(sort=True)[series.name].head(BINS)
        numbers = {value: place + 1.0 for place, value in enumerate(most)}
        codes = series.replace_strict(numbers, default=BINS + 1.0, return_dtype=pl.Float64)
        codes = pl.select(pl.when(series.is_null()).then(None).otherwise(codes)).to_series()
    return codes.fill_null(0.0).to_numpy().astype(int)


def cramer(x: np.ndarray, y: np.ndarray) -> float:
    """Return the association of two codes, from 0 to 1 (Bergsma, 2013)."""
    width = y.max() + 1
    counts = np.bincount(x * width + y, minlength=(x.max() + 1) * width).reshape(-1, width).astype(float)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n, (rows, columns) = counts.sum(), counts.shape
    if min(rows, columns) < 2:
        return 0.0
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / n
    phi = max(0.0, ((counts - expected) ** 2 / expected).sum() / n - (rows - 1) * (columns - 1) / (n - 1))
    least = min(rows - (rows - 1) ** 2 / (n - 1), columns - (columns - 1) ** 2 / (n - 1)) - 1
    return float(np.sqrt(phi / least))
