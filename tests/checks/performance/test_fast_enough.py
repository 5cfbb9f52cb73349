from __future__ import annotations

import time

import numpy as np
import pytest

from mlqa import Outcome, UsageError, Verdict
from mlqa.checks.performance.fast_enough import fast_enough

X = np.ones((200, 5))


def slow(table):
    time.sleep(0.005)
    return table[:, 0]


def test_without_a_limit_it_reports_and_passes():
    verdict = fast_enough(lambda table: table[:, 0], X)
    assert verdict.outcome is Outcome.PASS
    assert verdict.evidence.estimate > 0
    assert "ms a row here" in verdict.reason


def test_a_limit_far_away_on_either_side_decides():
    assert fast_enough(slow, X, at_most=1e-3).outcome is Outcome.FAIL
    assert fast_enough(slow, X, at_most=1e9).outcome is Outcome.PASS


def test_it_conforms_but_for_the_time_it_takes():
    verdict = fast_enough(slow, X, at_most=1e9, alpha=0.01)
    assert Verdict.from_dict(verdict.to_dict()) == verdict
    assert verdict.evidence.low <= verdict.evidence.estimate <= verdict.evidence.high
    assert (verdict.alpha, verdict.evidence.level) == (0.01, 0.98)


def test_too_few_turns_for_the_level_decide_nothing(monkeypatch):
    monkeypatch.setattr("mlqa.checks.performance.fast_enough._SECONDS", 0.05)
    assert fast_enough(slow, X, at_most=1.0).outcome is Outcome.UNDECIDED


def test_a_limit_of_nothing_is_refused():
    with pytest.raises(UsageError) as refused:
        fast_enough(slow, X, at_most=0)
    assert str(refused.value).endswith("Hint: pass a ratio, 50 say")
