"""The reference weighed as if it had current's shares."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.stats.reweighted import tenths, weights_as_now


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=2, max_size=60))
def test_weighed_groups_have_the_shares_of_current(rows):
    groups = np.array([group for group, _ in rows])
    current = np.array([now for _, now in rows])
    weights = weights_as_now(groups, current)
    assert weights.size == (~current).sum()
    shared = np.isin(groups[current], groups[~current])
    if shared.any():
        assert weights.mean() == pytest.approx(1.0)
        share = np.bincount(groups[~current], weights, 5) / weights.sum()
        assert share == pytest.approx(np.bincount(groups[current][shared], minlength=5) / shared.sum())


def test_tables_without_a_common_group_are_left_as_they_are():
    assert weights_as_now(np.array([0, 0, 1]), np.array([False, False, True])).tolist() == [1.0, 1.0]


def test_tenths_are_even_and_keep_ties_together():
    assert np.bincount(tenths(np.random.default_rng(0).normal(size=200))).tolist() == [20] * 10
    assert set(tenths(np.array([5.0] * 30 + [7.0])).tolist()) == {0, 9}
