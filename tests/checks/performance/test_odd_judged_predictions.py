"""Whatever is given as predictions and targets, a check answers or refuses; it never breaks."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa import MlqaError, Verdict
from mlqa.checks.performance.better_than_naive import better_than_naive
from mlqa.checks.performance.calibrated import calibrated
from mlqa.checks.performance.cost_at_most import cost_at_most
from mlqa.checks.performance.errors_unbiased import errors_unbiased
from mlqa.checks.performance.fair import fair
from mlqa.checks.performance.metric_at_least import metric_at_least
from mlqa.checks.performance.no_huge_errors import no_huge_errors
from mlqa.checks.performance.no_weak_slices import no_weak_slices
from mlqa.checks.performance.not_overfit import not_overfit
from mlqa.checks.performance.predictions_stable import predictions_stable

N = 40
RNG = np.random.default_rng(0)
X = pl.DataFrame({"a": RNG.normal(size=N), "c": ["x", "y"] * (N // 2)})
GROUP = (["a", "b", "c"] * N)[:N]
TARGETS = {
    "two classes": [0, 1] * (N // 2),
    "one class": [0] * N,
    "one positive": [1] + [0] * (N - 1),
    "texts": ["<b>", "\N{GRINNING FACE}"] * (N // 2),
    "numbers": list(RNG.normal(size=N)),
    "huge numbers": list(1e200 * RNG.normal(size=N)),
    "tiny numbers": list(1e-200 * RNG.normal(size=N)),
    "constant": [2.5] * N,
    "missing": [None] * N,
    "infinite": [np.inf] * N,
    "mixed": ["a", 1] * (N // 2),
    "a class a row": list(range(N)),
    "beyond a float": [2**63 + k for k in range(N)],
    "nested": [[1]] * N,
    "empty": [],
    "one row": [1],
}
PREDICTIONS = TARGETS | {
    "probabilities": list(RNG.random(N)),
    "certain and wrong": [0.0] * N,
    "halves": [0.5] * N,
    "a table": RNG.dirichlet([1, 1], N),
    "many classes": RNG.dirichlet([1] * 50, N),
    "rows that do not sum": np.ones((N, 3)),
    "three dimensions": np.ones((N, 2, 2)),
    "a frame": pl.DataFrame({"p": RNG.random(N)}),
    "a text": "abc",
    "a number": 3,
}
CHECKS = {
    "better_than_naive": better_than_naive,
    "not_overfit": lambda prediction, y: not_overfit(prediction, y, prediction, y),
    "calibrated": calibrated,
    "calibrated, classical": lambda prediction, y: calibrated(prediction, y, min_effect=0),
    "calibrated, margin": lambda prediction, y: calibrated(prediction, y, margin=0.1),
    "no_weak_slices": lambda prediction, y: no_weak_slices(prediction, y, X, at_least_rows=5),
    "no_weak_slices, margin": lambda prediction, y: no_weak_slices(prediction, y, X, at_least_rows=5, margin=0.1),
    "errors_unbiased": errors_unbiased,
    "no_huge_errors": no_huge_errors,
    "predictions_stable": lambda prediction, y: predictions_stable(prediction, y, at_most=0.1),
    "fair": lambda prediction, y: fair(prediction, y, GROUP),
    "fair, tpr": lambda prediction, y: fair(prediction, y, GROUP, metric="tpr"),
    "cost_at_most": lambda prediction, y: cost_at_most(prediction, y, costs={(0, 1): 1.0}, limit=1.0),
    **{
        metric: lambda prediction, y, metric=metric: metric_at_least(prediction, y, metric=metric, limit=0.5)
        for metric in ("accuracy", "precision", "roc_auc", "brier", "mae")
    },
}


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("check", CHECKS)
def test_odd_predictions_and_targets_are_answered_or_refused(check):
    answered = 0
    for y in TARGETS.values():
        for prediction in PREDICTIONS.values():
            try:
                verdict = CHECKS[check](prediction, y)
            except MlqaError:
                continue
            answered += 1
            assert isinstance(verdict, Verdict)
            assert Verdict.from_dict(verdict.to_dict()) == verdict
            assert str(verdict)
    assert answered > 0
