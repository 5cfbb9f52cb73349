"""Comparing two models: time beside a sort of the same scores in the same run, growth, and memory.

    python tests/benchmarks/bench_regression.py [--rows 1000000] [--out FILE.md]

Prints Markdown. Each time is the best of three; resampling by rows, which
takes minutes, is measured on 20 draws and multiplied.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from mlqa import not_worse
from mlqa.checks.regression.not_worse_by_slice import not_worse_by_slice
from mlqa.stats.bootstrap import resample
from mlqa.stats.counted import resample_counts
from mlqa.stats.delong import paired_delong

DRAWS = 10_000


def seconds(call: Callable[[], Any], times: int = 3) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def drawn(n: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    y = (rng.random(n) < 0.3).astype(int)
    shared = y + rng.normal(size=n)
    return y, shared + 0.5 * rng.normal(size=n), shared + 0.5 * rng.normal(size=n)


def of_sorts(sizes: list[int]) -> list[str]:
    """How DeLong's test grows, beside the two sorts that it cannot do without."""
    lines = [
        "| rows | two `np.argsort` | paired DeLong | ratio | `not_worse(metric='roc_auc')` | ratio |",
        "|--:|--:|--:|--:|--:|--:|",
    ]
    for n in sizes:
        y, new, old = drawn(n)
        sort = seconds(lambda new=new, old=old: (np.argsort(new), np.argsort(old)))
        test = seconds(lambda y=y, new=new, old=old: paired_delong(y, new, old))
        whole = seconds(lambda y=y, new=new, old=old: not_worse(new, old, y, metric="roc_auc"))
        lines.append(
            f"| {n:,} | {sort:.3f} s | {test:.3f} s | {test / sort:.1f} | {whole:.3f} s | {whole / sort:.1f} |"
        )
    return lines


def of_metrics(n: int) -> list[str]:
    """Every kind of metric on the same rows, beside one sort, with the peak of memory beside the input."""
    y, new, old = drawn(n)
    label = [(part > 0.5).astype(int) for part in (new, old)]
    chance = [1 / (1 + np.exp(1 - 2 * part)) for part in (new, old)]
    rng = np.random.default_rng(1)
    many = rng.integers(0, 10_000, n)
    guess = [np.where(rng.random(n) < 0.2, rng.integers(0, 10_000, n), many) for _ in range(2)]
    parts = {f"part {part}": np.arange(n) % 20 == part for part in range(20)}
    asked: dict[str, Callable[[], Any]] = {
        "accuracy": lambda: not_worse(*label, y, metric="accuracy"),
        "f1": lambda: not_worse(*label, y, metric="f1"),
        "f1_macro, 10,000 classes": lambda: not_worse(*guess, many, metric="f1_macro"),
        "neg_log_loss": lambda: not_worse(*chance, y, metric="neg_log_loss"),
        "mae": lambda: not_worse(new, old, y, metric="mae"),
        "mae, margin 5 %": lambda: not_worse(new, old, y, metric="mae", margin="5%"),
        "roc_auc, groups of 10": lambda: not_worse(new, old, y, metric="roc_auc", groups=np.arange(n) // 10),
        "average_precision": lambda: not_worse(new, old, y, metric="average_precision"),
        "neg_median_absolute_error": lambda: not_worse(new, old, y, metric="neg_median_absolute_error"),
        "accuracy in 20 slices": lambda: not_worse_by_slice(*label, y, metric="accuracy", slices=parts),
    }
    sort = seconds(lambda: np.argsort(new))
    lines = [
        f"| {n:,} rows | time | beside one `np.argsort` ({sort:.2f} s) | peak memory beside y, new, baseline |",
        "|:--|--:|--:|--:|",
    ]
    for name, call in asked.items():
        took = seconds(call, 1)
        tracemalloc.start()
        call()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        lines.append(f"| {name} | {took:.2f} s | {took / sort:.1f} | {peak / (24 * n):.1f} |")
    return lines


def of_resamples(n: int) -> list[str]:
    """Ten thousand resamples of F1: by counts of equal rows, and row by row."""
    y, new, old = drawn(n)
    code = 4 * y + 2 * (new > 0.5) + (old > 0.5)

    def f1s(table: Any) -> Any:
        cells = table.reshape(-1, 2, 2, 2)
        both = []
        for axis in (3, 2):
            pairs = cells.sum(axis=axis)
            both.append(2 * pairs[:, 1, 1] / (2 * pairs[:, 1, 1] + pairs[:, 1, 0] + pairs[:, 0, 1]))
        return both[0] - both[1]

    def by_rows(rows: Any) -> float:
        return float(f1s(np.bincount(code[rows], minlength=8)[None, :].astype(float))[0])

    counted = seconds(
        lambda: resample_counts(f1s, np.bincount(code, minlength=8), np.random.default_rng(0), draws=DRAWS)
    )
    few = 20
    rows = seconds(lambda: resample(by_rows, n, np.random.default_rng(0), draws=few), 1) * DRAWS / (few + 100)
    lines = [f"| {DRAWS:,} resamples of the change of F1 on {n:,} rows | time | ratio |", "|:--|--:|--:|"]
    return [*lines, f"| by counts | {counted:.3f} s | 1 |", f"| row by row | {rows:.0f} s | {rows / counted:,.0f} |"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    sizes = [size for size in (10_000, 100_000, 1_000_000, 10_000_000) if size <= given.rows]
    blocks = [of_sorts(sizes), of_metrics(given.rows), of_resamples(min(100_000, given.rows))]
    text = "\n\n".join("\n".join(block) for block in blocks)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
