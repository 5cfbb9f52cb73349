"""False alarms of the relations with a limit: the rate is the limit, so every FAIL is one; and sound models."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression

from mlqa import Outcome
from mlqa.checks.invariance.changes_at_most import changes_at_most
from mlqa.checks.invariance.ignores_rounding import ignores_rounding
from mlqa.checks.invariance.increases_with import increases_with

RUNS, N, LIMIT = 200, 150, 0.05
pytestmark = pytest.mark.calibration


def some_rows(rng):
    """Rows of which each, by chance, is one that breaks the relation."""
    return np.column_stack([np.tile([0.0, 1.0, 2.0], N // 3), rng.random(N) < LIMIT])


def falling_for_some(rows):
    return np.where(rows[:, 1] > 0, -rows[:, 0], rows[:, 0])


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_falls_at_the_limit_seldom_fail(alpha, calibrated):
    rng = np.random.default_rng(12)
    verdicts = [
        increases_with(falling_for_some, some_rows(rng), "0", at_most=LIMIT, alpha=alpha).outcome for _ in range(RUNS)
    ]
    calibrated("increases_with at its limit", verdicts.count(Outcome.FAIL), RUNS, alpha)
    calibrated("increases_with passes just beyond", verdicts.count(Outcome.PASS), RUNS, alpha)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_large_changes_at_the_limit_seldom_fail(alpha, calibrated):
    rng = np.random.default_rng(13)
    twice_for_some = lambda rows: rows[:, 0] * (1 + rows[:, 1])  # noqa: E731
    one_more = lambda rows: rows + np.array([1, 0])  # noqa: E731
    fails = 0
    for _ in range(RUNS):
        verdict = changes_at_most(twice_for_some, some_rows(rng), one_more, 1.5, at_most=LIMIT, alpha=alpha)
        fails += verdict.outcome is Outcome.FAIL
    calibrated("changes_at_most at its limit", fails, RUNS, alpha)


def test_sound_models_hardly_feel_a_thousandth_of_the_rounding(calibrated, noted):
    fails, runs, highest = 0, 0, 0.0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        X = np.round(rng.normal(50, 15, size=(1200, 4)), 1)  # tenths: trees split at written values
        y = X[:, 0] - X[:, 1] + rng.normal(0, 10, 1200)
        for model in (LogisticRegression(), HistGradientBoostingClassifier(max_iter=20, random_state=0)):
            verdict = ignores_rounding(model.fit(X[:600], y[:600] > 0), X[600:])
            runs, fails = runs + 1, fails + (verdict.outcome is Outcome.FAIL)
            highest = max(highest, verdict.evidence.estimate)
        forest = RandomForestRegressor(10, random_state=0).fit(X[:600], y[:600])
        verdict = ignores_rounding(forest, X[600:])
        runs, fails = runs + 1, fails + (verdict.outcome is Outcome.FAIL)
        highest = max(highest, verdict.evidence.estimate)
    calibrated("ignores_rounding, sound models", fails, runs, 1e-4)
    noted(f"ignores_rounding: highest rate of a sound model {highest:.4f}, limit 0.05, {runs} models")
