"""What the default checks of a model cost beside the predictions they need.

``python tests/benchmarks/bench_model_check.py [--quick] [--out FOLDER]`` times
`mlqa.model_check` of three models on tables of 30 columns (20 numbers, 10
categories), beside one prediction of the two tables in the same run: the wanted
ratio is at most three, and five seconds. Writes models.md, models.json and
models.svg (growth over rows).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from speed_plot import panel, picture

from mlqa.checks.answering import case_of
from mlqa.checks.model_default import model_check, model_questions

HERE = Path(__file__).resolve().parent
TIMES, SECONDS = 3.0, 5.0
MODELS = {
    "logistic regression": lambda: LogisticRegression(max_iter=300),
    "boosted trees": lambda: HistGradientBoostingClassifier(max_iter=60),
    "forest of 100": lambda: RandomForestClassifier(n_estimators=100, min_samples_leaf=20, n_jobs=1),
}


def options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the table, and of the training table")
    parser.add_argument("--grow-rows", type=int, nargs="*", default=[3000, 10_000, 30_000, 100_000, 300_000])
    parser.add_argument("--out", type=Path, default=HERE / "out")
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that it runs")
    chosen = parser.parse_args(words)
    if chosen.quick:
        chosen.rows, chosen.grow_rows = 2000, [1000, 3000]
    return chosen


def table(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """20 numbers, 10 categories, and a label that some of them tell something of."""
    rng = np.random.default_rng(seed)
    numbers = {f"n{k}": rng.normal(size=rows).round(3) for k in range(20)}
    texts = {f"c{k}": np.array([f"v{j}" for j in range(4 + k)])[rng.integers(0, 4 + k, rows)] for k in range(10)}
    signal = numbers["n0"] + 0.5 * numbers["n1"] * (texts["c0"] == "v1") + (texts["c1"] == "v2")
    return pd.DataFrame(numbers | texts), np.where(signal + rng.logistic(size=rows) > 0.5, "yes", "no")


def fitted(name: str, rows: int):
    X, y = table(min(rows, 20_000), 9)
    columns = make_column_transformer(
        (StandardScaler(), make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, MODELS[name]()).fit(X, y)


def spent(call) -> tuple[float, float]:
    """Return seconds, and processor time of this process."""
    start, worked = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - start, time.process_time() - worked


def measured(name: str, rows: int) -> dict:
    """Time what the checks need of the model, and all of them, one after the other."""
    model, (X, y), (X_train, y_train) = fitted(name, rows), table(rows, 1), table(rows, 2)
    model.predict_proba(X[:100])  # warm

    def needed() -> None:
        for part in (X, X_train):
            model.predict(part)
            model.predict_proba(part)

    predictions = spent(needed)
    checks = spent(lambda: model_check(model, X, y, X_train=X_train, y_train=y_train))
    return {"model": name, "rows": rows, "needed": predictions, "checks": checks}


def slowest(rows: int, most: int = 6) -> list[tuple[str, float]]:
    """Time every question by itself."""
    model, (X, y), (X_train, y_train) = fitted("logistic regression", rows), table(rows, 1), table(rows, 2)
    asked = model_questions(model, X, y, X_train=X_train, y_train=y_train)
    times = {name: spent(lambda ask=ask, name=name: case_of(ask, name))[0] for name, ask in asked.items()}
    return sorted(times.items(), key=lambda pair: -pair[1])[:most]


def line(found: dict) -> str:
    needed, checks = found["needed"][0], found["checks"][0]
    beyond = checks - TIMES * needed
    told = f"{checks:.1f} s = {TIMES:g} x {needed:.2f} s + {beyond:.1f} s"
    held = "yes" if beyond <= SECONDS else "NO"
    worked = f"{found['checks'][1]:.1f} s of processor time, of which {found['needed'][1]:.1f} s predict"
    return f"| {found['model']}, {found['rows']:,} rows | {told} | {worked} | {held} |"


def main(words: list[str] | None = None) -> None:
    chosen = options(words)
    chosen.out.mkdir(parents=True, exist_ok=True)
    found = [measured(name, chosen.rows) for name in MODELS]
    grown = [measured("boosted trees", rows) for rows in chosen.grow_rows]
    head = ["| model | model_check, seconds | processor time | within 3 x + 5 s |", "|---|---|---|---|"]
    parts = [*head, *map(line, found), "", f"The slowest questions at {chosen.rows:,} rows:", ""]
    parts += [f"- {name}: {seconds:.2f} s" for name, seconds in slowest(chosen.rows)]
    text = "\n".join([*parts, ""])
    (chosen.out / "models.md").write_text(text, encoding="utf-8")
    (chosen.out / "models.json").write_text(json.dumps({"models": found, "growth": grown}, indent=1), encoding="utf-8")
    if grown:
        lines = {
            "model_check": [(one["rows"], one["checks"][0]) for one in grown],
            "the predictions it needs": [(one["rows"], one["needed"][0]) for one in grown],
        }
        drawn = picture([panel("boosted trees, 30 columns", "rows", lines)])
        (chosen.out / "models.svg").write_text(drawn, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
