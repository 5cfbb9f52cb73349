"""Groups split between two tables: the bound against every deal, counted out."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlqa.stats.straddling import split_chance, straddling_tail


def exact_tail(groups: list[int], single: int, n_cur: int, at_least: int) -> float:
    """Count the deals with at least so many straddling groups."""
    owner = np.repeat(np.arange(len(groups)), groups).tolist() + [-1] * single
    hits = total = 0
    for chosen in combinations(range(len(owner)), n_cur):
        inside = np.bincount([owner[at] for at in chosen if owner[at] >= 0], minlength=len(groups))
        hits += int(((inside > 0) & (inside < np.array(groups))).sum()) >= at_least
        total += 1
    return hits / total


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(2, 3), min_size=1, max_size=3), st.integers(0, 4), st.data())
def test_the_tail_is_never_below_the_exact_one(groups, single, data):
    total = sum(groups) + single
    n_cur = data.draw(st.integers(1, total - 1))
    at_least = data.draw(st.integers(0, len(groups)))
    sizes, counts = np.unique(groups, return_counts=True)
    bound = straddling_tail(sizes, counts, at_least, total - n_cur, n_cur)
    assert bound >= exact_tail(groups, single, n_cur, at_least) - 1e-12


def test_the_tail_is_near_the_exact_one_where_most_rows_are_single():
    # N pairs apart, the deal of pairs is a binomial: 0.5 ** 12
    assert straddling_tail([2], [12], 12, 5000, 5000) == pytest.approx(0.5**12, rel=0.02)


def test_many_groups_of_several_sizes_are_convolved():
    tail = straddling_tail([2, 3, 5], [40_000, 9_000, 700], 28_000, 500_000, 500_000)
    chance = split_chance([2, 3, 5], 0.5)
    counts = np.array([40_000, 9_000, 700])
    z = (28_000 - 0.5 - (chance * counts).sum()) / np.sqrt((chance * (1 - chance) * counts).sum())
    assert tail == pytest.approx(stats.norm.sf(z), rel=0.15)


def test_a_tail_too_small_for_the_convolution_is_bounded_and_not_zero():
    tail = straddling_tail([2, 3], [400, 10], 405, 5_000, 5_000)
    assert 0 < tail < 1e-11


def test_a_group_of_one_never_straddles():
    assert split_chance([1], 0.3)[0] == 0.0
