"""How often a real loss is found, and none at all reported: `not_worse` beside a fixed tolerance of 0.02.

    python tests/benchmarks/power_regression.py [--runs 400] [--out FILE.md]

The fixed rule is what a test suite without statistics does: alarm if the metric
fell by more than 0.02. Prints Markdown: share of runs that alarm, by the true
drop, for two models that agree on most rows. Two thirds of the 10 % of rows
that the baseline has wrong, the new one has wrong too.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from mlqa import Outcome, not_worse

SIZES = (500, 2000, 10_000)
DROPS = (0.0, 0.01, 0.02, 0.05)
TOLERANCE = 0.02
SHARED = 2 / 3
RULES: dict[str, dict[str, Any]] = {
    "`not_worse`, alpha 1e-4": {"alpha": 1e-4},
    "`not_worse`, alpha 0.01": {"alpha": 0.01},
    "`not_worse`, alpha 0.01, margin 0.01": {"alpha": 0.01, "margin": 0.01},
}


def labels(rng: np.random.Generator, n: int, drop: float) -> tuple[Any, Any, Any]:
    """Accuracy 0.9 of the baseline, lower by `drop` of the new one."""
    y = rng.integers(0, 2, n)
    wrong = rng.random(n) < 0.1
    kept = wrong & (rng.random(n) < SHARED)
    fresh = ~wrong & (rng.random(n) < (0.1 * (1 - SHARED) + drop) / 0.9)
    return np.where(kept | fresh, 1 - y, y), np.where(wrong, 1 - y, y), y


def scores(rng: np.random.Generator, n: int, drop: float) -> tuple[Any, Any, Any]:
    """Area 0.85 of the baseline, lower by `drop` of the new one; noise correlates by 0.8."""
    y = rng.integers(0, 2, n)
    noise = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], size=n)
    new, old = (
        y * 2**0.5 * stats.norm.ppf(area) + part for area, part in zip((0.85 - drop, 0.85), noise.T, strict=True)
    )
    return new, old, y


METRICS: dict[str, Callable[..., tuple[Any, Any, Any]]] = {"accuracy": labels, "roc_auc": scores}


def table(metric: str, runs: int) -> list[str]:
    head = "| ".join(f"drop {drop:g} " if drop else "no change " for drop in DROPS)
    lines = [f"| {metric} | n | {head}|", "|:--|--:|" + "--:|" * len(DROPS)]
    found = {rule: {n: [] for n in SIZES} for rule in (*RULES, f"fixed tolerance {TOLERANCE}")}
    for n in SIZES:
        for drop in DROPS:
            alarms = dict.fromkeys(found, 0)
            rng = np.random.default_rng(int(1000 * drop) + n)
            for _ in range(runs):
                new, old, y = METRICS[metric](rng, n, drop)
                verdicts = {rule: not_worse(new, old, y, metric=metric, **given) for rule, given in RULES.items()}
                for rule, verdict in verdicts.items():
                    alarms[rule] += verdict.outcome is Outcome.FAIL
                alarms[f"fixed tolerance {TOLERANCE}"] += verdict.evidence.estimate < -TOLERANCE
            for rule, count in alarms.items():
                found[rule][n].append(count / runs)
    for rule, rows in found.items():
        lines += [f"| {rule} | {n:,} | " + " | ".join(f"{share:.3f}" for share in rows[n]) + " |" for n in SIZES]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    text = "\n\n".join("\n".join(table(metric, given.runs)) for metric in METRICS)
    print(text)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
