from __future__ import annotations

import itertools

import numpy as np
import pytest

from mlqa.stats.worst_error import WorstError


@pytest.mark.parametrize("seed", range(6))
def test_the_p_value_is_the_share_of_all_swaps(seed):
    rng = np.random.default_rng(seed)
    new, baseline = rng.exponential(size=(2, 9)) + np.array([[0.8], [0.0]])
    change = WorstError(new, baseline)
    swaps = np.array(list(itertools.product([False, True], repeat=9)))
    gaps = np.where(swaps, baseline, new).max(axis=1) - np.where(swaps, new, baseline).max(axis=1)
    if change.estimate < 0:  # the new one has the largest error
        assert change.p_below(0.0) == pytest.approx(np.mean(gaps >= -change.estimate - 1e-12))


def test_the_ends_of_the_interval_are_where_the_tests_turn():
    rng = np.random.default_rng(1)
    change = WorstError(*rng.exponential(size=(2, 200)))
    low, high = change.interval(1e-3)

    assert low <= change.estimate <= high
    assert change.p_above(low - 1e-9) <= 1e-3 < change.p_above(low + 1e-9)
    assert change.p_below(high + 1e-9) <= 1e-3 < change.p_below(high - 1e-9)


def test_a_few_rows_show_nothing():
    change = WorstError(np.array([9.0, 9, 9]), np.ones(3))

    assert change.p_below(0.0) == change.least_p == 0.125
    assert change.interval(1e-4) == (-np.inf, np.inf)
    assert change.detectable(1e-4) == np.inf


def test_what_is_detectable_is_detected():
    new, baseline = np.random.default_rng(2).exponential(size=(2, 500))
    drop = WorstError(new, baseline).detectable(1e-4)

    assert WorstError(new + drop + 1e-9, baseline).p_below(0.0) <= 1e-4
