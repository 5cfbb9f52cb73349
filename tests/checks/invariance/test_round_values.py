from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlqa.checks.invariance.round_values import candidates, roundest

NUMBERS = st.floats(-1e6, 1e6).map(lambda value: round(value, 4))


def beyond(limit, old):
    """The further from the old value, the larger the change; it counts beyond the limit."""
    return lambda values: (np.abs(values - old), np.abs(values - old) > limit)


@pytest.mark.parametrize(
    ("old", "new", "limit", "real", "found"),
    [
        (83.8, 82.9137, 0.2, [], 83.0),
        (29.85, 31.2, 0.1, [], 31.0),
        (0.0, 0.0173, 0.005, [], 0.009),
        (-3.0, 3.3, 1.0, [], 0.4),
        (10.0, 18.7, 2.0, [13.25], 15.0),
    ],
)
def test_the_roundest_number_that_still_breaks_it_half_as_much(old, new, limit, real, found):
    got = roundest(old, new, np.array(real), False, beyond(limit, old))
    assert got == found


def test_of_equally_round_numbers_one_that_the_column_holds():
    assert roundest(10.0, 19.0, np.array([17.0]), False, beyond(1.0, 10.0)) == 17.0


@settings(max_examples=200, deadline=None)
@given(NUMBERS, NUMBERS, st.floats(0, 1), st.lists(NUMBERS, max_size=5), st.booleans())
def test_what_is_found_lies_between_breaks_it_and_is_no_longer_to_write(old, new, share, real, whole):
    assume(old != new)
    old, new = (float(round(old)), float(round(new))) if whole else (old, new)
    assume(old != new)
    judge = beyond(share * abs(new - old) * 0.999, old)
    found = roundest(old, new, np.array(sorted(real)), whole, judge)
    assert min(old, new) <= found <= max(old, new)
    assert judge(np.array([found]))[1][0]
    assert abs(found - old) >= 0.499 * abs(new - old)
    assert len(repr(abs(found)).replace(".0", "")) <= len(repr(abs(new)).replace(".0", "")) + 7
    assert not whole or found.is_integer()


def test_candidates_are_few_and_end_with_what_is_known_to_break_it():
    tried = candidates(0.1, 99.9, np.linspace(0, 100, 5000), False)
    assert len(tried) < 500
    assert tried[-1] == 99.9


def test_what_does_not_break_it_when_asked_again_stays():
    assert (
        roundest(1.0, 2.5, np.array([]), False, lambda values: (np.zeros(len(values)), np.zeros(len(values), bool)))
        == 2.5
    )
    assert roundest(float("nan"), 2.5, np.array([]), False, beyond(0, 1)) == 2.5
