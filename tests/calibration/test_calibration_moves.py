"""How often the checks of range, single values, unit, precision and labels alarm where nothing is wrong."""

import numpy as np
import polars as pl
import pytest

from mlqa.checks.drift.label_drift_free import label_drift_free
from mlqa.checks.drift.point_masses_hold import point_masses_hold
from mlqa.checks.drift.precision_holds import precision_holds
from mlqa.checks.drift.range_holds import range_holds
from mlqa.checks.drift.unit_holds import unit_holds
from mlqa.stats.linear import linear_test
from mlqa.stats.tail import tail_test
from mlqa.stats.tally import tally
from mlqa.subjects.profile import profile

pytestmark = pytest.mark.calibration

LEVELS = (0.05, 0.01, 0.001)
RUNS = 100
TAILS = {
    "normal": lambda rng, size: rng.normal(size=size),
    "Pareto": lambda rng, size: rng.pareto(1.5, size) + 1.0,
    "Cauchy, one decimal": lambda rng, size: rng.standard_cauchy(size).round(1),
    "log-normal, sigma 2": lambda rng, size: rng.lognormal(0, 2, size),
    "whole waiting times": lambda rng, size: rng.geometric(0.1, size).astype(float),
}


@pytest.mark.parametrize("sizes", [(300, 300), (200, 600)], ids=str)
@pytest.mark.parametrize("name", TAILS)
def test_the_tail_holds_its_level(name, sizes, calibrated):
    rng = np.random.default_rng([len(name), *sizes])
    p_values = np.array([tail_test(tally(*(TAILS[name](rng, size) for size in sizes)))[1] for _ in range(1000)])
    for level in LEVELS:
        calibrated(f"tail, {name}, {sizes[0]} + {sizes[1]}", int(np.sum(p_values <= level)), 1000, level)


def test_a_source_with_a_few_wild_values_seldom_alarms_by_the_tail(calibrated):
    """No model holds there: the labels alone protect, at about one draw in a hundred at worst."""
    rng = np.random.default_rng(0)
    alarms = 0
    for _ in range(1000):
        x, y = (np.where(rng.random(600) < 0.004, rng.uniform(50, 90, 600), rng.normal(size=600)) for _ in range(2))
        alarms += tail_test(tally(x, y))[1] <= 1e-4
    calibrated("tail, 4 wild values in 1,000 in both tables", alarms, 1000, 0.01)


@pytest.mark.parametrize("sizes", [(1000, 1000), (60, 400), (2000, 200)], ids=str)
def test_sums_of_skewed_scores_hold_their_level(sizes, calibrated):
    """Labels drawn anew for fixed scores: one in a hundred is large, the others are nearly zero."""
    rng = np.random.default_rng(sizes)
    n, m = sizes
    scores = np.where(np.arange(n + m) % 100 == 0, 1.0, rng.random(n + m) / 50)
    order = np.argsort(scores)
    p_values = []
    for _ in range(3000):
        second = np.zeros(n + m, dtype=np.int64)
        second[rng.permutation(n + m)[:m]] = 1
        p_values.append(linear_test(scores[order], 1 - second, second))
    for level in LEVELS:
        calibrated(f"sum of scores, {n} + {m}", int(np.sum(np.array(p_values) <= level)), 3000, level)


def table(rng, rows):
    return pl.DataFrame(
        {
            "price": rng.lognormal(3, 1, rows).round(2),
            "age": rng.integers(18, 90, rows),
            "late": np.where(rng.random(rows) < 0.8, 0.0, rng.exponential(5, rows).round(1)),
            "heavy": rng.standard_cauchy(rows),
            "species": rng.choice(list("abcd"), rows, p=[0.6, 0.3, 0.08, 0.02]),
        }
    )


CHECKS = {
    "range_holds": range_holds,
    "point_masses_hold": lambda *tables, **options: point_masses_hold(*tables, min_effect=0.0, **options),
    "unit_holds": unit_holds,
    "precision_holds": lambda *tables, **options: precision_holds(*tables, min_effect=0.0, **options),
    "label_drift_free": lambda *tables, **options: label_drift_free(
        *tables, target="species", min_effect=0.0, **options
    ),
}


@pytest.mark.parametrize("sizes", [(300, 300), (600, 150)], ids=str)
def test_the_whole_checks_hold_their_level_over_all_columns(sizes, calibrated):
    rng = np.random.default_rng(sizes)
    p_values = {name: [] for name in CHECKS}
    for _ in range(RUNS):
        before, after = (profile(table(rng, size)) for size in sizes)
        for name, check in CHECKS.items():
            p_values[name].append(check(before, after, alpha=0.05).evidence.p_value)
    for name, found in p_values.items():
        for level in LEVELS:
            calibrated(f"{name}, {sizes[0]} + {sizes[1]}", int(np.sum(np.array(found) <= level)), RUNS, level)
