"""The tables of the speed benchmark, and the floor: what no exact answer can leave out."""

from __future__ import annotations

from itertools import cycle, islice
from pathlib import Path

import numpy as np
import polars as pl

ROWS_OF_FILE, CELLS_OF_FILE = 250_000, 1 << 25
WIDTH = 31
KINDS = ("float", "float", "whole", "text", "float", "whole", "text", "float", "whole", "text")


def kinds(width: int) -> list[str]:
    """Return what each column but the label holds: 20 numeric and 10 categorical of 31."""
    if width == WIDTH:
        return ["float"] * 12 + ["whole"] * 8 + ["text"] * 10
    return list(islice(cycle(KINDS), width - 1))


def table(rows: int, seed: int, width: int = WIDTH) -> pl.DataFrame:
    """Return numbers, whole numbers, categories and a label; one column in twenty-five has missing values."""
    rng = np.random.default_rng(seed)
    words = pl.Series([f"level {at}" for at in range(12)])
    make = {
        "float": lambda: pl.Series(rng.normal(size=rows)),
        "whole": lambda: pl.Series(rng.integers(0, 50, rows)),
        "text": lambda: words.gather(rng.integers(0, 12, rows)),
    }
    columns = [make[kind]().alias(f"{kind}{at}") for at, kind in enumerate(kinds(width))]
    for at in range(0, len(columns), 25):
        columns[at] = columns[at].set(pl.Series(rng.random(rows) < 0.05), None)
    return pl.DataFrame([*columns, pl.Series("label", rng.random(rows) < 0.3)])


def write(folder: Path, rows: int, seed: int, width: int = WIDTH) -> Path:
    """Write a table to a folder of parquet files, and never hold it whole."""
    most = min(ROWS_OF_FILE, CELLS_OF_FILE // width)
    folder.mkdir(parents=True)
    for at, start in enumerate(range(0, rows, most)):
        table(min(most, rows - start), seed * 10_000 + at, width).write_parquet(folder / f"part-{at:05}.parquet")
    return folder


def floor(before: pl.DataFrame, after: pl.DataFrame) -> None:
    """Read nulls, distinct, least and most, count categories, hash rows, and sort every numeric column."""
    for frame in (before, after):
        every = pl.all()
        frame.select(
            every.null_count().name.suffix(" nulls"),
            every.n_unique().name.suffix(" distinct"),
            every.min().name.suffix(" least"),
            every.max().name.suffix(" most"),
        )
        frame.hash_rows()
        for series in frame.get_columns():
            if not series.dtype.is_numeric():
                series.value_counts()
    for name in before.columns:
        if before[name].dtype.is_numeric():
            distance(before[name].drop_nulls(), after[name].drop_nulls())


def distance(one: pl.Series, other: pl.Series) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples."""
    first, second = one.sort().to_numpy(), other.sort().to_numpy()
    at = np.concatenate((first, second))
    below = [np.searchsorted(side, at, side="right") / side.size for side in (first, second)]
    return float(np.abs(below[0] - below[1]).max())
