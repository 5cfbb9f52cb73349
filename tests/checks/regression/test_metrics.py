from __future__ import annotations

import numpy as np
import pytest

from mlqa import UsageError
from mlqa.checks.regression.metrics import INDICATORS, METRICS, metric_of
from mlqa.checks.regression.paired import paired

metrics = pytest.importorskip("sklearn.metrics")

SCORERS = metrics.get_scorer_names()
OWN = {
    "brier": metrics.brier_score_loss,
    "log_loss": metrics.log_loss,
    "mae": metrics.mean_absolute_error,
    "mse": metrics.mean_squared_error,
    "rmse": metrics.root_mean_squared_error,
}
RANKS = ("average_precision", "roc_auc")
SMOOTH = 0.995  # correlation with the jackknife; metrics whose curvature shows at 300 rows have less
CURVED = {"neg_median_absolute_error": 0.0, "mutual_info_score": 0.97, "adjusted_mutual_info_score": 0.97}


def drawn(takes, n=300, classes=3, seed=0):
    """Targets and predictions of a kind, as a user has them."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    score = y + rng.normal(size=n).round(1)
    table = rng.dirichlet(np.ones(classes), size=n) * 0.9 + 0.1 * np.eye(classes)[y]
    truths = rng.random((n, 4)) < 0.4
    return {
        "labels": (y, np.clip(score.round(), 0, classes - 1).astype(int)),
        "clusters": (y, np.clip(score.round(), -1, classes).astype(int)),
        "classes": (y > 0, score > 0.5),
        "scores": (y > 0, score),
        "class_scores": (y, table),
        "probabilities": (y, table if classes > 2 else table[:, 1]),
        "values": (np.abs(score) + 0.2, np.abs(score + rng.normal(size=n)) + 0.1),
        "indicators": (truths, truths ^ (rng.random((n, 4)) < 0.2)),
        "label_scores": (truths, truths + rng.normal(size=(n, 4))),
    }[takes]


def found(name, **given):
    metric = metric_of(name, columns=name.endswith("_samples"))
    y, prediction = drawn(metric.takes, **given)
    return metric, y, prediction, paired(metric.takes, y, {"new": prediction}, None)


def scored(name, y, prediction):
    """What scikit-learn's scorer would say."""
    if name in OWN:
        return OWN[name](y, prediction)
    scorer = metrics.get_scorer(name)
    return scorer._sign * scorer._score_func(y, prediction, **scorer._kwargs)


def test_every_scorer_of_scikit_learn_is_known():
    assert set(SCORERS) | set(OWN) == set(METRICS) | {name for name in INDICATORS if name.endswith("_samples")}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*SCORERS, *OWN])
def test_the_value_is_scikit_learns_in_the_scorers_own_direction(name):
    metric, y, prediction, rows = found(name, classes=2 if name == "brier" else 3)

    assert metric.parts(rows.y, rows.predictions[0])[0] == pytest.approx(scored(name, y, prediction))
    assert metric.greater_is_better == (name not in OWN)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", [*SCORERS, *OWN])
def test_the_influence_is_what_leaving_a_row_out_shows(name):
    metric, _, _, rows = found(name, n=200)
    n, prediction = len(rows.y), rows.predictions[0]
    value, influence = metric.parts(rows.y, prediction)
    others = [np.delete(np.arange(n), row) for row in range(0, n, 3)]
    without = np.array([metric.parts(rows.y[keep], prediction[keep])[0] for keep in others])
    jackknife = (n - 1) * (value - without)

    assert influence.mean() == pytest.approx(0, abs=1e-9)
    if metric.test == "worst" or name == "neg_median_absolute_error":
        return  # no row alone moves these
    assert np.corrcoef(influence[::3], jackknife)[0, 1] > CURVED.get(name, SMOOTH)
    assert influence[::3].std() == pytest.approx(jackknife.std(), rel=0.1)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", INDICATORS)
def test_the_value_of_many_labels_a_row_is_scikit_learns(name):
    metric = metric_of(name, columns=True)
    y, prediction = drawn(metric.takes)
    rows = paired(metric.takes, y, {"new": prediction}, None)
    value, influence = metric.parts(rows.y, rows.predictions[0])
    n = len(y)
    without = np.array([metric.parts(np.delete(y, row, 0), np.delete(prediction, row, 0))[0] for row in range(0, n, 6)])

    assert value == pytest.approx(scored(name, y, prediction))
    assert np.corrcoef(influence[::6], (n - 1) * (value - without))[0, 1] > SMOOTH


def test_the_error_of_the_median_is_that_of_the_bootstrap():
    rng = np.random.default_rng(2)
    y, value = np.zeros(2000), rng.exponential(size=2000)
    _, influence = METRICS["neg_median_absolute_error"].parts(y, value)
    draws = [np.median(rng.choice(value, 2000)) for _ in range(400)]

    assert influence.std() / 2000**0.5 == pytest.approx(np.std(draws), rel=0.15)


def test_a_median_among_ties_still_has_an_error():
    rng = np.random.default_rng(3)
    _, influence = METRICS["neg_median_absolute_error"].parts(np.zeros(500), rng.integers(0, 3, 500).astype(float))

    assert influence.std() > 0


@pytest.mark.parametrize(
    "name", ["accuracy", "balanced_accuracy", "log_loss", "f1_macro", "matthews_corrcoef", "roc_auc_ovr"]
)
def test_the_value_of_two_classes_is_scikit_learns(name):
    metric, y, prediction, rows = found(name, classes=2)

    assert metric.parts(rows.y, rows.predictions[0])[0] == pytest.approx(scored(name, y, prediction))


def test_a_class_that_is_only_predicted_counts_as_scikit_learn_has_it():
    y, label = np.array([0, 0, 1, 1, 1]), np.array([0, 2, 1, 1, 2])
    rows = paired("labels", y, {"new": label}, None)
    for name in ("f1_macro", "precision_weighted", "jaccard_macro", "jaccard_micro", "matthews_corrcoef"):
        assert METRICS[name].parts(rows.y, rows.predictions[0])[0] == pytest.approx(scored(name, y, label))


def test_ties_among_the_top_are_broken_as_scikit_learn_does():
    table = np.random.default_rng(0).integers(0, 3, (200, 5)).astype(float)
    y = np.arange(200) % 5
    for k in (1, 2, 4):
        rows = paired("class_scores", y, {"new": table}, None)
        wanted = metrics.top_k_accuracy_score(y, table, k=k)
        assert metric_of(f"top_{k}_accuracy").parts(rows.y, rows.predictions[0])[0] == pytest.approx(wanted)


def test_ten_thousand_classes_cost_no_table_of_them():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 10_000, 20_000)
    label = np.where(rng.random(20_000) < 0.2, rng.integers(0, 10_000, 20_000), y)
    rows = paired("labels", y, {"new": label}, None)
    found = METRICS["f1_macro"].parts(rows.y, rows.predictions[0])[0]

    assert found == pytest.approx(metrics.f1_score(y, label, average="macro", zero_division=0))


@pytest.mark.parametrize("name", ["f1", "precision", "recall"])
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


def test_a_scorer_gives_its_function_its_sign_and_its_options():
    y, prediction = drawn("values")
    scorer = metrics.make_scorer(metrics.fbeta_score, beta=2)
    assert metric_of(metrics.get_scorer("neg_max_error")).parts(y, prediction)[0] < 0
    assert metric_of(metrics.get_scorer("neg_max_error")).greater_is_better
    assert metric_of(scorer).parts(y > 1, prediction > 1)[0] == metrics.fbeta_score(y > 1, prediction > 1, beta=2)


def test_the_direction_of_scikit_learns_own_functions_is_in_their_names():
    assert not metric_of(metrics.mean_absolute_error).greater_is_better
    assert not metric_of(metrics.log_loss).greater_is_better
    assert metric_of(metrics.f1_score).greater_is_better
    assert metric_of(metrics.mean_absolute_error, True).greater_is_better


def test_metrics_of_other_targets_are_refused():
    with pytest.raises(UsageError, match="a metric of many labels a row, as y has columns"):
        metric_of("mae", columns=True)
    with pytest.raises(UsageError, match="y with a column a label"):
        metric_of("f1_samples")
