"""False alarms of unchanged_by with a limit: the rate is the limit, so every FAIL is one."""

from __future__ import annotations

import numpy as np
import pytest

from mlqa import Outcome, unchanged_by
from mlqa.stats.proportion import at_most_p_value, clopper_pearson

LEVELS = (0.05, 0.01, 1e-3)
RUNS = 200_000
pytestmark = pytest.mark.calibration


def drawn(n, limit):
    """Numbers of changed rows, each with how often it came up."""
    hits = np.random.default_rng(round(1e6 * limit) + n).binomial(n, limit, RUNS)
    return np.unique(hits, return_counts=True)


@pytest.mark.parametrize("alpha", LEVELS)
@pytest.mark.parametrize(("n", "limit"), [(50, 0.1), (400, 0.02), (3000, 0.05), (3000, 0.001)])
def test_a_rate_at_the_limit_seldom_fails(alpha, n, limit, calibrated):
    hits, times = drawn(n, limit)
    low, _ = clopper_pearson(hits, n, level=1 - alpha, sides=1)
    calibrated(f"unchanged_by at the limit {limit:g}, n = {n}", int(times[low > limit].sum()), RUNS, alpha)
    assert ((low > limit) == (at_most_p_value(hits, n, limit) < alpha)).all()


@pytest.mark.parametrize("alpha", LEVELS)
@pytest.mark.parametrize(("n", "limit"), [(400, 0.02), (3000, 0.05)])
def test_a_rate_at_the_limit_seldom_passes(alpha, n, limit, calibrated):
    hits, times = drawn(n, limit)
    _, high = clopper_pearson(hits, n, level=1 - alpha, sides=1)
    calibrated(f"unchanged_by passes just beyond {limit:g}, n = {n}", int(times[high <= limit].sum()), RUNS, alpha)


@pytest.mark.parametrize("alpha", [0.05, 0.01])
def test_the_whole_check_seldom_fails_at_the_limit(alpha, calibrated):
    rng = np.random.default_rng(11)
    runs, n, limit = 400, 300, 0.05
    fails = 0
    for _ in range(runs):
        X = np.column_stack([np.zeros(n), rng.random(n) < limit])
        verdict = unchanged_by(
            lambda rows: (rows[:, 0] > 0) & (rows[:, 1] > 0),
            X,
            lambda rows: rows + np.array([1, 0]),
            at_most=limit,
            alpha=alpha,
        )
        fails += verdict.outcome is Outcome.FAIL
    calibrated("unchanged_by, whole check", fails, runs, alpha)
