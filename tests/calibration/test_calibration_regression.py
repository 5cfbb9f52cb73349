"""How often `not_worse` alarms where nothing is wrong, and how often it passes what sits on the margin.

Counted, with the band a right rate stays in (binomial, 1 in 2,000 beyond it).
Only the upper side is asserted as an error: a rate below the level is careful.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa import Outcome, not_worse

pytestmark = pytest.mark.calibration
LEVELS = (0.05, 0.01, 1e-3)
WORSE = 0.8


def draw(rng, n, worse=0.0, users=None):
    """Targets and two scores of them, equally good unless `worse`; rows of a user share their noise."""
    y = (rng.random(n) < 0.3).astype(int)
    noise, new, old = rng.normal(size=(3, n))
    if users is not None:
        shared = rng.normal(size=(3, users.max() + 1))[:, users]
        noise, new, old = 0.7 * np.stack([noise, new, old]) + 0.7 * shared
    score = 1.5 * y + noise
    return y, score + 0.6 * (1 + worse) * new, score + 0.6 * old


def shown(metric, y, new, old):
    if metric in ("accuracy", "f1"):
        return (new > 0.75).astype(int), (old > 0.75).astype(int), y
    if metric == "log_loss":
        return 1 / (1 + np.exp(1.9 - 1.5 * new)), 1 / (1 + np.exp(1.9 - 1.5 * old)), y
    return (new, old, 1.5 * y) if metric == "mae" else (new, old, y)


def median_error(y, value):
    """A metric that has no derivative in the rows."""
    return -float(np.median(np.abs(1.5 * y - value)))


METRICS = {"accuracy": 400, "roc_auc": 800, "log_loss": 1000, "mae": 1000, "f1": 800, median_error: 40}


def true_loss(metric, users):
    """What the worse score loses, from a large sample."""
    y, new, old = draw(np.random.default_rng(99), 200_000, WORSE, users)
    far = not_worse(*shown(metric, y, new, old), metric=metric) if isinstance(metric, str) else None
    if far is None:
        return median_error(y, old) - median_error(y, new)
    return abs(far.evidence.estimate)


def most(level, reps):
    """The upper end of the band: more than this is not the level."""
    return int(stats.binom.ppf(1 - 1 / 2000, reps, level))


def name_of(metric):
    return metric if isinstance(metric, str) else metric.__name__


@pytest.mark.parametrize("grouped", [False, True], ids=["rows", "groups"])
@pytest.mark.parametrize("metric", METRICS, ids=name_of)
def test_equal_models_alarm_as_rarely_as_the_level_says(metric, grouped, record_property):
    rng, n, reps = np.random.default_rng(7), 400, METRICS[metric]
    users = np.arange(n) % 40 if grouped else None
    p = np.array(
        [
            not_worse(
                *shown(metric, *draw(rng, n, 0.0, users)), metric=metric, groups=users, alpha=0.05
            ).evidence.p_value
            for _ in range(reps)
        ]
    )

    for level in LEVELS:
        alarms = int(np.sum(p <= level))
        record_property(f"alarms at {level}", f"{alarms} of {reps}, at most {most(level, reps)}")
        assert alarms <= most(level, reps), f"{name_of(metric)} at {level}: {alarms} of {reps}"
    assert reps < 400 or np.mean(p <= 0.05) > 0.02, "it would hardly ever alarm"


@pytest.mark.parametrize("grouped", [False, True], ids=["rows", "groups"])
@pytest.mark.parametrize("metric", METRICS, ids=name_of)
def test_a_loss_of_exactly_the_margin_is_rarely_decided(metric, grouped, record_property):
    rng, n, reps, level = np.random.default_rng(8), 400, METRICS[metric] // 2, 0.05
    users = np.arange(n) % 40 if grouped else None
    margin = true_loss(metric, np.arange(200_000) // 10 if grouped else None)
    drawn = (shown(metric, *draw(rng, n, WORSE, users)) for _ in range(reps))
    found = [not_worse(*parts, metric=metric, margin=margin, groups=users, alpha=level).outcome for parts in drawn]

    for outcome in (Outcome.FAIL, Outcome.PASS):
        wrong = found.count(outcome)
        record_property(f"{outcome.name} at the margin", f"{wrong} of {reps}, at most {most(level, reps)}")
        assert wrong <= most(1.3 * level, reps), f"{name_of(metric)}: {outcome.name} in {wrong} of {reps}"


def test_losses_with_rare_disasters_alarm_hardly_more_often():
    """Equal mean losses, but the baseline's are rarely huge: a plain t test alarms 3 times too often at 1e-3."""
    rng, n, reps = np.random.default_rng(9), 300, 2000
    y = np.zeros(n)
    p = np.array(
        [
            not_worse(np.ones(n), rng.exponential(size=n), y, metric="mae", alpha=0.05).evidence.p_value
            for _ in range(reps)
        ]
    )

    for level in LEVELS:
        assert np.sum(p <= level) <= most(1.3 * level, reps)
