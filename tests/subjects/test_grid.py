"""Numbers counted over a nested grid."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mlqa.subjects.grid import MOST_CELLS, Grid, grid_of, joined

FLOATS = arrays(np.float64, st.integers(0, 60), elements=st.floats(allow_nan=False))


def same(first: Grid, second: Grid) -> bool:
    one, two = first.distinct, second.distinct
    return (
        first.shift == second.shift
        and first.keys.tolist() == second.keys.tolist()
        and first.counts.tolist() == second.counts.tolist()
        and one.values.tolist() == two.values.tolist()
        and one.counts.tolist() == two.counts.tolist()
        and one.limit == two.limit
    )


@given(FLOATS)
def test_few_values_are_kept_as_they_are(values):
    grid = grid_of(values)
    expected, counts = np.unique(values + 0.0, return_counts=True)
    assert (grid.values.tolist(), grid.counts.tolist(), grid.shift) == (expected.tolist(), counts.tolist(), 0)


@given(FLOATS, FLOATS)
def test_a_merge_is_the_grid_of_both(first, second):
    assert same(grid_of(first).merge(grid_of(second)), grid_of(np.concatenate((first, second))))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["normal", "cauchy", "rounded", "far", "lognormal"]))
def test_a_merge_of_many_values_is_the_grid_of_all_in_any_order_and_partition(seed, shape):
    numbers = np.random.default_rng(seed)
    values = {
        "normal": lambda: numbers.normal(size=20_000),
        "cauchy": lambda: numbers.standard_cauchy(20_000),
        "rounded": lambda: numbers.normal(size=20_000).round(3),
        "far": lambda: 1e9 + numbers.normal(size=20_000),
        "lognormal": lambda: np.exp(3 * numbers.normal(size=20_000)),
    }[shape]()
    whole = grid_of(values)
    cuts = np.sort(numbers.integers(0, values.size, 3))
    first, *rest = (grid_of(part) for part in np.split(numbers.permutation(values), cuts))
    for part in rest:
        first = first.merge(part)
    assert same(first, whole)
    assert whole.n == values.size
    assert whole.keys.size <= MOST_CELLS
    assert (whole.low, whole.high) == (values.min(), values.max())


@pytest.mark.parametrize("shape", ["normal", "far", "lognormal", "cauchy"])
def test_a_cell_holds_few_rows(shape):
    numbers = np.random.default_rng(5)
    values = numbers.normal(size=300_000)
    values = {"normal": values, "far": 1e6 + values, "lognormal": np.exp(values), "cauchy": 1 / values}[shape]
    assert grid_of(values).counts.max() / values.size < 0.003


def test_the_value_of_a_cell_lies_in_it():
    values = np.random.default_rng(1).normal(size=50_000)
    grid = grid_of(values)
    assert grid.shift > 0
    assert np.abs(np.repeat(grid.values, grid.counts) - np.sort(values)).max() < 0.02
    assert grid.values.min() >= values.min()
    assert grid.values.max() <= values.max()


def test_infinities_stay_infinite_where_cells_are_wide():
    values = np.concatenate((np.random.default_rng(1).normal(size=50_000), [np.inf, -np.inf]))
    grid = grid_of(values)
    assert not np.isnan(grid.values).any()
    assert (grid.low, grid.high) == (-np.inf, np.inf)


def test_the_distinct_values_kept_have_their_exact_counts():
    numbers = np.random.default_rng(2)
    values = numbers.integers(0, 30_000, 200_000).astype(np.float64)
    kept = grid_of(values).distinct
    assert not kept.complete
    exact = np.bincount(values.astype(int))
    assert kept.counts.tolist() == exact[kept.values.astype(int)].tolist()


def test_two_grids_are_joined_at_the_coarser_shift():
    numbers = np.random.default_rng(3)
    few, many = grid_of(numbers.normal(size=500)), grid_of(numbers.normal(size=50_000))
    values, x, y = joined(few, many)
    assert (x.sum(), y.sum()) == (500, 50_000)
    assert (np.diff(values) > 0).all()


def test_a_grid_joins_with_an_empty_one():
    empty = grid_of(np.zeros(0))
    values, x, y = joined(grid_of(np.array([1.0, 2.0])), empty)
    assert (values.tolist(), x.tolist(), y.tolist()) == ([1.0, 2.0], [1, 1], [0, 0])
    assert joined(empty, empty)[0].size == 0
