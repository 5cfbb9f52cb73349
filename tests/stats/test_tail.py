"""The tail beyond a sample: what stands apart, and who holds it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.tail import FEWEST, tail_test
from mlqa.stats.tally import tally

CALM = np.random.default_rng(0).normal(size=(2, 800))


def wild(rows, at=50.0):
    changed = CALM[1].copy()
    changed[:rows] = at
    return tally(CALM[0], changed)


@pytest.mark.parametrize("at", [50.0, -50.0])
def test_rows_far_out_on_either_side_are_counted(at):
    beyond, p_value = tail_test(wild(6, at))
    assert beyond == 6
    assert p_value < 1e-6


def test_fewer_than_five_rows_are_never_shown():
    assert tail_test(wild(FEWEST - 1)) == (0, 1.0)
    assert tail_test(wild(FEWEST))[1] < 1e-6


def test_the_further_the_smaller_the_p_value():
    found = [tail_test(wild(7, at))[1] for at in (4.0, 6.0, 10.0, 30.0)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 1e-3 > found[-1]


def test_a_wild_row_in_the_first_sample_too_silences_it():
    first = CALM[0].copy()
    first[0] = 50.0
    assert tail_test(tally(first, wild(8).values[-1] * np.ones(8)))[1] == 1.0
    changed = CALM[1].copy()
    changed[:8] = 50.0
    assert tail_test(tally(first, changed))[1] == 1.0


def test_the_second_sample_is_the_one_that_is_asked_about():
    changed = CALM[1].copy()
    changed[:8] = 50.0
    assert tail_test(tally(changed, CALM[0]))[1] == 1.0


def test_a_large_second_sample_holds_the_extremes_by_chance():
    many = np.random.default_rng(1).normal(size=20_000)
    many[:5] = 50.0
    assert tail_test(tally(CALM[0], many))[1] == 1.0


def test_either_end_is_held_against_its_own_tail():
    rng = np.random.default_rng(2)
    first, changed = rng.exponential(size=(2, 1000)) ** 1.5
    changed[:6] = [-9.0, -11.0, -12.5, -8.0, 300.0, 400.0]
    beyond, p_value = tail_test(tally(first, changed))
    assert beyond == 6
    assert p_value < 1e-6
    first[0] = -10.0
    assert tail_test(tally(first, changed))[1] > 1e-3


def test_an_end_that_does_not_stand_apart_is_no_second_end():
    changed = CALM[1].copy()
    changed[:4] = [-40.0, -50.0, -60.0, -45.0]
    assert tail_test(tally(CALM[0], changed))[1] == 1.0


def test_neither_units_nor_shifts_matter():
    changed = CALM[1].copy()
    changed[:6] = [40.0, 50.0, 60.0, 45.0, 70.0, 41.0]
    wanted = tail_test(tally(CALM[0], changed))
    found = tail_test(tally(CALM[0] * 8 + 64, changed * 8 + 64))
    assert found[0] == wanted[0]
    assert found[1] == pytest.approx(wanted[1], rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(allow_nan=False), min_size=1, max_size=80),
    st.lists(st.floats(allow_nan=False), min_size=1, max_size=80),
)
def test_any_numbers_get_a_p_value(first, second):
    beyond, p_value = tail_test(tally(first, second))
    assert 0 <= p_value <= 1
    assert beyond >= 0
