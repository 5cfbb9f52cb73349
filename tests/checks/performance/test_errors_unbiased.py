from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa import Outcome, UsageError
from mlqa.checks.performance.errors_unbiased import errors_unbiased
from mlqa.testing import assert_check_conforms


def predicted(n=2000, bias=0.0, slope=1.0, seed=0, noise=None):
    rng = np.random.default_rng(seed)
    f = rng.normal(size=n)
    errors = rng.normal(size=n) if noise is None else noise(rng, n)
    return slope * f + bias, f + errors


@pytest.mark.parametrize(
    "noise", [None, lambda rng, n: rng.standard_t(2.5, n), lambda rng, n: rng.exponential(size=n) - 1]
)
def test_honest_predictions_pass_whatever_the_errors_look_like(noise):
    assert errors_unbiased(*predicted(noise=noise)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "given, words",
    [
        ({"bias": 0.3}, "too high"),
        ({"bias": -0.3}, "too low"),
        ({"slope": 2.0}, "too extreme"),
        ({"slope": 0.3}, "too timid"),
    ],
)
def test_each_systematic_error_is_called_by_its_name(given, words):
    verdict = errors_unbiased(*predicted(**given))
    assert verdict.outcome is Outcome.FAIL
    assert f"predictions are {words}" in verdict.reason


def test_a_few_huge_errors_prove_nothing():
    f, y = predicted()
    y[:3] += 1e4
    assert errors_unbiased(f, y).outcome is Outcome.PASS


def test_with_a_margin_all_three_outcomes_occur():
    f, y = predicted(20_000, bias=0.5)
    found = errors_unbiased(f, y).evidence.estimate
    outcomes = [errors_unbiased(f, y, margin=margin).outcome.name for margin in (0.3, found, 0.8)]
    assert outcomes == ["FAIL", "UNDECIDED", "PASS"]


def test_exact_predictions_pass_and_a_handful_of_rows_is_undecided():
    assert errors_unbiased([1.0, 2.0], [1.0, 2.0]).outcome is Outcome.PASS
    verdict = errors_unbiased(*predicted(10))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 0


def test_texts_are_refused():
    with pytest.raises(UsageError) as refused:
        errors_unbiased(["a", "b"], ["a", "b"])
    assert str(refused.value).endswith("expected one number a row, got texts.\nHint: this metric is for regression")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100), st.floats(-50, 50))
def test_the_unit_does_not_matter(seed, scale, shift):
    f, y = predicted(200, bias=0.2, seed=seed)
    plain, moved = errors_unbiased(f, y), errors_unbiased(scale * f + shift, scale * y + shift)
    assert plain.outcome is moved.outcome
    assert plain.evidence.estimate * scale == pytest.approx(moved.evidence.estimate, rel=1e-6)


@pytest.mark.parametrize("n, bias", [(500, 0.0), (1500, 0.4), (10, 0.0)])
def test_it_conforms(n, bias):
    assert_check_conforms(errors_unbiased, *predicted(n, bias))
