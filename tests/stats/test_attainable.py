"""Holm's correction over those tests only that could have shown as much."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.attainable import holm_attainable
from mlqa.stats.multiple import holm

P = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(P, st.data())
def test_it_is_never_above_holm_nor_below_the_p_value(p_values, data):
    least = [data.draw(st.floats(0, p)) for p in p_values]
    adjusted = holm_attainable(p_values, least)
    assert (adjusted <= holm(p_values) + 1e-15).all()
    assert (adjusted >= np.array(p_values)).all()


@settings(max_examples=30, deadline=None)
@given(P)
def test_it_is_holm_where_every_test_could_show_anything(p_values):
    assert np.allclose(holm_attainable(p_values, np.zeros(len(p_values))), holm(p_values))


def test_tests_that_can_show_nothing_cost_nothing():
    assert holm_attainable([1e-5] + [1.0] * 30, [1e-6] + [1.0] * 30)[0] == 1e-5
