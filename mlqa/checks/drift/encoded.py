"""Rows of both tables as one matrix of numbers, made without knowing which table a row is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

from mlqa.stats.seeds import generator
from mlqa.subjects.hashing import hash_bits
from mlqa.subjects.pooled import comparable, lowest_keys, pooled, row_keys
from mlqa.subjects.profile import Profile

__all__ = ["FOLDS", "MOST_ROWS", "Encoded", "encode", "usable"]

FOLDS = 5
MOST_ROWS = 2000
_FEWEST_ROWS = 600
_WIDE = 50  # columns, beyond which each is encoded in three features
_CELLS = 8
_CATEGORIES = 12
_FAR = 4.0  # deviations

Numbers = NDArray[np.float64]
Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Encoded:
    """Rows of both tables, mixed.

    Attributes
    ----------
    names : tuple of str
    numeric : tuple of bool
        Whether a column is predicted as a number, or as one of a few values.
    values : array, shape (n, columns)
        Numbers as they are, other columns as codes; NaN where missing.
    features : array, shape (n, d)
    blocks : tuple of slice
        Which features are of each column.
    targets : array, shape (n, t)
        Normal scores of numbers; one 0/1 column for each of a few values.
    parts : tuple of slice
        Which targets are of each column.
    known : array of bool, shape (n, columns)
        Rows whose value can be compared with its prediction.
    current : array of bool, shape (n,)
    folds : array of int, shape (n,)
        Equal rows share theirs, whichever table they are of.
    halves : array of int, shape (n,)
        Of each table at random, equal rows or not.
    """

    names: tuple[str, ...]
    numeric: tuple[bool, ...]
    values: Numbers
    features: Numbers
    blocks: tuple[slice, ...]
    targets: Numbers
    parts: tuple[slice, ...]
    known: NDArray[np.bool_]
    current: NDArray[np.bool_]
    folds: NDArray[np.int64]
    halves: NDArray[np.int64]

    def without(self, columns: Sequence[int]) -> Encoded:
        """Return the same rows with nothing to be learnt from some columns."""
        features = self.features.copy()
        for column in columns:
            features[:, self.blocks[column]] = 0.0
        return replace(self, features=features)

    def only(self, rows: NDArray[np.bool_]) -> Encoded:
        """Return some of the rows."""
        return replace(
            self,
            values=self.values[rows],
            features=self.features[rows],
            targets=self.targets[rows],
            known=self.known[rows],
            current=self.current[rows],
            folds=self.folds[rows],
            halves=self.halves[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """One column, encoded."""

    numeric: bool
    values: Numbers
    features: Numbers
    targets: Numbers
    known: NDArray[np.bool_]


def usable(before: Profile, after: Profile, columns: Sequence[str], *, times: bool) -> list[str]:
    """Return those of the columns that are of one kind in both tables; times where wanted."""
    if before.sample is None or after.sample is None:
        return []
    alike = set(comparable(before.sample, after.sample))
    clock = {name for name, column in before.columns.items() if column.kind == "time"}
    return [name for name in columns if name in alike and (times or name not in clock)]


def encode(check: str, before: Profile, after: Profile, names: Sequence[str], seed: int) -> Encoded | None:
    """Put the sample rows of two profiles into one matrix.

    Parameters
    ----------
    check : str
        Id of the check that asks: its halves are its own.
    before, after : Profile
    names : list of str
        Columns that :func:`usable` returned.
    seed : int

    Returns
    -------
    Encoded or None
        None where a profile holds no rows.

    Notes
    -----
    Cells, ranks and folds follow the pooled rows only, so that where rows of
    both tables are exchangeable they still are so, given everything here.
    """
    if before.sample is None or after.sample is None:
        return None
    wide = len(names) > _WIDE
    most = max(_FEWEST_ROWS, MOST_ROWS * _WIDE // len(names)) if wide else MOST_ROWS
    rows = pooled(before.sample, after.sample, [*names], most=before.sample.height + after.sample.height)
    random = generator(check, before.digest + after.digest, seed)
    salt = random.integers(0, 2**63, size=5).astype(np.uint64)
    keys = row_keys(rows.hashes, rows.current, salt[:2])
    kept = lowest_keys(hash_bits(keys ^ salt[2]), rows.current, most)
    columns = [_encoded(series[kept], wide) for series in rows.frame.get_columns()]
    return Encoded(
        names=tuple(names),
        numeric=tuple(column.numeric for column in columns),
        values=np.column_stack([column.values for column in columns]),
        features=np.hstack([column.features for column in columns]),
        blocks=_slices([column.features.shape[1] for column in columns]),
        targets=np.hstack([column.targets for column in columns]),
        parts=_slices([column.targets.shape[1] for column in columns]),
        known=np.column_stack([column.known for column in columns]),
        current=rows.current[kept],
        folds=(hash_bits(rows.hashes[kept] ^ salt[3]) % np.uint64(FOLDS)).astype(np.int64),
        halves=(hash_bits(keys[kept] ^ salt[4]) % np.uint64(2)).astype(np.int64),
    )


def _slices(widths: Sequence[int]) -> tuple[slice, ...]:
    ends = np.cumsum(widths)
    return tuple(slice(int(end) - width, int(end)) for end, width in zip(ends, widths))


def _encoded(series: pl.Series, wide: bool) -> _Column:
    """Encode a column of numbers or of texts."""
    if series.dtype != pl.String:
        values = series.to_numpy().astype(np.float64)
        distinct = np.unique(values[~np.isnan(values)])
        if distinct.size > _CELLS:
            return _numbers(values, wide)
        codes = np.where(np.isnan(values), distinct.size, np.searchsorted(distinct, values))
        return _few(codes.astype(np.int64), np.isnan(values), values)
    missing = series.is_null().to_numpy()
    codes = _frequent(series, 3 if wide else _CATEGORIES)
    return _few(codes, missing, np.where(missing, np.nan, codes))


def _frequent(series: pl.Series, most: int) -> NDArray[np.int64]:
    """Return 0, 1, ... for the most frequent texts, one code for all others and one for missing."""
    dense = series.rank("dense").fill_null(0).cast(pl.Int64).to_numpy()
    counts = np.bincount(dense)[1:]
    often = np.argsort(-counts, kind="stable")[:most]
    codes = np.full(counts.size + 1, most, dtype=np.int64)
    codes[often + 1] = np.arange(often.size)
    codes[0] = most + 1
    found: NDArray[np.int64] = codes[dense]
    return found


def _few(codes: NDArray[np.int64], missing: NDArray[np.bool_], values: Numbers) -> _Column:
    """Encode a column of a few values: one 0/1 feature for each, missing ones too."""
    shown = _one_hot(codes)
    known = np.ones(codes.size, dtype=bool) if shown.shape[1] > 1 else np.zeros(codes.size, dtype=bool)
    return _Column(False, np.where(missing, np.nan, values), _scaled(shown), shown, known)


def _numbers(values: Numbers, wide: bool) -> _Column:
    """Encode numbers: normal scores, clipped deviations from the median and which cell each lies in."""
    known = ~np.isnan(values)
    scores = np.zeros(values.size)
    scores[known] = ndtri((rankdata(values[known]) - 0.5) / known.sum())
    features = [scores[:, None], _deviations(values)[:, None]]
    if wide:
        features.append(_scaled(~known[:, None] * 1.0))
    else:
        edges = np.unique(np.quantile(values[known], np.arange(1, _CELLS) / _CELLS, method="inverted_cdf"))
        cells = np.where(known, np.searchsorted(edges, values), edges.size + 1)
        features.append(_scaled(_one_hot(cells.astype(np.int64))))
    return _Column(True, values, np.hstack(features), scores[:, None], known)


def _deviations(values: Numbers) -> Numbers:
    """Return robust deviations from the median, bounded; 0 where missing."""
    with np.errstate(invalid="ignore", over="ignore"):
        middle = np.nanmedian(values)
        spread = 1.48 * np.nanmedian(np.abs(values - middle))
        if not 0.0 < spread < np.inf:
            finite = values[np.isfinite(values)]
            spread = float(finite.std()) if finite.size else 0.0
        if not 0.0 < spread < np.inf or not np.isfinite(middle):
            return np.zeros(values.size)
        deviations: Numbers = np.clip(np.nan_to_num((values - middle) / spread, nan=0.0), -_FAR, _FAR)
    return deviations


def _one_hot(codes: NDArray[np.int64]) -> Numbers:
    used, place = np.unique(codes, return_inverse=True)
    shown = np.zeros((codes.size, used.size))
    shown[np.arange(codes.size), place] = 1.0
    return shown


def _scaled(shown: Numbers) -> Numbers:
    """Weigh 0/1 features between counting each row alike and each feature alike; constant ones go."""
    deviation = shown.std(axis=0)
    varies = deviation > 0.0
    scaled: Numbers = shown[:, varies] / np.sqrt(deviation[varies])
    return scaled
