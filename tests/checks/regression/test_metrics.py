from __future__ import annotations

import numpy as np
import pytest

from mlqa.checks.regression.metrics import METRICS
from mlqa.checks.regression.paired import paired

metrics = pytest.importorskip("sklearn.metrics")


def rows_for(metric, n=300, classes=2):
    rng = np.random.default_rng(len(metric.name))
    y = rng.integers(0, classes, n)
    score = y + rng.normal(size=n).round(1)
    table = rng.dirichlet(np.ones(classes), size=n)
    given = {
        "labels": np.clip(score.round(), 0, classes - 1).astype(int),
        "classes": (score > 0.5).astype(int),
        "scores": score,
        "probabilities": table if classes > 2 else table[:, 1],
        "values": score,
    }[metric.takes]
    return y, given, paired(metric.takes, y, {"new": given}, None)


SKLEARN = {
    "accuracy": "accuracy_score",
    "average_precision": "average_precision_score",
    "balanced_accuracy": "balanced_accuracy_score",
    "brier": "brier_score_loss",
    "f1": "f1_score",
    "log_loss": "log_loss",
    "mae": "mean_absolute_error",
    "mse": "mean_squared_error",
    "precision": "precision_score",
    "r2": "r2_score",
    "recall": "recall_score",
    "rmse": "root_mean_squared_error",
    "roc_auc": "roc_auc_score",
}


@pytest.mark.parametrize("name", METRICS)
def test_the_value_is_scikit_learns(name):
    y, given, rows = rows_for(METRICS[name])
    value, _ = METRICS[name].parts(rows.y, rows.predictions[0])

    assert value == pytest.approx(getattr(metrics, SKLEARN[name])(y, given))


@pytest.mark.parametrize("name", ["accuracy", "balanced_accuracy", "log_loss"])
def test_the_value_of_three_classes_is_scikit_learns(name):
    y, given, rows = rows_for(METRICS[name], classes=3)
    value, _ = METRICS[name].parts(rows.y, rows.predictions[0])

    assert value == pytest.approx(getattr(metrics, SKLEARN[name])(y, given))


def test_brier_of_three_classes_sums_over_the_classes():
    y, given, rows = rows_for(METRICS["brier"], classes=3)
    value, _ = METRICS["brier"].parts(rows.y, rows.predictions[0])

    assert value == pytest.approx(np.mean(np.sum((given - np.eye(3)[y]) ** 2, axis=1)))


@pytest.mark.parametrize("name", METRICS)
def test_the_influence_is_what_leaving_a_row_out_shows(name):
    _, _, rows = rows_for(METRICS[name])
    parts, n = METRICS[name].parts, rows.y.size
    value, influence = parts(rows.y, rows.predictions[0])
    others = [np.delete(np.arange(n), row) for row in range(n)]
    without = np.array([parts(rows.y[keep], rows.predictions[0][keep])[0] for keep in others])
    jackknife = (n - 1) * (value - without)

    assert influence.mean() == pytest.approx(0, abs=1e-9)
    assert np.corrcoef(influence, jackknife)[0, 1] > 0.995
    assert influence.std() == pytest.approx(jackknife.std(), rel=0.05)


@pytest.mark.parametrize("name", ["f1", "precision"])
def test_a_share_of_no_rows_is_nought(name):
    rows = paired("classes", np.array([0, 0, 0]), {"new": np.array([0, 0, 0])}, None)
    value, influence = METRICS[name].parts(rows.y, rows.predictions[0])

    assert value == 0.0
    assert not influence.any()


def test_a_perfect_prediction_has_no_influence_on_the_root():
    rows = paired("values", np.arange(4), {"new": np.arange(4)}, None)
    value, influence = METRICS["rmse"].parts(rows.y, rows.predictions[0])

    assert value == 0.0
    assert not influence.any()
