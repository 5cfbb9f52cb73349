"""How often drift is claimed where both tables are drawn from one source."""

import numpy as np
import polars as pl
import pytest

from mlqa import drift_free
from mlqa.stats.counts import fisher_test
from mlqa.stats.linear import mean_test
from mlqa.stats.ranks import precedence_test, rank_sum_test, spread_test
from mlqa.stats.tally import tally
from mlqa.stats.two_sample import ks_test

pytestmark = pytest.mark.calibration

LEVELS = (0.05, 0.01, 0.001)
RUNS = 1500
RUNS_OF_TABLES = 300
DRAWS = {
    "normal": lambda rng, size: rng.normal(size=size),
    "cauchy": lambda rng, size: rng.standard_cauchy(size),
    "five values": lambda rng, size: rng.integers(0, 5, size),
    "nine in ten are zero": lambda rng, size: np.where(rng.random(size) < 0.9, 0.0, rng.lognormal(0, 2, size)),
    "one in a hundred": lambda rng, size: rng.random(size) < 0.01,
}
SIZES = [(60, 60), (400, 60), (60, 400)]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("draw", DRAWS)
def test_tests_of_numbers_hold_their_level(draw, sizes, calibrated):
    rng = np.random.default_rng([len(draw), *sizes])
    p_values = {"KS": [], "rank sum": [], "spread": [], "range": [], "mean": []}
    for _ in range(RUNS):
        counted = tally(*(DRAWS[draw](rng, size) for size in sizes))
        p_values["KS"].append(ks_test(counted.x, counted.y)[1])
        p_values["rank sum"].append(rank_sum_test(counted.x, counted.y)[1])
        p_values["spread"].append(spread_test(counted)[1])
        p_values["mean"].append(mean_test(counted))
        p_values["range"].append(precedence_test(counted.x, counted.y)[1])
    for test, found in p_values.items():
        for level in LEVELS:
            calibrated(f"{test}, {draw}, {sizes[0]} + {sizes[1]}", int(np.sum(np.array(found) <= level)), RUNS, level)


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_the_test_of_categories_holds_its_level(sizes, calibrated):
    rng = np.random.default_rng(0)
    shares = np.array([0.5, 0.3, 0.1, 0.05, 0.03, 0.02])
    x, y = (rng.multinomial(size, shares, 40_000) for size in sizes)
    p_values = fisher_test(x.ravel(), y.ravel(), *sizes).reshape(x.shape).min(axis=1) * shares.size
    for level in LEVELS:
        calibrated(f"categories, {sizes[0]} + {sizes[1]}", int(np.sum(p_values <= level)), len(p_values), level)


def table(rng, size):
    columns = {name: draw(rng, size) for name, draw in DRAWS.items()}
    columns["city"] = rng.choice(list("abcdefg"), size, p=[0.4, 0.3, 0.1, 0.1, 0.05, 0.03, 0.02])
    columns["skewed"] = rng.lognormal(0, 3, size)
    return pl.DataFrame(columns)


@pytest.mark.parametrize("sizes", [(120, 120), (300, 60)], ids=str)
def test_the_whole_check_holds_its_level_over_all_columns(sizes, calibrated):
    rng = np.random.default_rng(sizes)
    verdicts = [
        drift_free(*(table(rng, size) for size in sizes), min_effect=0.0, alpha=0.05) for _ in range(RUNS_OF_TABLES)
    ]
    p_values = np.array([verdict.evidence.p_value for verdict in verdicts])
    for level in LEVELS:
        calibrated(
            f"drift_free, 7 columns, {sizes[0]} + {sizes[1]}", int(np.sum(p_values <= level)), RUNS_OF_TABLES, level
        )
    assert sum(not verdict for verdict in verdicts) == np.sum(p_values <= 0.05)
