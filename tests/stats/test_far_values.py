"""Values far beyond the others: named where gross, never in a heavy tail."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.far_values import far_values


def found(*parts):
    values, counts = np.unique(np.concatenate([np.asarray(part, dtype=float) for part in parts]), return_counts=True)
    return [(one.sign, one.rows, one.nearest) for one in far_values(values, counts)]


RNG = np.random.default_rng(0)
BODIES = {
    "normal": RNG.normal(50, 5, 1000),
    "ages": RNG.integers(18, 90, 1000),
    "ratings": RNG.integers(1, 6, 1000),
    "skewed": RNG.lognormal(0, 1, 1000),
    "few rows": RNG.normal(50, 5, 60),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_code_for_no_value_is_found_even_once(name):
    assert found(BODIES[name], [-99999.0]) == [(-1, 1, -99999.0)]


@pytest.mark.parametrize("name", BODIES)
def test_the_body_itself_holds_nothing_far(name):
    assert found(BODIES[name]) == []


@pytest.mark.parametrize("seed", range(5))
def test_heavy_tails_are_no_outliers(seed):
    rng = np.random.default_rng(seed)
    assert found(rng.pareto(1.0, 2000)) == []
    assert found(rng.standard_cauchy(2000)) == []
    assert found(rng.lognormal(0, 2.5, 2000)) == []


def test_both_ends_are_found_and_an_infinity_too():
    assert found(BODIES["normal"], [9e5, 9e5, -np.inf]) == [(1, 2, 9e5), (-1, 1, -np.inf)]


def test_a_tenth_of_the_rows_is_no_outlier_any_more():
    assert found(BODIES["ages"], [-999.0] * 100) == [(-1, 100, -999.0)]
    assert found(BODIES["ages"], [-999.0] * 130) == []


def test_without_a_body_there_is_nothing_to_compare_with():
    assert found(np.arange(40), [1e9]) == []
    assert found(np.zeros(500), np.arange(20), [1e9]) == []


@settings(max_examples=30, deadline=None)
@given(st.floats(0.001, 1000), st.floats(-1000, 1000))
def test_the_unit_and_the_origin_do_not_matter(factor, shift):
    assert len(found(BODIES["ages"] * factor + shift, [9999 * factor + shift])) == 1


def test_the_largest_floats_are_answered_without_a_warning():
    with np.errstate(all="raise"):
        far_values(np.array([-1.7e308, -1.0, 0.0, 1.0, 1.7e308]), np.array([1, 50, 50, 50, 1]))
