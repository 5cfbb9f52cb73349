"""Perturbed rows a second: `mlqa.unchanged_by` beside the same relation under hypothesis, one example at a time.

``python tests/benchmarks/bench_invariance.py [--rows N ...] [--examples N]``
prints a Markdown table: scikit-learn models of 10 columns, the same
perturbation (each number within 0.01), both in this process, one after the
other, on the same machine. Exit code 1 if a model is searched less than 100
times faster.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import mlqa
from mlqa.subjects.perturb import together, within

LEAST_FASTER = 100
NUMBERS = [f"x{j}" for j in range(8)]
RADIUS = 0.01


def data(rows: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(rows, len(NUMBERS))), columns=NUMBERS)
    table["plan"] = rng.choice(["basic", "plus", "gold"], rows)
    table["city"] = rng.choice([f"c{j}" for j in range(20)], rows)
    return table, (table["x0"] + table["x1"] * table["x2"] + rng.normal(size=rows) > 0).to_numpy()


def models() -> dict[str, object]:
    """Fit a pipeline of a linear model and one of boosted trees."""
    table, y = data(5000)
    texts = ["plan", "city"]
    encode = make_column_transformer((StandardScaler(), NUMBERS), (OneHotEncoder(sparse_output=False), texts))
    boosted = HistGradientBoostingClassifier(max_iter=50, random_state=0)
    made = {"logistic regression": LogisticRegression(max_iter=500), "boosted trees": boosted}
    return {name: make_pipeline(encode, model).fit(table, y) for name, model in made.items()}


def searched(model: object, rows: int) -> tuple[float, int]:
    """Return perturbed rows a second, and how many there were: the check whole, with its climb and its shrinking."""
    table, _ = data(rows, seed=1)
    asked = 0

    def counting(block: pd.DataFrame) -> np.ndarray:
        nonlocal asked
        asked += len(block)
        return model.predict(block)

    start = time.perf_counter()
    perturb = [together(*(within(name, RADIUS, seed=seed) for name in NUMBERS)) for seed in range(4)]
    mlqa.unchanged_by(counting, table, perturb)
    return (asked - rows) / (time.perf_counter() - start), asked - rows


def one_at_a_time(model: object, examples: int) -> float:
    """Return perturbed rows a second of the relation as it is usually written for hypothesis."""
    table, _ = data(1000, seed=1)
    seen = 0

    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, len(table) - 1), st.lists(st.floats(-RADIUS, RADIUS), min_size=8, max_size=8))
    def relation(row: int, moves: list[float]) -> None:
        nonlocal seen
        one = table.iloc[[row]]
        other = one.copy()
        other[NUMBERS] += moves
        # that it holds is not asked: a first counterexample would end the run
        model.predict(one)
        model.predict(other)
        seen += 1

    start = time.perf_counter()
    relation()
    return seen / (time.perf_counter() - start)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--examples", type=int, default=500)
    chosen = parser.parse_args(words)
    slow = []
    print("| model | rows | perturbed rows | mlqa, rows/s | hypothesis, rows/s | times faster |")
    print("|---|---|---|---|---|---|")
    for name, model in models().items():
        single = one_at_a_time(model, chosen.examples)
        best = 0.0
        for rows in chosen.rows:
            speed, perturbed = searched(model, rows)
            best = max(best, speed / single)
            print(f"| {name} | {rows:,} | {perturbed:,} | {speed:,.0f} | {single:,.0f} | {speed / single:,.0f} |")
        if best < LEAST_FASTER:
            slow.append(name)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
