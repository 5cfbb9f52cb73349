"""How often checks of models alarm, beside the rules of their peers: ``python tests/benchmarks/power_models.py``.

Simulated models of which the truth is known: sound ones, then ones that are a
little, plainly and grossly wrong. Each rule is asked about the same draws.
Writes a table in Markdown to ``--out``, or to the screen. The peers' rules are
those of their documentation: a fixed tolerance of 0.02, deepchecks' weak
segments (0.8 of the average), its train-test degradation (0.1), its gain over
a simple model (0.1), and an expected calibration error below 0.05.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl
from scipy.special import expit, logit

from mlqa import Outcome, not_worse
from mlqa.checks.performance.better_than_naive import better_than_naive
from mlqa.checks.performance.calibrated import calibrated
from mlqa.checks.performance.literals import literals_of
from mlqa.checks.performance.no_weak_slices import no_weak_slices
from mlqa.checks.performance.not_overfit import not_overfit

BINS = 15
LEAST_SEGMENT = 0.05


def failed(verdict) -> bool:
    return verdict.outcome is Outcome.FAIL


def probabilities(rng, n):
    """Probabilities that are exactly right, and what came of them."""
    p = expit(1.5 * rng.normal(size=n))
    return p, rng.random(n) < p


def right(rng, y, share):
    return np.where(rng.random(y.size) < share, y, ~y)


def ece(p, y) -> float:
    """Plug-in calibration error over bins of equal width."""
    place = np.minimum((p * BINS).astype(int), BINS - 1)
    rows = np.bincount(place, minlength=BINS)
    gaps = np.abs(np.bincount(place, weights=y - p, minlength=BINS))
    return float(gaps[rows > 0].sum() / y.size)


def calibration(rng, n, size):
    """Probabilities that are too extreme: the temperature is divided."""
    p, y = probabilities(rng, n)
    said = expit((1 + 2 * size) * logit(p))
    return failed(calibrated(said, y.astype(int))), ece(said, y) >= 0.05


def prior(rng, n, size):
    """Probabilities of a model trained on oversampled positives."""
    p, y = probabilities(rng, n)
    said = expit(logit(p) + 1.1 * size)
    return failed(calibrated(said, y.astype(int))), ece(said, y) >= 0.05


def segment(rng, n, size):
    """A slice of one row in eight in which a share of the predictions is upside down; another slice is just harder."""
    X = pl.DataFrame(
        {"region": rng.choice(list("abcd"), n), "age": rng.integers(18, 80, n), "income": rng.lognormal(size=n)}
    )
    hard = (X["region"] == "d").to_numpy()
    p = expit(rng.normal(size=n) * np.where(hard, 0.5, 4.0))
    y = rng.random(n) < p
    broken = ((X["region"] == "a") & (X["age"] > 48)).to_numpy() & (rng.random(n) < size)
    said = np.where(broken, 1 - p, p)
    wrong = (said > 0.5) != y
    masks = [one.mask for one in literals_of(X, round(LEAST_SEGMENT * n))]
    pairs = (one & other for k, one in enumerate(masks) for other in masks[k:])
    weakest = min(1 - wrong[rows].mean() for rows in pairs if rows.sum() >= LEAST_SEGMENT * n)
    return failed(no_weak_slices(said, y.astype(int), X)), weakest < 0.8 * (1 - wrong.mean())


def overfit(rng, n, size):
    """A model that is perfect in training, and less and less good on unseen rows."""
    y, seen = rng.random(n) < 0.5, rng.random(2 * n) < 0.5
    new = right(rng, y, 0.85 - 0.33 * size)
    degraded = 1 - (new == y).mean()
    return failed(not_overfit(new, y, seen, seen)), degraded > 0.1


def naive(rng, n, size):
    """A model whose score knows less and less: at a size of 1 nothing."""
    y = rng.random(n) < 0.3
    score = rng.normal(size=n) + 1.5 * (1 - size) * y
    said = score > np.quantile(score, 0.7)
    gain = ((said == y).mean() - 0.7) / 0.3
    return failed(better_than_naive(score, y)), gain <= 0.1


def tolerance(rng, n, size):
    """A new model that is right in up to six rows of a hundred fewer than the old one, on the same rows."""
    y = rng.random(n) < 0.5
    old = right(rng, y, 0.9)
    lost, won = rng.random(n) < (0.04 + 0.06 * size) / 0.9, rng.random(n) < 0.04 / 0.1
    new = np.where(old == y, np.where(lost, ~y, y), np.where(won, y, ~y))
    fell = (new == y).mean() < (old == y).mean() - 0.02
    return failed(not_worse(new, old, y, metric="accuracy")), fell


QUESTIONS: dict[str, tuple[Callable, str, str]] = {
    "too extreme probabilities": (calibration, "calibrated", "ECE < 0.05"),
    "shifted prior": (prior, "calibrated", "ECE < 0.05"),
    "broken slice": (segment, "no_weak_slices", "weakest segment >= 0.8 of the average"),
    "overfit": (overfit, "not_overfit", "train-test degradation < 0.1"),
    "knows nothing": (naive, "better_than_naive", "gain over a constant > 0.1"),
    "loses accuracy": (tolerance, "not_worse", "fall < 0.02"),
}


def table(runs: int, sizes: tuple[float, ...], rows: list[int]) -> list[str]:
    head = "| fault | rule | rows | sound | a little | plainly | grossly |"
    lines = [head, "|" + "---|" * head.count(" | ") + "---|"]
    for fault, (draw, ours, theirs) in QUESTIONS.items():
        for n in rows:
            rng = np.random.default_rng(n)
            shares = [np.mean([draw(rng, n, size) for _ in range(runs)], axis=0) for size in sizes]
            for k, rule in enumerate((f"`{ours}`", theirs)):
                cells = " | ".join(f"{share[k]:.2f}" for share in shares)
                lines.append(f"| {fault} | {rule} | {n} | {cells} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100, help="draws of each size of fault")
    parser.add_argument("--rows", type=int, nargs="*", default=[200, 1000, 5000])
    parser.add_argument("--out", type=Path, help="file to write; by default the screen")
    given = parser.parse_args()
    lines = [
        "Share of runs with an alarm; sound models should have none. mlqa at its default level of 1e-4.",
        "",
        *table(given.runs, (0.0, 0.33, 0.67, 1.0), given.rows),
    ]
    text = "\n".join(lines) + "\n"
    if given.out is None:
        print(text)
    else:
        given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
