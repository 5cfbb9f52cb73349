from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from mlqa import Outcome, UsageError
from mlqa.checks.performance.calibrated import calibrated
from mlqa.testing import assert_check_conforms


def honest(n=2000, seed=0):
    rng = np.random.default_rng(seed)
    p = rng.beta(1.2, 2, n)
    return p, (rng.random(n) < p).astype(int)


def test_honest_probabilities_pass_however_few_or_many_rows():
    for n in (100, 1000, 50_000):
        assert calibrated(*honest(n)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "distort, words",
    [
        (lambda p: p**2, "too low"),
        (lambda p: expit(logit(p) + np.log(3)), "too high"),
        (lambda p: expit(3 * logit(p)), "too extreme"),
        (lambda p: expit(logit(p) / 3), "too timid"),
    ],
    ids=["squared", "oversampled", "temperature a third", "temperature three"],
)
def test_each_distortion_is_found_and_called_by_its_name(distort, words):
    p, y = honest(5000)
    verdict = calibrated(distort(p), y)
    assert verdict.outcome is Outcome.FAIL
    assert f"probabilities are {words}" in verdict.reason
    assert verdict.evidence.low > verdict.evidence.limit


def test_a_small_error_counts_only_without_a_least_effect():
    p, y = honest(50_000)
    off = np.clip(p - 0.03, 0, 1)
    assert calibrated(off, y).outcome is Outcome.PASS
    assert calibrated(off, y, min_effect=0).outcome is Outcome.FAIL


def test_with_a_margin_all_three_outcomes_occur():
    p, y = honest(20_000)
    off = np.clip(p - 0.08, 0, 1)
    found = calibrated(off, y).evidence.estimate
    outcomes = [calibrated(off, y, margin=margin).outcome.name for margin in (0.03, found, 0.2)]
    assert outcomes == ["FAIL", "UNDECIDED", "PASS"]


def test_a_handful_of_rows_decides_nothing():
    verdict = calibrated(*honest(12))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 0


def test_of_many_classes_the_worst_part_is_named():
    rng = np.random.default_rng(0)
    table = rng.dirichlet([1, 1, 1], 4000)
    y = np.array([rng.choice(3, p=row) for row in table])
    assert calibrated(table, y).outcome is Outcome.PASS
    sharp = table**3 / (table**3).sum(axis=1, keepdims=True)
    verdict = calibrated(sharp, y)
    assert verdict.outcome is Outcome.FAIL
    assert "the likeliest class" in verdict.reason
    assert len(verdict.evidence.worst) == 4


def test_what_was_called_impossible_and_happened_is_no_rounding_error():
    y = np.tile([0, 1], 500)
    assert calibrated(np.zeros(1000), y, min_effect=0).evidence.p_value == 0
    assert calibrated(y.astype(float), y).outcome is Outcome.PASS


def test_numbers_that_are_no_probabilities_are_refused():
    with pytest.raises(UsageError) as refused:
        calibrated([0.2, 1.7], [0, 1])
    assert str(refused.value).endswith("Hint: pass predict_proba, not labels or scores")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_both_classes_tell_the_same(seed):
    p, y = honest(300, seed)
    one, other = calibrated(p, y), calibrated(1 - p, 1 - y)
    assert one.outcome is other.outcome
    assert one.evidence.estimate == pytest.approx(other.evidence.estimate, abs=0.05)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.3), st.floats(0, 0.3))
def test_a_wider_margin_never_fails_what_a_narrower_one_passed(seed, one, other):
    p, y = honest(400, seed)
    narrow, wide = (calibrated(p**1.5, y, margin=margin) for margin in sorted([one, other]))
    assert not (narrow.outcome is Outcome.PASS and wide.outcome is Outcome.FAIL)


@pytest.mark.parametrize("power, n", [(1, 300), (3, 900), (1, 12)])
def test_it_conforms(power, n):
    p, y = honest(n)
    assert_check_conforms(calibrated, p**power, y)
