"""Counting two samples over their pooled values."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.tally import coarse, folded, quantile, tally

numbers = st.lists(st.one_of(st.integers(-3, 3).map(float), st.floats(allow_nan=False)), min_size=0, max_size=40)


@settings(max_examples=80, deadline=None)
@given(numbers, numbers)
def test_the_counts_are_those_of_each_sample(x, y):
    counted = tally(x, y)
    assert counted.values.tolist() == sorted(set(x) | set(y))
    assert [x.count(value) for value in counted.values] == counted.x.tolist()
    assert [y.count(value) for value in counted.values] == counted.y.tolist()


@settings(max_examples=50, deadline=None)
@given(numbers, numbers, st.integers(1, 5))
def test_joining_neighbours_keeps_every_row(x, y, most):
    counted = coarse(tally(x, y), most=most)
    assert counted.values.size <= max(most, 1)
    assert (counted.x.sum(), counted.y.sum()) == (len(x), len(y))


@settings(max_examples=50, deadline=None)
@given(numbers, numbers)
def test_folding_keeps_every_row_and_orders_the_distances(x, y):
    counted = folded(tally(x, y), 0.0)
    assert (counted.x.sum(), counted.y.sum()) == (len(x), len(y))
    assert counted.values.tolist() == sorted({abs(value) for value in [*x, *y]})


def test_quantiles_are_values_of_the_sample():
    values = np.array([1.0, 2.0, 3.0, 4.0])
    counts = np.array([1, 0, 2, 1])
    assert quantile(values, counts, [0.0, 0.25, 0.26, 0.75, 1.0]).tolist() == [1.0, 1.0, 3.0, 3.0, 4.0]
