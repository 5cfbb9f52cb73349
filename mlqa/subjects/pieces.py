"""How many rows are held at once, and pieces gathered or cut to that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl

__all__ = ["resized", "rows_at_once"]

_MOST_CELLS = 1 << 25  # 256 MB of floats
_FEWEST, _MOST = 1 << 13, 1 << 18


def rows_at_once(width: int, most: int | None = None) -> int:
    """Return how many rows of so many columns are held at once; `most` is for what is only read.

    Examples
    --------
    >>> rows_at_once(1), rows_at_once(64), rows_at_once(1_000_000)
    (262144, 262144, 8192)
    """
    return min(most or _MOST, max(_FEWEST, _MOST_CELLS // max(1, width)))


def resized(pieces: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Gather small pieces and cut large ones.

    Parameters
    ----------
    pieces : iterable of polars.DataFrame
        Of the same columns and types.

    Yields
    ------
    polars.DataFrame
        At least one, if there was one; each in one chunk of memory.

    Examples
    --------
    >>> [piece.height for piece in resized([pl.DataFrame({"a": [at]}) for at in range(3)])]
    [3]
    """
    waiting: list[pl.DataFrame] = []
    height, given = 0, False
    for piece in pieces:
        waiting.append(piece)
        height += piece.height
        rows = rows_at_once(piece.width)
        if height >= rows:
            joined = pl.concat(waiting, rechunk=True)
            whole = height - height % rows
            yield from (joined.slice(start, rows) for start in range(0, whole, rows))
            waiting, height, given = [joined.slice(whole)], height - whole, True
    if height or (waiting and not given):
        yield pl.concat(waiting, rechunk=True)
