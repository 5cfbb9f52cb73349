from __future__ import annotations

import pytest
from scipy import stats

from mlqa.stats.nested import Nested


def test_one_part_is_the_t_test():
    change = Nested(-0.3, ((0.01, 7.0),))

    assert change.p_below(0.0) == pytest.approx(stats.t.sf(3, 7))
    assert change.p_above(0.0) == pytest.approx(1 - stats.t.sf(3, 7))
    assert change.interval(0.01)[0] == pytest.approx(-0.3 - 0.1 * stats.t.isf(0.01, 7))


def test_the_ends_of_the_interval_are_where_the_tests_turn():
    change = Nested(0.2, ((0.01, 4.0), (0.02, 9.0), (0.005, 999.0)))
    for alpha in (0.05, 1e-4):
        low, high = change.interval(alpha)
        assert change.p_above(low) == pytest.approx(alpha)
        assert change.p_below(high) == pytest.approx(alpha)


def test_without_any_error_rows_say_how_sure():
    change = Nested(-0.2, ((0.0, 4.0), (0.0, 99.0)), 1e-6)

    assert change.p_below(0.0) == 1e-6
    assert change.p_above(0.0) == 1.0
