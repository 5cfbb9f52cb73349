from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa import Outcome, UsageError
from mlqa.checks.performance.better_than_naive import better_than_naive
from mlqa.testing import assert_check_conforms


def scored(n=1000, shift=1.0, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.3).astype(int)
    return rng.normal(size=n) + shift * y, y


def test_a_model_that_ranks_well_passes_with_its_gain():
    verdict = better_than_naive(*scored())
    assert verdict.outcome is Outcome.PASS
    assert verdict.evidence.estimate > 0.2
    assert verdict.reason.startswith("roc_auc is 0.7")


@pytest.mark.parametrize("metric", [None, "brier", "log_loss"])
def test_a_model_that_knows_nothing_fails_with_enough_rows(metric):
    score, y = scored(8000, shift=0.0)
    share = 1 / (1 + np.exp(-score))
    verdict = better_than_naive(share, y, metric=metric)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.remedy


def test_few_rows_decide_nothing_and_say_how_many_would():
    verdict = better_than_naive(*scored(60, shift=0.3))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 0


def test_labels_are_judged_by_balanced_accuracy_so_that_rare_classes_count():
    rng = np.random.default_rng(1)
    y = rng.random(4000) < 0.1
    often = np.where(rng.random(4000) < 0.2, ~y, y)
    assert better_than_naive(often, y).outcome is Outcome.PASS
    assert better_than_naive(often, y, metric="accuracy").outcome is Outcome.FAIL


def test_a_model_that_always_says_the_same_is_that_constant():
    verdict = better_than_naive(np.full(1000, "no"), np.where(np.arange(1000) % 4, "no", "yes"))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.endswith("the model itself is that constant")


def test_values_are_compared_with_the_mean_of_training():
    rng = np.random.default_rng(2)
    x = rng.normal(size=500)
    y = x + rng.normal(size=500)
    assert better_than_naive(x, y, train_y=y + 1).outcome is Outcome.PASS
    assert better_than_naive(rng.permutation(x), y).outcome is Outcome.FAIL


def test_a_rule_of_thumb_can_take_the_place_of_the_constant():
    y = np.arange(400.0) % 20
    assert better_than_naive(y + 1, y, naive=y + np.tile([2.0, 3.0], 200)).outcome is Outcome.PASS
    assert better_than_naive(y + np.tile([2.0, 3.0], 200), y, naive=y + 1).outcome is Outcome.FAIL


def test_classes_are_ranked_by_their_probabilities():
    rng = np.random.default_rng(3)
    table = rng.dirichlet([1, 1, 1], 600)
    y = np.array([rng.choice(3, p=row) for row in table])
    verdict = better_than_naive(table, np.array(["a", "b", "c"])[y])
    assert verdict.outcome is Outcome.PASS
    assert "roc_auc_by_class" in verdict.claim


def test_a_margin_asks_for_more_than_any_gain():
    score, y = scored(2000)
    gain = better_than_naive(score, y).evidence.estimate
    assert better_than_naive(score, y, margin=gain / 2).outcome is Outcome.PASS
    assert better_than_naive(score, y, margin=gain).outcome is Outcome.UNDECIDED
    assert better_than_naive(score, y, margin=2 * gain).outcome is Outcome.FAIL


def test_targets_that_do_not_vary_are_skipped():
    verdict = better_than_naive(np.linspace(0, 1, 50), np.zeros(50, dtype=int))
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "all targets are the same: there is nothing to tell apart"


def test_recall_has_no_naive_rule():
    with pytest.raises(UsageError) as refused:
        better_than_naive([0, 1, 1, 0], [0, 1, 1, 0], metric="recall")
    assert str(refused.value) == (
        "metric='recall': expected a metric that no constant can have at its best, got str.\n"
        "Hint: use 'f1', 'balanced_accuracy' or 'accuracy'"
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.1, 10), st.floats(-5, 5))
def test_the_unit_of_values_does_not_matter(seed, scale, shift):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=200)
    y = x + rng.normal(size=200)
    plain, moved = better_than_naive(x, y), better_than_naive(scale * x + shift, scale * y + shift)
    assert plain.outcome is moved.outcome
    assert plain.evidence.estimate * scale**2 == pytest.approx(moved.evidence.estimate)


@pytest.mark.parametrize("shift, n", [(1.0, 500), (0.0, 4000), (0.3, 60)])
def test_it_conforms(shift, n):
    assert_check_conforms(better_than_naive, *scored(n, shift))
