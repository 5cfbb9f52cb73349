from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.checks.invariance.shrink import shrunk

CELLS = st.integers(1, 9).flatmap(
    lambda d: st.tuples(
        st.lists(st.booleans(), min_size=d, max_size=d),
        st.lists(st.lists(st.integers(0, d - 1), min_size=1, max_size=4), min_size=1, max_size=4),
    )
)


def any_of(conditions):
    """Violated where all cells of any of the conditions are changed."""
    return lambda masks: np.any([masks[:, sorted(set(cells))].all(axis=1) for cells in conditions], axis=0)


@settings(max_examples=200, deadline=None)
@given(CELLS)
def test_what_is_left_violates_and_no_single_cell_can_be_reverted(made):
    start, conditions = np.array(made[0]), made[1]
    violates = any_of(conditions)
    found = shrunk(start, violates)
    assert found.reproduced == bool(violates(start[None, :])[0])
    if not found.reproduced:
        assert (found.cells == start).all()
        return
    assert found.minimal
    assert not (found.cells & ~start).any()
    assert violates(found.cells[None, :])[0]
    for cell in np.flatnonzero(found.cells):
        without = found.cells.copy()
        without[cell] = False
        assert not violates(without[None, :])[0]


@settings(max_examples=100, deadline=None)
@given(st.integers(2, 8), st.integers(0, 2**16))
def test_it_ends_one_minimal_even_where_the_answer_follows_no_order(d, salt):
    answers = np.random.default_rng(salt).random(2**d) < 0.5

    def violates(masks):
        numbers = masks @ (1 << np.arange(d))
        return answers[numbers] | masks.all(axis=1)

    found = shrunk(np.ones(d, dtype=bool), violates)
    assert found.minimal
    assert violates(found.cells[None, :])[0]
    reverted = found.cells & ~np.eye(d, dtype=bool)
    assert not violates(reverted[found.cells]).any()


def test_it_asks_in_few_batches():
    batches = []

    def violates(masks):
        batches.append(len(masks))
        return masks[:, 7] & masks[:, 400]

    found = shrunk(np.ones(500, dtype=bool), violates)
    assert np.flatnonzero(found.cells).tolist() == [7, 400]
    assert len(batches) <= 5
