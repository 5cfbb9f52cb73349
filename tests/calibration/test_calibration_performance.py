"""How often the checks of performance decide wrongly where the truth lies on their limit.

Counted beside the band that chance allows. Most are exact or pay for many
questions, so they alarm less often than their level.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome
from mlqa.checks.performance.better_than_naive import better_than_naive
from mlqa.checks.performance.calibrated import calibrated
from mlqa.checks.performance.cost_at_most import cost_at_most
from mlqa.checks.performance.errors_unbiased import errors_unbiased
from mlqa.checks.performance.fair import fair
from mlqa.checks.performance.labels_serve import labels_serve
from mlqa.checks.performance.metric_at_least import metric_at_least
from mlqa.checks.performance.no_huge_errors import no_huge_errors
from mlqa.checks.performance.no_surer_than_trained import no_surer_than_trained
from mlqa.checks.performance.no_weak_slices import no_weak_slices
from mlqa.checks.performance.not_overfit import not_overfit
from mlqa.checks.performance.predictions_stable import predictions_stable

pytestmark = pytest.mark.calibration
LEVELS = (0.05, 0.01)
RIGHT = 0.8


def honest(rng, n=300):
    p = rng.beta(1.0, 2.0, n)
    return p, (rng.random(n) < p).astype(int)


def rare(rng, n=600):
    p = rng.beta(0.2, 6.0, n)
    return p, (rng.random(n) < p).astype(int)


def classes(rng, n=400):
    table = rng.dirichlet([1.0, 1.0, 1.0], n)
    return table, (table.cumsum(axis=1) > rng.random((n, 1))).argmax(axis=1)


def shifted(rng, n=600):
    """Off by exactly what is no alarm yet."""
    p = rng.uniform(0.2, 0.8, n)
    return p - 0.05, (rng.random(n) < p).astype(int)


def valued(errors):
    def draw(rng, n=300):
        f = rng.normal(size=n)
        return f, f + errors(rng, n)

    return draw


def skewed(rng, n):
    return rng.exponential(size=n) - 1


def labelled(rng, n=500, share=RIGHT):
    y = rng.integers(0, 2, n)
    return np.where(rng.random(n) < share, y, 1 - y), y


def table(rng, n):
    region = rng.choice(list("abcd"), n)
    return pl.DataFrame({"x": rng.normal(size=n), "z": rng.exponential(size=n), "region": region})


def sliced(draw):
    def ask(rng):
        prediction, y = draw(rng)
        return no_weak_slices(prediction, y, table(rng, len(y)), min_effect=0.0, alpha=0.05)

    return ask


def grouped(rng):
    """Two groups that are apart by exactly the margin, and one between them."""
    group = rng.choice(list("abc"), 900)
    right = rng.random(900) < np.select([group == "a", group == "b"], [0.9, 0.8], 0.85)
    y = rng.integers(0, 2, 900)
    return fair(np.where(right, y, 1 - y), y, group, margin=0.1, alpha=0.05)


def costly(rng):
    y = (rng.random(600) < 0.3).astype(int)
    wrong = rng.random(600) < np.where(y == 1, 0.1, 0.05)
    costs = {(1, 0): 10.0, (0, 1): 1.0}
    return cost_at_most(np.where(wrong, 1 - y, y), y, costs=costs, limit=0.3 * 0.1 * 10 + 0.7 * 0.05, alpha=0.05)


def changed(rng):
    old = np.zeros(500, dtype=int)
    return predictions_stable((rng.random(500) < 0.05).astype(int), old, at_most=0.05, alpha=0.05)


def huge(rng):
    errors = np.where(rng.random(400) < 0.05, 1e6, rng.normal(size=400))
    return no_huge_errors(errors, np.zeros(400), alpha=0.05)


def overfit(rng):
    """A quarter of a perfect skill is left."""
    return not_overfit(*labelled(rng, 400, 0.625), *labelled(rng, 400, 1.0), alpha=0.05)


def thrown(rng, n=600):
    """Labels thrown where both classes are as likely: nothing is lost."""
    p = rng.choice([0.2, 0.5, 0.8], n)
    labels = np.where(p == 0.5, rng.integers(0, 2, n), p > 0.5).astype(int)
    y = (rng.random(n) < p).astype(int)
    return labels_serve(labels, np.column_stack([1 - p, p]), y, margin=0.0, alpha=0.05)


def trained(draw):
    return lambda rng: no_surer_than_trained(*draw(rng), min_effect=0.0, alpha=0.05)


CHECKS = {
    "labels_serve, nothing lost": (thrown, 400),
    "no_surer_than_trained, two classes": (trained(honest), 400),
    "no_surer_than_trained, three classes": (trained(classes), 400),
    "no_surer_than_trained, values": (trained(valued(skewed)), 400),
    "calibrated, no least effect": (lambda rng: calibrated(*honest(rng), min_effect=0.0, alpha=0.05), 500),
    "calibrated, rare events": (lambda rng: calibrated(*rare(rng), min_effect=0.0, alpha=0.05), 500),
    "calibrated, three classes": (lambda rng: calibrated(*classes(rng), min_effect=0.0, alpha=0.05), 120),
    "calibrated, off by the least effect": (lambda rng: calibrated(*shifted(rng), alpha=0.05), 500),
    "errors_unbiased, normal": (
        lambda rng: errors_unbiased(*valued(lambda r, n: r.normal(size=n))(rng), min_effect=0.0, alpha=0.05),
        500,
    ),
    "errors_unbiased, skewed": (
        lambda rng: errors_unbiased(*valued(skewed)(rng), min_effect=0.0, alpha=0.05),
        500,
    ),
    "errors_unbiased, heavy tails": (
        lambda rng: errors_unbiased(*valued(lambda r, n: r.standard_t(2.5, n))(rng), min_effect=0.0, alpha=0.05),
        500,
    ),
    "no_weak_slices, probabilities": (sliced(honest), 40),
    "no_weak_slices, rare events": (sliced(rare), 40),
    "no_weak_slices, skewed values": (sliced(valued(skewed)), 60),
    "no_weak_slices, classes": (sliced(classes), 30),
    "fair at the margin": (grouped, 300),
    "cost_at_most at the limit": (costly, 300),
    "predictions_stable at the limit": (changed, 500),
    "no_huge_errors at the limit": (huge, 500),
    "not_overfit at what must be left": (overfit, 400),
    "metric_at_least, accuracy": (
        lambda rng: metric_at_least(*labelled(rng), metric="accuracy", limit=RIGHT, alpha=0.05),
        500,
    ),
    "metric_at_least, f1": (lambda rng: metric_at_least(*labelled(rng), metric="f1", limit=RIGHT, alpha=0.05), 500),
    "metric_at_least, roc_auc": (
        lambda rng: metric_at_least(*honest(rng), metric="roc_auc", limit=AREA, alpha=0.05),
        400,
    ),
}


def _area():
    from scipy.stats import rankdata

    p, y = honest(np.random.default_rng(5), 400_000)
    ranks, m = rankdata(p), int(y.sum())
    return (ranks[y == 1].sum() - m * (m + 1) / 2) / (m * (y.size - m))


AREA = float(_area())


@pytest.mark.parametrize("name", CHECKS)
def test_what_lies_on_the_limit_alarms_as_rarely_as_the_level_says(name, calibrated):
    ask, runs = CHECKS[name]
    rng = np.random.default_rng(11)
    p_values = np.array([ask(rng).evidence.p_value for _ in range(runs)])
    for level in LEVELS:
        calibrated(name, int(np.sum(p_values <= level)), runs, level)


@pytest.mark.parametrize("level", LEVELS)
def test_a_model_that_knows_nothing_passes_for_a_better_one_as_rarely(level, calibrated):
    rng, runs = np.random.default_rng(12), 300

    def outcome():
        y = (rng.random(300) < 0.3).astype(int)
        return better_than_naive(rng.normal(size=300), y, alpha=level).outcome

    calibrated("better_than_naive passes the useless", sum(outcome() is Outcome.PASS for _ in range(runs)), runs, level)


@pytest.mark.parametrize("level", LEVELS)
def test_a_model_that_gains_a_tenth_is_called_useless_as_rarely(level, calibrated):
    rng, runs = np.random.default_rng(13), 300
    slope = (0.1 / 0.9) ** 0.5  # a tenth of the variance is explained

    def outcome():
        x = rng.normal(size=400)
        return better_than_naive(slope * x, slope * x + rng.normal(size=400), alpha=level).outcome

    calibrated("better_than_naive fails a tenth", sum(outcome() is Outcome.FAIL for _ in range(runs)), runs, level)
