"""Rows of categories that a reference has not: the law, its bound and its limits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlqa.stats.counts import newcomer_test
from mlqa.stats.unseen import Set, fewest_unseen, lost_chance, newcomer_rows_tail, richness, unseen_p_value


@pytest.mark.parametrize(("n", "m"), [(1000, 1000), (5000, 300), (200, 900)])
def test_the_p_value_is_the_tail_of_a_negative_binomial(n, m):
    for unseen in (1, 4, 12):
        tail = stats.nbinom.sf(unseen - 1, 0.3, n / (n + m))
        assert unseen_p_value(unseen, [Set(n, m, 0.3)]) == pytest.approx(tail, rel=1e-9)


def test_several_columns_add_up_and_never_pass_one():
    one = unseen_p_value(5, [Set(500, 500, 0.1)])
    assert unseen_p_value(5, [Set(500, 500, 0.1)] * 3) == pytest.approx(3 * one)
    assert unseen_p_value(1, [Set(500, 500, 5.0)] * 9) == 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 3000), st.integers(1, 500), st.sampled_from([0.01, 1e-4, 1e-6]))
def test_the_fewest_rows_are_where_the_p_value_turns(n, m, rarest, level):
    sets = [Set(n, m, richness(rarest))]
    fewest = fewest_unseen(sets, level)
    assert fewest == m + 1 or unseen_p_value(fewest, sets) <= level
    assert unseen_p_value(fewest - 1, sets) > level


def test_many_rare_newcomers_show_where_none_does_alone():
    x, y = np.array([9] * 50 + [0] * 60), np.array([9] * 50 + [1] * 60)
    n, m = int(x.sum()), int(y.sum())
    assert newcomer_test(x, y, n, m).min() > 0.5
    assert newcomer_rows_tail(x, y, n, m) < 1e-4
    assert newcomer_rows_tail(x, x, n, n) == 1.0


def test_rare_newcomers_are_bounded_where_rows_are_dealt_at_random():
    numbers = np.random.default_rng(0)
    pooled = np.bincount(numbers.zipf(1.6, 800) % 400)
    pooled = pooled[pooled > 0]
    total = int(pooled.sum())
    tails = []
    for _ in range(2000):
        x = numbers.multivariate_hypergeometric(pooled, total // 2, method="marginals")
        tails.append(newcomer_rows_tail(x, pooled - x, total // 2, total - total // 2))
    assert (np.array(tails) <= 0.05).sum() <= stats.binom.ppf(0.999, 2000, 0.05)


def test_values_are_lost_by_chance_only_where_they_are_few():
    assert lost_chance(3, 100, 100) == 0.125
    assert lost_chance(0, 100, 100) == 1.0
