from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa import Outcome, UsageError
from mlqa.checks.performance.predictions_stable import predictions_stable
from mlqa.testing import assert_check_conforms


def churned(share, n=2000):
    old = np.tile(["no", "yes"], n // 2)
    return np.where(np.arange(n) < share * n, "other", old), old


def test_three_outcomes_and_an_exact_test():
    outcomes = [predictions_stable(*churned(0.02), at_most=limit).outcome.name for limit in (0.005, 0.02, 0.05)]
    assert outcomes == ["FAIL", "UNDECIDED", "PASS"]
    found = predictions_stable(*churned(0.02), at_most=0.01).evidence
    assert found.p_value == pytest.approx(stats.binomtest(40, 2000, 0.01, "greater").pvalue)


def test_values_and_probabilities_may_move_a_little():
    old = np.linspace(0, 1, 1000)
    table = np.column_stack([old, 1 - old])
    assert predictions_stable(old + 0.01, old, at_most=0.01, change=0.02).outcome is Outcome.PASS
    assert predictions_stable(old + 0.01, old, at_most=0.01).outcome is Outcome.FAIL
    assert predictions_stable(table, table[::-1], at_most=0.01, change=0.02).evidence.worst[0]["largest change"] == 1.0


def test_unlike_predictions_are_refused():
    with pytest.raises(UsageError) as refused:
        predictions_stable([1, 2], ["a", "b"], at_most=0.1)
    assert str(refused.value).endswith("Hint: compare predictions of one kind")


@pytest.mark.parametrize("share", [0.0, 0.02, 0.3])
def test_it_conforms(share):
    assert_check_conforms(predictions_stable, *churned(share), at_most=0.02)
