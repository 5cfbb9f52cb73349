"""Distances to the crowd, and whose the furthest rows are."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from mlqa.stats.neighbours import crowd_distance, furthest_test, lonely

RNG = np.random.default_rng(0)


def test_distances_are_those_of_a_tree():
    points = RNG.normal(size=(700, 3))
    assert np.allclose(crowd_distance(points, 7), cKDTree(points).query(points, 8)[0][:, -1], atol=1e-4)


def test_few_rows_have_few_neighbours():
    assert crowd_distance(np.zeros((1, 2)), 5).tolist() == [0.0]
    assert crowd_distance(np.array([[0.0], [3.0]]), 5).tolist() == [3.0, 3.0]


def test_a_cluster_smaller_than_the_crowd_is_still_far():
    points = np.vstack([RNG.normal(size=(500, 2)), np.full((8, 2), 20.0)])
    distance = crowd_distance(points, 20)
    assert distance[500:].min() > distance[:500].max()


def test_the_furthest_rows_of_one_table_are_seen():
    distance, current = RNG.random(2000), np.arange(2000) >= 1000
    assert furthest_test(distance, current)[2] > 1e-3
    looked_at, ours, p_value = furthest_test(np.where(np.arange(2000) >= 1970, 9.0, distance), current)
    assert (looked_at, ours) == (30, 30) or looked_at >= 20
    assert p_value < 1e-5


def test_ties_are_looked_at_together():
    assert furthest_test(np.zeros(100), np.arange(100) >= 50)[2] == 1.0
    assert furthest_test(np.zeros(4), np.arange(4) >= 2) == (0, 0, 1.0)


def test_equal_distances_are_not_lonely():
    assert not lonely(np.ones(50)).any()
