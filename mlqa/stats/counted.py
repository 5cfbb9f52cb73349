"""Resampling by counts: rows that are alike are drawn together, as one multinomial."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlqa.stats.bootstrap import Resampled

__all__ = ["cells_of", "resample_counts"]

_BLOCK = 4_000_000


def cells_of(*columns: ArrayLike, most: int = 4096) -> tuple[NDArray[np.intp], NDArray[np.int64]] | None:
    """Find the distinct rows, and how often each occurs.

    Parameters
    ----------
    *columns : array, shape (n,)
        Of one length.
    most : int
        Distinct rows at most: with more, counting saves nothing.

    Returns
    -------
    first : int array, shape (k,)
        A row like each cell.
    counts : int array, shape (k,)
        Rows in it; or None instead of both, if there are more than `most`.

    Examples
    --------
    >>> first, counts = cells_of([1, 0, 1, 1], [0, 0, 0, 1])
    >>> first.tolist(), counts.tolist()
    ([1, 0, 3], [1, 2, 1])
    """
    code = np.zeros(np.asarray(columns[0]).size, dtype=np.int64)
    for column in columns:
        values, place = np.unique(np.asarray(column), return_inverse=True)
        code = code * values.size + place.reshape(-1)
        names, code = np.unique(code, return_inverse=True)
        code = code.reshape(-1).astype(np.int64)
        if names.size > most:
            return None
    _, first, counts = np.unique(code, return_index=True, return_counts=True)
    return first.astype(np.intp), counts.astype(np.int64)


def resample_counts(
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    counts: ArrayLike,
    generator: np.random.Generator,
    *,
    draws: int = 9999,
) -> Resampled:
    """Evaluate a statistic of counts on resampled rows, and without each row.

    Parameters
    ----------
    statistic : callable
        Counts of shape (b, k) to b numbers, or to shape (b, m). One that is not
        finite is left out.
    counts : int array, shape (k,)
        Rows in each cell.
    generator : numpy.random.Generator
    draws : int

    Returns
    -------
    Resampled
        The same as row by row, at the cost of the cells: rows of one cell left
        out give one value, counted as often as there are such rows.

    Raises
    ------
    ArithmeticError
        If more than a tenth of the draws are not finite.

    Notes
    -----
    At most about 32 MB at a time, whatever the number of draws.

    Examples
    --------
    >>> share = lambda table: table[:, 1] / table.sum(axis=1)
    >>> seen = resample_counts(share, [700, 300], np.random.default_rng(0), draws=999)
    >>> float(seen.estimate), [round(end, 2) for end in seen.bca(0.95)]
    (0.3, [0.27, 0.33])
    """
    rows = np.asarray(counts, dtype=np.int64)
    n, width = int(rows.sum()), max(1, _BLOCK // rows.size)
    full = rows.astype(np.float64)
    drawn, without = [], []
    for start in range(0, draws, width):
        size = min(width, draws - start)
        drawn.append(statistic(generator.multinomial(n, rows / n, size=size).astype(np.float64)))
    for start in range(0, rows.size, width):
        cells = np.arange(start, min(start + width, rows.size))
        less = np.repeat(full[None, :], cells.size, axis=0)
        less[np.arange(cells.size), cells] -= 1
        without.append(statistic(less))
    seen, left = np.concatenate(drawn), np.concatenate(without)
    kept, known = np.isfinite(seen).reshape(draws, -1).all(axis=1), np.isfinite(left).reshape(rows.size, -1).all(axis=1)
    if kept.sum() < 0.9 * draws or rows[known].sum() < 0.9 * n:
        raise ArithmeticError("the statistic is not a finite number on more than a tenth of the resamples")
    return Resampled(statistic(full[None, :])[0], seen[kept], left[known], n, rows[known])
