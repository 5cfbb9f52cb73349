"""All pairs of columns at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from mlqa.stats.association import (
    correlations,
    equal_by_chance,
    equal_counts,
    product_test,
    products_moved,
    spearman_interval,
)

RNG = np.random.default_rng(0)


def test_correlations_are_those_of_scipy():
    values = RNG.normal(size=(200, 4)).round(1)
    ranks = np.column_stack([stats.rankdata(column) for column in values.T])
    assert np.allclose(correlations(ranks), stats.spearmanr(values).statistic)


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 5))
def test_equal_values_are_counted_as_a_loop_counts_them(seed, rows, columns):
    values = np.random.default_rng(seed).integers(3, size=(rows, columns)).astype(float)
    values[values == 2] = np.nan
    expected = [[sum(a == b for a, b in zip(x, y)) for y in values.T] for x in values.T]
    assert equal_counts(values).tolist() == expected


def test_agreement_by_chance_is_that_of_shuffled_columns():
    one, other = RNG.integers(3, size=20_000).astype(float), RNG.integers(2, size=20_000).astype(float)
    assert equal_by_chance(one, other) == pytest.approx((one == other).mean(), abs=0.02)
    assert equal_by_chance(np.zeros(0), np.zeros(0)) == 0.0


def test_moved_products_point_at_the_pair_that_moved():
    ranks = RNG.random((600, 3))
    current = np.arange(600) >= 300
    ranks[current, 1] = ranks[current, 0]
    moved = products_moved(ranks, current)
    assert moved[0, 1] == moved[1, 0] > 6 > np.abs(moved[:2, 2]).max()
    assert product_test(ranks[:, 0], ranks[:, 1], current)[1] < 1e-6
    assert not products_moved(ranks, np.ones(600, dtype=bool)).any()


def test_the_interval_covers_as_often_as_it_says():
    inside = 0
    for _ in range(400):
        x = RNG.normal(size=200)
        found = stats.spearmanr(x, x + RNG.normal(size=200)).statistic
        low, high = spearman_interval(found, 200, 0.95)
        inside += low <= 6 / np.pi * np.arcsin(np.sqrt(0.5) / 2) <= high
    assert inside / 400 > 0.92
    assert spearman_interval(0.3, 4, 0.95) == (-1.0, 1.0)
