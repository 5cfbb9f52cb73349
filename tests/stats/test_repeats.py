"""The bound on repeats within current, beside every deal of few rows counted out."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.repeats import chance_repeats, repeats_seen, repeats_tail

CASES = {
    "several sizes": ([1, 2, 3], [4, 5, 3], 11, 12),
    "few current rows": ([1, 2], [10, 6], 16, 6),
    "nothing single": ([2, 5], [6, 3], 20, 7),
    "one size": ([4], [6], 12, 12),
}


def counted_out(sizes, counts, n_ref, n_cur):
    """Return the chance of every number of repeats, from all deals."""
    ways = {(0, 0): 1}
    for size, count in zip(sizes, counts):
        for _ in range(count):
            after: dict[tuple[int, int], int] = {}
            for (drawn, repeats), number in ways.items():
                for taken in range(size + 1):
                    key = drawn + taken, repeats + max(taken - 1, 0)
                    after[key] = after.get(key, 0) + number * comb(size, taken)
            ways = after
    deals = comb(n_ref + n_cur, n_cur)
    return {repeats: number / deals for (drawn, repeats), number in ways.items() if drawn == n_cur}


@pytest.mark.parametrize("name", CASES)
def test_the_expectation_is_that_of_all_deals(name):
    exact = counted_out(*CASES[name])
    assert chance_repeats(*CASES[name]) == pytest.approx(sum(k * p for k, p in exact.items()))


@pytest.mark.parametrize("name", CASES)
def test_the_bound_is_never_below_the_truth_and_sharp_at_the_end(name):
    exact = counted_out(*CASES[name])
    sizes, counts, n_ref, n_cur = CASES[name]
    for repeats in exact:
        truth = sum(p for k, p in exact.items() if k >= repeats)
        bound = repeats_tail(sizes, counts, repeats, n_ref, n_cur)
        assert bound >= truth * (1 - 1e-9) or bound == pytest.approx(truth, rel=0.3)
        assert bound <= 1.0
    furthest = max(exact)
    last = repeats_tail(sizes, counts, furthest, n_ref, n_cur)
    assert last == pytest.approx(exact[furthest], rel=0.3)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=3, max_size=9), st.data())
def test_small_deals_are_bounded_whatever_the_groups(groups, data):
    sizes, counts = np.unique(groups, return_counts=True)
    total = int((sizes * counts).sum())
    n_cur = data.draw(st.integers(1, total - 1))
    exact = counted_out(sizes.tolist(), counts.tolist(), total - n_cur, n_cur)
    for repeats in exact:
        truth = sum(p for k, p in exact.items() if k >= repeats)
        # at the largest s instead of an infinite one the bound is sharp to a few per cent
        assert repeats_tail(sizes, counts, repeats, total - n_cur, n_cur) >= truth * (1 - 1e-6)


def test_more_repeats_are_less_likely_and_the_level_is_met_where_it_is_said_to_be():
    tails = [repeats_tail([1, 2, 7], [1800, 60, 12], k, 1002, 1002) for k in (60, 70, 80, 90)]
    assert tails == sorted(tails, reverse=True)
    fewest = repeats_seen([1, 2, 7], [1800, 60, 12], 1002, 1002, 1e-4)
    assert repeats_tail([1, 2, 7], [1800, 60, 12], int(np.ceil(fewest)), 1002, 1002) <= 1.01e-4


def test_groups_that_current_cannot_miss_are_counted_as_one():
    # 3 groups of 2,000 rows always leave 2,997 repeats: nothing to see
    assert repeats_tail([2000], [3], 2997, 3000, 3000) == 1.0
    assert repeats_tail([1, 2000], [1000, 3], 3100, 3500, 3500) < 1.0


def test_a_million_rows_of_hundreds_of_sizes_are_answered():
    sizes = np.arange(1, 400)
    counts = np.full(399, 12)
    half = int((sizes * counts).sum()) // 2
    expected = chance_repeats(sizes, counts, half, half)
    assert repeats_tail(sizes, counts, int(expected) + 200, half, half) < 1e-3
