"""Hashes of values that no library, version, chunk or order of rows changes. Level 2: arrays and columns only."""

from __future__ import annotations

import hashlib

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["float_bits", "hash_bits", "hash_column", "hash_texts", "salt_of"]

Hashes = NDArray[np.uint64]

_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_EXACT_IN_FLOAT = 2**53
_BLOCK = 1 << 16  # rows that stay in a core's own cache while they are mixed
_MOST_BYTES = 1 << 24


def hash_bits(bits: Hashes) -> Hashes:
    """Return a one-to-one scrambling of 64-bit numbers, as a new array.

    Notes
    -----
    The finalizer of SplitMix64 [1]_: different numbers never collide.

    References
    ----------
    .. [1] Steele, G. L., Lea, D., Flood, C. H. (2014), Fast splittable
       pseudorandom number generators, OOPSLA, 453-472.

    Examples
    --------
    >>> int(hash_bits(np.array([1], dtype=np.uint64))[0])
    10451216379200822465
    """
    mixed = bits + _GOLDEN
    for start in range(0, mixed.size, _BLOCK):
        part = mixed[start : start + _BLOCK]
        part ^= part >> np.uint64(30)
        part *= _FIRST
        part ^= part >> np.uint64(27)
        part *= _SECOND
        part ^= part >> np.uint64(31)
    return mixed


def float_bits(values: NDArray[np.float64]) -> Hashes:
    """Return the bits of floats; both zeros have the same."""
    return (np.ascontiguousarray(values, dtype=np.float64) + 0.0).view(np.uint64)


def salt_of(name: str) -> np.uint64:
    """Return a number for a column's name, so that equal values of two columns differ in a row."""
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode("utf-8", "backslashreplace"), digest_size=8).digest()))


def hash_texts(texts: pl.Series) -> Hashes:
    """Hash texts without nulls, all at once.

    Parameters
    ----------
    texts : polars.Series of String

    Returns
    -------
    array, shape (n,), uint64

    Notes
    -----
    The sum over bytes of the byte times a fixed random number for its place:
    two texts of any lengths collide with a probability of about ``2**-60``.

    Examples
    --------
    >>> first, second = hash_texts(pl.Series(["ab", "ba"]))
    >>> bool(first != second)
    True
    """
    lengths = texts.str.len_bytes().cast(pl.Int64).to_numpy()
    sums = np.zeros(len(texts), dtype=np.uint64)
    below = np.concatenate(([0], np.cumsum(lengths)))
    start = 0
    while start < len(texts):  # pieces of about 16 MB: a column of long texts is never held eightfold
        stop = max(start + 1, int(np.searchsorted(below, below[start] + _MOST_BYTES, side="right")) - 1)
        sums[start:stop] = _sums(texts.slice(start, stop - start), lengths[start:stop])
        start = stop
    return hash_bits(sums ^ (lengths.astype(np.uint64) * _GOLDEN))


def _sums(texts: pl.Series, lengths: NDArray[np.int64]) -> Hashes:
    """Weigh each byte by its place in its text and add up."""
    joined: str = texts.str.join("").item() or ""
    content = np.frombuffer(joined.encode(), dtype=np.uint8)
    starts = np.cumsum(lengths) - lengths
    sums = np.zeros(lengths.size, dtype=np.uint64)
    if content.size == 0:
        return sums
    places = np.arange(content.size, dtype=np.int64) - np.repeat(starts, lengths)
    weights = hash_bits(np.arange(int(lengths.max()), dtype=np.uint64)) | np.uint64(1)
    weighed = weights[places]
    weighed *= content.astype(np.uint64) + np.uint64(1)
    there = lengths > 0
    sums[there] = np.add.reduceat(weighed, starts[there])
    return sums


def hash_column(series: pl.Series) -> Hashes:
    """Hash numbers, times and truth values of a column, null included; equal numbers of any type agree.

    Parameters
    ----------
    series : polars.Series
        In canonical form; numeric, boolean or temporal.
    """
    if series.dtype == pl.Date:  # the same instant whether a library keeps days or microseconds
        series = series.cast(pl.Datetime("us"))
    whole = series.to_physical() if series.dtype.is_temporal() else series
    numbers = whole.cast(pl.Float64)
    floats = (numbers.fill_null(0.0) if whole.null_count() else numbers).to_numpy()
    bits = float_bits(floats)
    if whole.dtype.is_integer() and whole.dtype not in (pl.Int8, pl.Int16, pl.Int32, pl.UInt8, pl.UInt16, pl.UInt32):
        wide = np.abs(floats) > _EXACT_IN_FLOAT
        if wide.any():  # a float would not tell these apart
            bits[wide] = whole.fill_null(0).to_numpy()[wide].astype(np.uint64)
    return hash_bits(bits)
