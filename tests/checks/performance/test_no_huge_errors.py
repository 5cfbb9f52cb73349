from __future__ import annotations

import numpy as np
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.performance.no_huge_errors import no_huge_errors
from mlqa.testing import assert_check_conforms


def predicted(n=2000, broken=0.0, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=n)
    f = y + rng.standard_t(3, n)
    return np.where(rng.random(n) < broken, -999.0, f), y


def test_heavy_tails_pass_and_a_sentinel_fails():
    assert no_huge_errors(*predicted()).outcome is Outcome.PASS
    verdict = no_huge_errors(*predicted(broken=0.12))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.worst[0]["robust standard deviations"] > 100


def test_the_share_near_the_limit_is_undecided():
    verdict = no_huge_errors(*predicted(300, broken=0.04))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 0


def test_what_was_so_in_training_is_no_alarm():
    before = predicted(broken=0.12, seed=1)
    ask = {"train_prediction": before[0], "train_y": before[1]}
    assert no_huge_errors(*predicted(broken=0.12), **ask).outcome is Outcome.PASS
    assert no_huge_errors(*predicted(broken=0.25), **ask).outcome is Outcome.FAIL


def test_errors_without_a_spread_are_skipped():
    assert no_huge_errors([1.0] * 50, [1.0] * 50).outcome is Outcome.SKIPPED


def test_half_of_the_training_rows_is_refused():
    with pytest.raises(UsageError) as refused:
        no_huge_errors([1.0, 2.0], [1.0, 2.0], train_y=[1.0])
    assert str(refused.value).endswith("Hint: pass train_prediction too")


@pytest.mark.parametrize("n, broken", [(500, 0.0), (900, 0.15), (300, 0.04)])
def test_it_conforms(n, broken):
    assert_check_conforms(no_huge_errors, *predicted(n, broken))
