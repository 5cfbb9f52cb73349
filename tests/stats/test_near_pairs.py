"""Pairs of nearest rows against brute force, and the test of whose they are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from mlqa.stats.near_pairs import LOOKS, near_pairs_test, nearest_pairs, pairs_seen


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 40), st.integers(1, 4), st.integers(0, 2**16))
def test_pairs_are_each_others_nearest(n, d, seed):
    points = np.random.default_rng(seed).normal(size=(n, d))
    first, second, closeness = nearest_pairs(points)
    between = cdist(points, points)
    np.fill_diagonal(between, np.inf)
    for one, two, close in zip(first, second, closeness):
        assert between[one, two] == pytest.approx(between[one].min(), abs=0.01)
        assert between[one, two] == pytest.approx(between[two].min(), abs=0.01)
        assert 0.0 <= close <= 1.0
    assert len(set(first) | set(second)) == 2 * len(first)
    assert (np.diff(closeness) >= 0).all()


def test_a_close_copy_comes_first_among_many_rows():
    points = np.random.default_rng(0).normal(size=(1300, 6))
    points[900] = points[17] + 0.002
    first, second, closeness = nearest_pairs(points)
    assert (first[0], second[0]) == (17, 900)
    assert closeness[0] < 0.05


def test_fewer_than_three_rows_make_no_pair():
    assert nearest_pairs(np.zeros((2, 3)))[0].size == 0
    assert near_pairs_test(np.zeros(3, dtype=bool), 10, 10) == (0, 0, 1.0)


def test_copies_among_the_closest_are_seen_and_natural_pairs_are_not():
    half = np.arange(400) % 2 == 0
    assert near_pairs_test(half, 1000, 1000)[2] > 0.5
    copied = half.copy()
    copied[:25] = True
    assert near_pairs_test(copied, 1000, 1000)[2] < 1e-4


def test_the_fewest_pairs_seen_are_those_that_the_test_sees():
    fewest = pairs_seen(200, 1000, 1000, 1e-4)
    assert fewest in LOOKS
    straddles = np.arange(200) < fewest
    assert near_pairs_test(straddles, 1000, 1000)[2] <= 1e-4
    assert pairs_seen(3, 1000, 1000, 1e-4) is None
