"""Two small pairs of tables with something for every check of deepchecks, as plain lists, and the model of both."""

from __future__ import annotations

import numpy as np
import pandas as pd

OBJECTS = ("text", "mixed", "nulls", "kind")
ROLES = {"target": "y", "id": "id", "time": "when"}


class Rule:
    """A model of two columns: what it says can be said elsewhere too."""

    def __init__(self, task: str, weight: float = 1.0) -> None:
        self.task, self.weight = task, weight
        if task == "binary":
            self.classes_ = np.array([0, 1])
            self.predict_proba = self._probabilities

    def _probabilities(self, X):
        chance = 1 / (1 + np.exp(-(X["a"].to_numpy() + self.weight * X["b"].to_numpy())))
        return np.column_stack([1 - chance, chance]).round(9)

    def predict(self, X):
        if self.task == "binary":
            return (self._probabilities(X)[:, 1] > 0.5).astype(int)
        return (X["a"].to_numpy() + self.weight * X["b"].to_numpy()).round(9)


def lists(task: str, rows: int, seed: int, first: int) -> dict[str, list]:
    """Columns as lists of JSON's own values."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, rows)).round(6)
    score = a + b + rng.normal(size=rows).round(6)
    ids = np.arange(first, first + rows)
    hours = pd.Timestamp("2024-01-01") + pd.to_timedelta(ids - 5, unit="h")
    texts = ["Deep", "deep!", "other words", "??", "a very long text of many words, far beyond the others"]
    columns = {
        "id": ids.tolist(),
        "when": [str(hour) for hour in hours],
        "a": a.tolist(),
        "b": b.tolist(),
        "like_a": (a * 2 + 1e-4 * b).round(6).tolist(),
        "single": [1] * rows,
        "holes": [None if at % 7 == 0 else float(at % 5) for at in range(rows)],
        "kind": rng.choice(["x", "y", "z"], size=rows).tolist(),
        "text": rng.choice(texts, size=rows, p=[0.4, 0.2, 0.35, 0.03, 0.02]).tolist(),
        "mixed": [at if at % 20 == 0 else f"w{at % 9}" for at in range(rows)],
        "nulls": [(None, float("nan"), "null", "word", "word", "more")[at % 6] for at in range(rows)],
        "y": (score > 0).astype(int).tolist() if task == "binary" else score.round(6).tolist(),
    }
    if first:  # a new category, and rows that were there before
        columns["kind"][0] = "new"
    return columns


def pair(task: str) -> dict[str, dict[str, list]]:
    """Train and test, two rows of which are train's own."""
    train, test = lists(task, 140, 1, 0), lists(task, 80, 2, 130)
    for name, cells in test.items():
        if name not in ("id", "when"):
            cells[5:7] = train[name][5:7]
    return {"train": train, "test": test}


def frame(columns: dict[str, list]) -> pd.DataFrame:
    """The frame that a user has."""
    made = pd.DataFrame({name: pd.Series(cells) for name, cells in columns.items()})
    for name in OBJECTS:
        made[name] = pd.Series(columns[name], dtype=object)
    made["when"] = pd.to_datetime(made["when"])
    return made
