"""Rank tests against scipy and against every relabelling of tiny samples."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from mlqa.stats.ranks import precedence_test, rank_sum_test, spread_test
from mlqa.stats.tally import tally


def relabelled(pooled, n):
    for chosen in combinations(range(len(pooled)), n):
        inside = np.isin(np.arange(len(pooled)), chosen)
        yield tally(pooled[inside], pooled[~inside])


@pytest.mark.parametrize("shift", [0.0, 0.2, 1.0])
def test_the_rank_sum_is_that_of_scipy(shift):
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=150), rng.normal(shift, size=180)
    counted = tally(x, y)
    superiority, p_value = rank_sum_test(counted.x, counted.y)
    oracle = stats.mannwhitneyu(y, x, method="asymptotic")
    assert superiority == pytest.approx(oracle.statistic / (150 * 180))
    assert p_value == pytest.approx(oracle.pvalue, rel=0.02)


def test_when_values_are_tied_then_the_p_value_is_at_least_scipys():
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 4, 150), rng.integers(0, 5, 150)
    counted = tally(x, y)
    oracle = stats.mannwhitneyu(x, y, method="asymptotic")
    assert oracle.pvalue <= rank_sum_test(counted.x, counted.y)[1] < 0.02


@pytest.mark.parametrize(
    "pooled", [np.arange(12.0), np.array([0.0] * 8 + [1, 2, 3, 4]), np.array([0, 0, 0, 1, 1, 2] * 2)]
)
@pytest.mark.parametrize("level", [0.2, 0.1, 0.05, 0.02])
def test_over_all_relabellings_the_rank_sum_rejects_about_as_often_as_it_says(pooled, level):
    p_values = np.array([rank_sum_test(one.x, one.y)[1] for one in relabelled(pooled.astype(float), 5)])
    assert np.mean(p_values <= level) <= 1.1 * level


@pytest.mark.parametrize("ones", [3, 6, 12, 40])
@pytest.mark.parametrize(("n", "m"), [(4000, 60), (60, 4000), (500, 500)])
def test_when_nearly_all_values_are_one_then_the_tail_is_no_lighter_than_the_exact_one(ones, n, m):
    for seen in range(min(ones, m) + 1):
        x = np.array([n - (ones - seen), ones - seen])
        y = np.array([m - seen, seen])
        if x.min() < 0 or seen <= ones * m / (n + m):
            continue
        exact = stats.hypergeom.sf(seen - 1, n + m, ones, m)
        if exact < 0.05:
            assert rank_sum_test(x, y)[1] >= 0.8 * exact


def test_the_spread_test_sees_spread_not_location():
    rng = np.random.default_rng(3)
    x = rng.normal(size=300)
    assert spread_test(tally(x, rng.normal(0, 2, 300)))[1] < 1e-6
    assert spread_test(tally(x, rng.normal(size=300)))[1] > 0.01


@pytest.mark.parametrize("pooled", [np.arange(12.0), np.array([0, 0, 0, 1, 1, 2] * 2)])
@pytest.mark.parametrize("level", [0.5, 0.2, 0.05])
def test_over_all_relabellings_the_range_test_rejects_at_most_as_often_as_it_says(pooled, level):
    p_values = np.array([precedence_test(one.x, one.y)[1] for one in relabelled(pooled.astype(float), 7)])
    assert np.mean(p_values <= level) <= level


@pytest.mark.parametrize("beyond", [1, 5, 12])
def test_the_range_test_is_the_hypergeometric_tail(beyond):
    x = np.array([100, 0])
    y = np.array([100 - beyond, beyond])
    exact = stats.hypergeom.sf(beyond - 1, 200, 100, beyond)
    found, p_value = precedence_test(x, y)
    assert found == beyond
    assert p_value == pytest.approx(min(1.0, 4 * exact))


def test_rows_below_the_range_are_counted_with_a_minus():
    found, p_value = precedence_test(np.array([0, 50, 50]), np.array([20, 40, 40]))
    assert found == -20
    assert p_value < 1e-4
