from __future__ import annotations

import numpy as np
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.performance.not_overfit import not_overfit
from mlqa.testing import assert_check_conforms


def right(n, share, seed=0):
    """Labels, and predictions of them that are right in a share of the rows."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    return np.where(rng.random(n) < share, y, 1 - y), y


def test_a_forest_that_is_perfect_in_training_and_good_on_unseen_rows_passes():
    assert not_overfit(*right(1000, 0.85), *right(2000, 1.0)).outcome is Outcome.PASS


def test_a_tree_that_only_remembers_fails():
    verdict = not_overfit(*right(1000, 0.52), *right(2000, 1.0))
    assert verdict.outcome is Outcome.FAIL
    assert "1 in training" in verdict.reason


def test_with_a_margin_the_fall_of_the_metric_itself_is_judged():
    unseen, seen = right(4000, 0.85), right(4000, 0.9, 1)
    ask = {"metric": "accuracy"}
    outcomes = [not_overfit(*unseen, *seen, margin=margin, **ask).outcome.name for margin in (0.01, 0.05, 0.15)]
    assert outcomes == ["FAIL", "UNDECIDED", "PASS"]
    found = not_overfit(*unseen, *seen, margin=0.05, **ask).evidence
    fall = (seen[0] == seen[1]).mean() - (unseen[0] == unseen[1]).mean()
    assert found.estimate == pytest.approx(fall)


def test_a_loss_that_rises_is_a_fall():
    rng = np.random.default_rng(0)
    y = rng.normal(size=2000)
    noisy = y + rng.normal(size=2000)
    assert not_overfit(noisy, y, y + 0.1 * rng.normal(size=2000), y, metric="mse", margin=0.5).outcome is Outcome.FAIL
    assert not_overfit(noisy, y, noisy, y, metric="mse", margin=0.5).outcome is Outcome.PASS


def test_a_model_without_skill_in_training_has_nothing_to_keep():
    verdict = not_overfit(*right(500, 0.5), *right(500, 0.4))
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason.endswith("nothing to keep")


def test_a_handful_of_unseen_rows_decides_nothing():
    verdict = not_overfit(*right(12, 0.6), *right(500, 1.0))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 0


def test_a_callable_is_refused():
    with pytest.raises(UsageError) as refused:
        not_overfit([0, 1], [0, 1], [0, 1], [0, 1], metric=max)
    assert "Hint: compare callables with mlqa.not_worse" in str(refused.value)


def test_texts_beside_numbers_are_refused():
    with pytest.raises(UsageError) as refused:
        not_overfit([0, 1], [0, 1], ["a", "b"], ["a", "b"])
    assert str(refused.value).endswith("Hint: use the same labels in both")


@pytest.mark.parametrize("share, n", [(0.85, 400), (0.5, 1000), (0.6, 12)])
def test_it_conforms(share, n):
    assert_check_conforms(not_overfit, *right(n, share), *right(701, 1.0))
