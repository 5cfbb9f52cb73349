from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.stats.systematic import lifted, of_chances, of_values


def drawn(n=4000, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.random(n)
    return p, rng.random(n) < p


def test_it_is_a_lower_bound_of_the_true_calibration_error():
    p, seen = drawn(50_000)
    for said in (p**2, np.clip(p + 0.1, 0, 1), 0.5 + 0.3 * (p - 0.5)):
        true = np.abs(p - said).mean()
        found = of_chances(said, seen)
        assert found.low <= true
        assert found.estimate == pytest.approx(true, rel=0.15)


def test_the_signs_are_put_in_words():
    p, seen = drawn()
    assert of_chances(np.clip(p + 0.1, 0, 1), seen).words == "too high"
    assert of_chances(np.where(p > 0.5, 1, 0) * 0.8 + 0.1, seen).words == "too extreme"
    assert of_chances(np.full(4000, 0.5) + 0.1 * (p - 0.5), seen).words == "too timid"


def test_turning_errors_have_a_limit_of_their_own():
    p, seen = drawn()
    timid = 0.5 + 0.5 * (p - 0.5)
    assert of_chances(timid, seen, margin=0.01).p_value < 1e-4
    assert of_chances(timid, seen, margin=0.01, turning=0.3).p_value > 0.01


def test_constant_predictions_have_no_cut():
    found = of_values(np.ones(100), np.sin(np.arange(100.0)) + 2)
    assert found.cut is None
    assert found.words == "too low"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0, 1))
def test_lifted_chances_have_the_mean_that_was_asked_for(chances, margin):
    found = lifted(chances, margin)
    assert np.all(found >= np.asarray(chances) - 1e-12)
    assert found.max() <= 1
    assert found.mean() == pytest.approx(min(np.mean(chances) + margin, 1.0), abs=1e-6)
