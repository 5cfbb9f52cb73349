"""How finely numbers are written."""

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlqa.stats.decimals import decimal_places, fits_float


@given(st.integers(-10_000, 10_000), st.integers(-3, 6))
def test_a_number_of_so_many_decimals_is_read_as_one_of_no_more(digits, places):
    assert decimal_places([float(Decimal(digits).scaleb(-places))])[0] <= places


@given(st.floats(min_value=-1e6, max_value=1e6), st.integers(0, 8))
def test_rounding_is_seen(value, places):
    assert decimal_places([round(value, places)])[0] <= places


def test_numbers_that_no_decimal_gives_back_are_told_apart():
    assert decimal_places([1 / 3, np.inf, np.pi]).tolist() == [13, 13, 13]
    assert decimal_places([0.0, 1e6, 25.0]).tolist() == [-6, -6, 0]


def test_fewer_bits_hold_fewer_numbers():
    values = np.array([0.5, 1 / 3, 1e300, 70000.0, np.float32(0.1)])
    assert fits_float(values, 32).tolist() == [True, False, False, True, True]
    assert fits_float(values, 16).tolist() == [True, False, False, False, False]
