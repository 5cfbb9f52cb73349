"""Linear statistics against all relabellings, and against their exact distribution."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.linear import linear_test, mean_test
from mlqa.stats.tally import tally


def relabelled(scores, m):
    """Return the p-value of every choice of m rows."""
    for chosen in combinations(range(len(scores)), m):
        second = np.zeros(len(scores), dtype=np.int64)
        second[list(chosen)] = 1
        yield linear_test(scores, 1 - second, second)


@pytest.mark.parametrize("m", [3, 6, 9])
@pytest.mark.parametrize("level", [0.05, 0.02])
def test_over_all_relabellings_it_rejects_about_as_often_as_it_says(m, level):
    scores = np.sort(np.random.default_rng(m).exponential(size=12))
    p_values = np.array(list(relabelled(scores, m)))
    assert np.mean(p_values <= level) <= 1.2 * level


def test_samples_exchanged_give_the_same_p_value():
    counted = tally([1.0, 2.0, 2.0, 9.0], [3.0, 4.0, 8.0])
    assert linear_test(counted.values, counted.x, counted.y) == pytest.approx(
        linear_test(counted.values, counted.y, counted.x)
    )


def test_the_mean_of_a_skewed_column_is_seen_to_move():
    rng = np.random.default_rng(0)
    before, after = rng.exponential(1.0, 2000), rng.exponential(1.25, 2000)
    assert mean_test(tally(before, after)) < 1e-8
    assert mean_test(tally(before, rng.exponential(1.0, 2000))) > 0.01


@pytest.mark.parametrize("values", [[1.0], [1.0, 1.0], [np.inf, -np.inf], [1e308, -1e308], [5e-324, 0.0]])
def test_odd_numbers_get_a_p_value(values):
    assert 0 <= mean_test(tally(values, values[::-1])) <= 1


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(allow_nan=False), min_size=1, max_size=40),
    st.lists(st.floats(allow_nan=False), min_size=1, max_size=40),
)
def test_any_numbers_get_a_p_value(first, second):
    assert 0 <= mean_test(tally(first, second)) <= 1
