"""subset_sum_test: against the hypergeometric, and against all subsets."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import hypergeom

from mlqa.stats.subset_sums import subset_sum_test


def exact(scores, m, observed):
    sums = np.array([sum(part) for part in combinations(scores, m)])
    return float(np.mean(sums >= observed - 1e-9))


@pytest.mark.parametrize("seen", [38, 42, 48, 54, 60])
def test_counts_of_rows_have_the_hypergeometric_tail(seen):
    scores = np.repeat([1.0, 0.0], [60, 1940])
    chosen = np.repeat([True, False, True, False], [seen, 60 - seen, 1000 - seen, 940 + seen])
    found = subset_sum_test(scores, chosen)
    assert found == pytest.approx(hypergeom.sf(seen - 1, 2000, 60, 1000), rel=0.25)


def test_skewed_scores_have_the_tail_of_all_subsets():
    scores = np.random.default_rng(0).lognormal(0, 1.5, 16)
    chosen = np.zeros(16, dtype=bool)
    chosen[np.argsort(-scores)[[0, 1, 2, 4, 7, 11]]] = True
    found = subset_sum_test(scores, chosen)
    assert found == pytest.approx(exact(scores, 6, scores[chosen].sum()), rel=0.35)


def test_the_largest_sum_of_all_has_the_chance_of_its_subsets():
    scores = np.array([5.0, 4.0, 4.0, 1.0, 0.0])
    chosen = np.array([True, True, False, False, False])
    assert subset_sum_test(scores, chosen) == pytest.approx(0.2)
    far = np.arange(1000.0)
    assert 0.0 <= subset_sum_test(far, far > 500) < 1e-290


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        (np.ones(9), np.arange(9) < 4),
        (np.arange(9.0), np.zeros(9, dtype=bool)),
        (np.arange(9.0), np.ones(9, dtype=bool)),
        (np.zeros(0), np.zeros(0, dtype=bool)),
        (np.full(9, 1e12) + np.linspace(0, 1e-6, 9), np.arange(9) > 4),
    ],
)
def test_where_nothing_can_be_told_the_chance_is_one(scores, chosen):
    assert subset_sum_test(scores, chosen) == 1.0


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(5, 200), st.floats(0.1, 0.9), st.sampled_from([1, 3, 30]))
def test_it_is_a_chance_that_units_and_order_do_not_change(seed, n, share, steps):
    rng = np.random.default_rng(seed)
    scores, chosen = np.round(rng.exponential(size=n) * steps), rng.random(n) < share
    found = subset_sum_test(scores, chosen)
    assert 0.0 <= found <= 1.0
    order = rng.permutation(n)
    assert subset_sum_test(scores[order] * 8 - 3, chosen[order]) == pytest.approx(found, rel=1e-6)
