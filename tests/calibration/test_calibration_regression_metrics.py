"""How often the newer ways of `not_worse` alarm where nothing is wrong: more metrics, shares, scores, slices, seeds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa import Evidence, Outcome, not_worse
from mlqa.checks.regression.metrics import metric_of
from mlqa.checks.regression.not_worse_by_slice import not_worse_by_slice
from mlqa.checks.regression.training_not_worse import training_not_worse
from mlqa.stats.paired_mean import paired_mean

pytestmark = pytest.mark.calibration
LEVELS = (0.05, 0.01)
METRICS = {
    "f1_macro": 500,
    "f1_weighted": 400,
    "matthews_corrcoef": 400,
    "roc_auc_ovr": 300,
    "average_precision": 400,
    "adjusted_rand_score": 400,
    "r2": 400,
    "neg_median_absolute_error": 500,
    "neg_max_error": 500,
    "f1_samples": 400,
}


def drawn(takes, rng, n):
    """Three classes, and two scores of them that are equally good."""
    y = rng.integers(0, 3, n)
    new, old = y + 0.3 * rng.normal(size=n) + 0.6 * rng.normal(size=(2, n))

    def table(score):
        chances = np.exp(-((score[:, None] - np.arange(3)) ** 2) / 1.2)
        return chances / chances.sum(axis=1, keepdims=True)

    if takes in ("labels", "clusters"):
        return y, *(np.clip(part.round(), 0, 2).astype(int) for part in (new, old))
    if takes == "indicators":
        truths = rng.random((n, 4)) < 0.4
        return truths, *(truths ^ (rng.random((n, 4)) < 0.15) for _ in range(2))
    if takes == "probabilities":
        return y, table(new), table(old)
    return (y > 0 if takes == "scores" else y), new, old


@pytest.mark.parametrize("name", METRICS)
def test_equal_models_alarm_as_rarely_as_the_level_says(name, calibrated):
    rng, reps = np.random.default_rng(11), METRICS[name]
    takes = metric_of(name, columns=name.endswith("_samples")).takes
    p = []
    for _ in range(reps):
        y, new, old = drawn(takes, rng, 300)
        p.append(not_worse(new, old, y, metric=name, alpha=0.05).evidence.p_value)

    for level in LEVELS:
        calibrated(f"not_worse {name}", int(np.sum(np.array(p) <= level)), reps, level)


@pytest.mark.parametrize("metric", ["accuracy", "mae", "roc_auc"])
def test_a_loss_of_exactly_the_share_is_rarely_decided(metric, calibrated):
    rng, reps = np.random.default_rng(12), 150
    found = []
    for _ in range(reps):
        y = rng.integers(0, 2, 600)
        if metric == "accuracy":  # 0.9, and 0.81
            old = np.where(rng.random(600) < 0.1, 1 - y, y)
            new = np.where(rng.random(600) < 0.19, 1 - y, y)
        elif metric == "mae":
            old, new = y + rng.exponential(size=(2, 600)) * np.array([[1.0], [1.1]])
        else:  # 0.8, and 0.72
            near, far = (2**0.5 * stats.norm.ppf(area) for area in (0.8, 0.72))
            old, new = y * np.array([[near], [far]]) + rng.normal(size=(2, 600))
        found.append(not_worse(new, old, y, metric=metric, margin="10%", alpha=0.05).outcome)

    for outcome in (Outcome.FAIL, Outcome.PASS):
        calibrated(f"not_worse {metric}, {outcome.name} at 10 %", found.count(outcome), reps, 0.05)


@pytest.mark.parametrize("kind", ["number", "other rows", "other rows, margin", "f1 of other rows"])
def test_a_score_of_a_model_as_good_rarely_alarms(kind, calibrated):
    rng, reps, margin = np.random.default_rng(13), 300, 0.05 if "margin" in kind else 0.0
    metric = "f1" if "f1" in kind else "accuracy"
    p = []
    for _ in range(reps):
        y, before = rng.integers(0, 2, (2, 500))
        new, old = (np.where(rng.random(500) < wrong, 1 - y, y) for wrong in (0.1 + margin, 0.1))
        score = not_worse_score(metric, before, np.where(old == y, before, 1 - before))
        baseline = 0.9 if kind == "number" else score
        p.append(not_worse(new, baseline, y, metric=metric, margin=margin, alpha=0.05).evidence.p_value)

    for level in LEVELS:
        calibrated(f"not_worse unpaired, {kind}", int(np.sum(np.array(p) <= level)), reps, level)


def not_worse_score(metric, y, label):
    """A score as it is recorded, of other rows."""
    kept = []

    class Slot:
        recorded = None

        def offer(self, **given):
            kept.append(given["evidence"])

    not_worse(label, Slot(), y, metric=metric)
    assert isinstance(kept[0], Evidence)
    return kept[0]


def test_six_slices_together_alarm_as_rarely_as_one_level(calibrated):
    rng, reps = np.random.default_rng(14), 80
    p = []
    for _ in range(reps):
        y = rng.integers(0, 2, 800)
        new, old = (np.where(rng.random(800) < 0.15, 1 - y, y) for _ in range(2))
        parts = rng.integers(0, 6, 800)
        masks = {f"part {part}": parts == part for part in range(6)}
        p.append(not_worse_by_slice(new, old, y, metric="accuracy", slices=masks, alpha=0.05).evidence.p_value)

    for level in LEVELS:
        calibrated("not_worse_by_slice, 6 slices", int(np.sum(np.array(p) <= level)), reps, level)


@pytest.mark.parametrize("wobble", [0.02, 0.5], ids=["rows decide", "seeds decide"])
def test_equal_trainings_alarm_as_rarely_as_the_level_says(wobble, calibrated):
    rng, reps, n = np.random.default_rng(15), 150, 200
    p = []
    for _ in range(reps):
        y = rng.integers(0, 2, n)
        shared = y + rng.normal(size=n)
        sides = [[shared + wobble * rng.normal() * y + 0.5 * rng.normal(size=n) for _ in range(4)] for _ in range(2)]
        found = training_not_worse(*sides, None, y, metric="mae", alpha=0.05)
        p.append(found.evidence.p_value)

    for level in LEVELS:
        calibrated(f"training_not_worse, 4 seeds, wobble {wobble}", int(np.sum(np.array(p) <= level)), reps, level)


@pytest.mark.parametrize("rows", [0.05, 1.0, 20.0])
@pytest.mark.parametrize("seeds", [3, 5, 10])
def test_few_seeds_never_alarm_too_often(seeds, rows, calibrated):
    rng, reps = np.random.default_rng(0), 20_000
    for other in (0.0, 1.0):
        variances = np.array([1.0, other]) / seeds
        noise = rows * variances.sum()
        estimates = rng.normal(size=reps) * np.sqrt(variances.sum() + noise)
        seen = rng.chisquare(seeds - 1, (reps, 2)) / (seeds - 1) * variances
        of_rows = rng.chisquare(499, reps) / 499 * noise
        for level in (0.05, 0.01, 1e-3):
            reach = np.sqrt(
                stats.t.isf(level, seeds - 1) ** 2 * seen.sum(axis=1) + stats.t.isf(level, 499) ** 2 * of_rows
            )
            name = f"training_not_worse, {seeds} seeds, rows {rows:g} x, baseline {other:g} x"
            calibrated(name, int(np.sum(estimates < -reach)), reps, level)


def test_long_tails_alarm_hardly_more_often(calibrated, noted):
    """Equal mean losses, lognormal differences: a plain t test alarms 5 times too often at 1e-3 on 60 rows."""
    rng, reps, level = np.random.default_rng(16), 8000, 1e-3
    for n in (60, 300):
        drawn = np.exp(0.5) - rng.lognormal(size=(reps, n))
        gone = sum(paired_mean(-losses).p_below(0.0) <= level for losses in drawn)
        noted(f"lognormal differences, n = {n}: {gone} of {reps} at {level}")
        calibrated(f"lognormal differences, n = {n}, at 3 times the level", gone, reps, 3 * level)
