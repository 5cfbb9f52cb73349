"""How long mlqa.check takes beside the floor of DESIGN 5: what no exact answer can leave out.

Run by hand: ``python tests/benchmarks/bench_check.py [rows]``. Tables of 31
columns (20 numeric, 10 categorical, a label), reference and current. The floor
reads nulls, distinct, least and most of every column, sorts each numeric one
for an exact KS, counts categories and hashes rows, with polars. Prints ratios
of one run on one machine; a ratio of two is the target.
"""

import resource
import sys

import numpy as np
import polars as pl
from bench_drift import seconds

import mlqa


def table(rows, seed):
    """Return twenty numeric and ten categorical columns and a label, with missing values."""
    rng = np.random.default_rng(seed)
    columns = {f"x{i}": rng.normal(size=rows) for i in range(12)}
    columns |= {f"k{i}": rng.integers(0, 50, rows) for i in range(8)}
    labels = pl.Series([f"level {i}" for i in range(12)])
    columns |= {f"c{i}": labels.gather(rng.integers(0, 12, rows)) for i in range(10)}
    columns["label"] = rng.random(rows) < 0.3
    return pl.DataFrame(columns).with_columns(
        pl.when(pl.Series(rng.random(rows) > 0.05)).then(pl.col("x0")).alias("x0")
    )


def floor(before, after):
    """Read, sort, count and hash with polars alone."""
    for frame in (before, after):
        everything = pl.all()
        frame.select(
            everything.null_count().name.suffix(" nulls"),
            everything.n_unique().name.suffix(" distinct"),
            everything.min().name.suffix(" least"),
            everything.max().name.suffix(" most"),
        )
        frame.hash_rows()
        for series in frame.get_columns():
            if not series.dtype.is_numeric():
                series.value_counts()
    for name in before.columns:
        if before[name].dtype.is_numeric():
            distance(before[name].drop_nulls(), after[name].drop_nulls())


def distance(one, other):
    """Return the Kolmogorov-Smirnov distance."""
    first, second = one.sort().to_numpy(), other.sort().to_numpy()
    at = np.concatenate((first, second))
    below = [np.searchsorted(side, at, side="right") / side.size for side in (first, second)]
    return np.abs(below[0] - below[1]).max()


def main(rows=100_000):
    before, after = table(rows, 0), table(rows, 1)
    mlqa.check(after.head(100), before.head(100))
    tables = before.estimated_size("mb") + after.estimated_size("mb")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours = seconds(lambda: mlqa.check(after, before, target="label"))
    extra = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
    least = seconds(lambda: floor(before, after))
    alone = {
        "schema_holds": lambda: mlqa.schema_holds(before, after),
        "missing_rate_holds": lambda: mlqa.missing_rate_holds(before, after),
        "drift_free": lambda: mlqa.drift_free(before, after),
        "no_shared_rows": lambda: mlqa.no_shared_rows(before, after),
    }
    print(f"{rows} + {rows} rows, {before.width} columns")
    print(f"mlqa.check / floor         {ours / least:5.2f}")
    for name, work in alone.items():
        print(f"  {name:<20} / floor {seconds(work) / least:5.2f}")
    print(f"memory beyond the tables / tables {extra / tables:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
