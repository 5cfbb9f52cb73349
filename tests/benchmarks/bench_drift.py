"""How long drift_free takes beside the work that no exact answer can leave out.

Run by hand: ``python tests/benchmarks/bench_drift.py [rows]``. Prints ratios
of one run on one machine; the floor sorts every numeric column of both tables
and counts every categorical one.
"""

import resource
import sys
import time
from functools import partial

import numpy as np
import polars as pl

from mlqa import drift_free

NUMERIC, CATEGORICAL = 20, 10
REPEATS = 3


def table(rows, seed):
    """Return a table of twenty numeric and ten categorical columns."""
    rng = np.random.default_rng(seed)
    columns = {f"x{i}": rng.normal(size=rows) for i in range(NUMERIC // 2)}
    columns |= {f"k{i}": rng.integers(0, 50, rows) for i in range(NUMERIC // 2)}
    labels = pl.Series([f"level {i}" for i in range(12)])
    columns |= {f"c{i}": labels.gather(rng.integers(0, 12, rows)) for i in range(CATEGORICAL)}
    return pl.DataFrame(columns)


def floor(frames, library):
    """Sort or count every column of every table."""
    for series in (series for frame in frames for series in frame.get_columns()):
        if not series.dtype.is_numeric():
            series.value_counts()
        elif library == "polars":
            series.sort()
        else:
            np.sort(series.to_numpy())


def seconds(work):
    """Return the shortest of a few runs."""
    taken = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def main(rows=100_000):
    before, after = table(rows, 0), table(rows, 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = seconds(lambda: drift_free(before, after))
    print(f"{rows} + {rows} rows, {NUMERIC} numeric + {CATEGORICAL} categorical columns")
    print(f"drift_free            {ours:7.3f} s")
    for library in ("polars", "numpy"):
        least = seconds(partial(floor, (before, after), library))
        print(f"floor, {library:<8}       {least:7.3f} s   ratio {ours / least:.2f}")
    extra = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak
    print(f"peak memory beyond the tables {extra / 1024:.0f} MB; tables {2 * before.estimated_size('mb'):.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
