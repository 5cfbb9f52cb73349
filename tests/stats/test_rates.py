"""Shares: exact tests and intervals against brute force and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlqa.stats.rates import newcombe, rise_p_value, smallest_count_seen


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.data())
def test_the_p_value_is_fishers(n_ref, n_cur, data):
    before, after = data.draw(st.integers(0, n_ref)), data.draw(st.integers(0, n_cur))
    table = [[after, n_cur - after], [before, n_ref - before]]
    wanted = stats.fisher_exact(table, alternative="greater").pvalue
    assert rise_p_value([before], n_ref, [after], n_cur)[0] == pytest.approx(wanted, rel=1e-9)


def test_the_interval_of_a_difference_is_newcombes_example():
    low, high = newcombe([9], 10, [3], 10, 0.95)
    assert (-high[0], -low[0]) == pytest.approx((0.1705, 0.8090), abs=5e-5)


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 200), st.integers(2, 200), st.data())
def test_the_smallest_count_is_where_the_test_turns(n_ref, n_cur, data):
    before = data.draw(st.integers(0, n_ref))
    fewest = int(smallest_count_seen([before], n_ref, n_cur, alpha=0.01, min_effect=0.01)[0])
    counts = np.arange(n_cur + 1)
    flagged = rise_p_value(np.full_like(counts, before), n_ref, counts, n_cur) <= 0.01
    flagged &= newcombe(np.full_like(counts, before), n_ref, counts, n_cur, 0.95)[0] > 0.01
    assert fewest == (int(np.argmax(flagged)) if flagged.any() else n_cur + 1)
