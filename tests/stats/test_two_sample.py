"""Kolmogorov-Smirnov against scipy and against every relabelling of tiny samples."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlqa.stats.tally import tally
from mlqa.stats.two_sample import ks_interval, ks_p_value, ks_test


def by_relabelling(pooled, n, statistic):
    """Share of all relabellings whose statistic is at least the one seen (the first n rows are the first sample)."""
    every = []
    for chosen in combinations(range(len(pooled)), n):
        inside = np.isin(np.arange(len(pooled)), chosen)
        every.append(statistic(pooled[inside], pooled[~inside]))
    return np.mean(np.array(every) >= every[0] - 1e-12)


def distance(x, y):
    counted = tally(x, y)
    return ks_test(counted.x, counted.y)[0]


@pytest.mark.parametrize("seed", range(6))
def test_when_values_are_distinct_then_the_p_value_is_the_share_of_relabellings(seed):
    pooled = np.random.default_rng(seed).normal(size=9)
    counted = tally(pooled[:4], pooled[4:])
    assert ks_test(counted.x, counted.y)[1] == pytest.approx(by_relabelling(pooled, 4, distance))


@pytest.mark.parametrize("seed", range(6))
def test_when_values_are_tied_then_the_p_value_is_no_smaller_than_the_share_of_relabellings(seed):
    pooled = np.random.default_rng(seed).integers(0, 3, 9).astype(float)
    counted = tally(pooled[:4], pooled[4:])
    assert ks_test(counted.x, counted.y)[1] >= by_relabelling(pooled, 4, distance) - 1e-12


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 7), (30, 30), (40, 25), (200, 200)])
def test_exact_p_values_are_those_of_scipy(n, m):
    rng = np.random.default_rng(n + m)
    for shift in (0.0, 0.5, 2.0):
        x, y = rng.normal(size=n), rng.normal(shift, size=m)
        counted = tally(x, y)
        oracle = stats.ks_2samp(x, y, method="exact")
        found, p_value = ks_test(counted.x, counted.y)
        assert found == pytest.approx(oracle.statistic)
        assert p_value == pytest.approx(oracle.pvalue, rel=1e-6)


def test_far_tails_have_no_cancellation():
    assert ks_p_value(50 * 50, 50, 50) == pytest.approx(2 / math.comb(100, 50), rel=1e-9)


@pytest.mark.parametrize("apart", [0.05, 0.08, 0.12])
def test_beyond_the_exact_sizes_the_p_value_is_not_below_scipys(apart):
    lattice = round(apart * 600 * 600)
    exact = stats.ks_2samp(np.arange(600.0), np.arange(600.0) + apart * 600 - 0.5, method="exact")
    assert ks_p_value(lattice, 600, 600) >= exact.pvalue
    assert ks_p_value(lattice, 600, 600) == pytest.approx(exact.pvalue, rel=0.25)


def test_the_interval_covers_the_true_distance():
    rng = np.random.default_rng(0)
    truth = stats.norm.cdf(0.25) - stats.norm.cdf(-0.25)
    hits = 0
    for _ in range(300):
        counted = tally(rng.normal(size=80), rng.normal(0.5, size=120))
        low, high = ks_interval(ks_test(counted.x, counted.y)[0], 80, 120, level=0.9)
        hits += low <= truth <= high
    assert hits >= 270


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_exchanging_the_samples_changes_nothing(x, y):
    one, other = tally(x, y), tally(y, x)
    assert ks_test(one.x, one.y) == pytest.approx(ks_test(other.x, other.y))
