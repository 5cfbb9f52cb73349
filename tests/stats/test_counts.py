"""Exact tests of categories against scipy; total variation and its interval."""

import numpy as np
import pytest
from scipy import special, stats

from mlqa.stats.counts import attainable_p, fisher_test, newcomer_test, total_variation, variation_interval


@pytest.mark.parametrize(("n", "m"), [(20, 20), (300, 41), (1000, 2500)])
def test_the_p_value_is_twice_the_smaller_tail(n, m):
    rng = np.random.default_rng(n)
    x, y = rng.integers(0, n // 2, 30), rng.integers(0, m // 2, 30)
    below = stats.hypergeom.cdf(x, n + m, x + y, n)
    above = stats.hypergeom.sf(x - 1, n + m, x + y, n)
    assert fisher_test(x, y, n, m) == pytest.approx(np.minimum(1, 2 * np.minimum(below, above)), rel=1e-8, abs=1e-280)


@pytest.mark.parametrize(("n", "m"), [(7, 5), (10, 30)])
@pytest.mark.parametrize("pooled", [1, 4, 9])
def test_under_the_null_it_rejects_at_most_as_often_as_it_says(n, m, pooled):
    x = np.arange(max(0, pooled - m), min(pooled, n) + 1)
    share = stats.hypergeom.pmf(x, n + m, pooled, n)
    p_values = fisher_test(x, pooled - x, n, m)
    assert all(share[p_values <= level + 1e-12].sum() <= level + 1e-9 for level in p_values)
    assert attainable_p([pooled], n, m)[0] == pytest.approx(p_values[[0, -1]].min())


@pytest.mark.parametrize(("n", "m"), [(6, 6), (4, 9)])
def test_newcomers_are_claimed_at_most_as_often_as_said_over_all_deals(n, m):
    pooled = np.array([5, 4, 2, n + m - 11])
    deals = np.array([deal for deal in np.ndindex(*(pooled + 1)) if sum(deal) == n])
    chance = np.prod(special.comb(pooled, deals), axis=1) / special.comb(n + m, n)
    least = np.array([newcomer_test(deal, pooled - deal, n, m).min() for deal in deals])
    assert chance.sum() == pytest.approx(1.0)
    assert all(chance[least <= level].sum() <= level + 1e-12 for level in least)


def test_a_newcomer_is_seen_among_many_categories_and_one_that_is_known_is_none():
    x, y = np.r_[np.full(60, 17), 0], np.r_[np.full(60, 16), 20]
    p_values = newcomer_test(x, y, x.sum(), y.sum())
    assert p_values[-1] < 1e-5 < fisher_test(x, y, x.sum(), y.sum())[-1] * 61
    assert (p_values[:-1] == 1.0).all()


def test_large_counts_are_exact_too():
    n = 1_000_000
    oracle = stats.hypergeom.cdf(100_000, 2 * n, 202_500, n)
    assert fisher_test([100_000], [102_500], n, n)[0] == pytest.approx(2 * oracle, rel=1e-5)
    assert fisher_test([500_000], [500_000], n, n)[0] == 1.0


def test_nothing_to_test_gives_nothing():
    assert fisher_test([], [], 5, 5).shape == (0,)
    assert fisher_test([0], [0], 5, 5).tolist() == [1.0]


def test_the_interval_covers_the_true_total_variation():
    rng = np.random.default_rng(0)
    p, q = np.array([0.5, 0.3, 0.2]), np.array([0.3, 0.3, 0.4])
    hits = 0
    for _ in range(300):
        seen = total_variation(rng.multinomial(100, p), rng.multinomial(150, q))
        low, high = variation_interval(seen, 100, 150, 3, level=0.9)
        hits += low <= 0.2 <= high
    assert hits >= 270


def test_many_categories_widen_the_interval_to_everything():
    assert variation_interval(0.5, 100, 100, 5000) == (0.0, 1.0)
    assert variation_interval(0.0, 100, 100, 1) == (0.0, 0.0)
