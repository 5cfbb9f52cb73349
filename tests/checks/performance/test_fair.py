from __future__ import annotations

import numpy as np
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.performance.fair import fair
from mlqa.testing import assert_check_conforms

METRICS = ["accuracy", "fnr", "fpr", "precision", "selection_rate", "tnr", "tpr"]


def judged(n=4000, gap=0.0, seed=0):
    """Predictions that are right in four rows of five, and less so for group b."""
    rng = np.random.default_rng(seed)
    y, group = rng.integers(0, 2, n), rng.choice(["a", "b", "c"], n)
    right = rng.random(n) < np.where(group == "b", 0.8 - gap, 0.8)
    return np.where(right, y, 1 - y), y, group


@pytest.mark.parametrize("metric", METRICS)
def test_equal_groups_pass_with_enough_rows(metric):
    assert fair(*judged(20_000), metric=metric).outcome is Outcome.PASS


@pytest.mark.parametrize("metric", [name for name in METRICS if name != "selection_rate"])
def test_a_gap_is_found_and_the_group_named(metric):
    verdict = fair(*judged(20_000, gap=0.3), metric=metric)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.worst[0]["group"] == "b"
    assert "'b'" in verdict.reason


def test_a_small_group_is_undecided_with_the_rows_it_lacks():
    prediction, y, group = judged(6000)
    group = np.where(group == "c", "a", group).astype("U3")
    group[:15] = "few"
    verdict = fair(prediction, y, group)
    assert verdict.outcome is Outcome.UNDECIDED
    assert "'few', has 15 rows" in verdict.reason
    assert verdict.evidence.rows_needed > 0


def test_a_rate_that_only_one_group_has_is_skipped():
    y, group = np.array([0, 1, 0, 0]), np.array(["a", "a", "b", "b"])
    verdict = fair(y, y, group, metric="tpr")
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "tpr is known of 1 of 2 groups: there is nothing to compare"


@pytest.mark.parametrize("metric", METRICS)
def test_rates_and_gaps_agree_with_fairlearn(metric):
    fairlearn = pytest.importorskip("fairlearn.metrics")
    from sklearn.metrics import accuracy_score, precision_score

    theirs = {
        "accuracy": accuracy_score,
        "fnr": fairlearn.false_negative_rate,
        "fpr": fairlearn.false_positive_rate,
        "precision": precision_score,
        "selection_rate": fairlearn.selection_rate,
        "tnr": fairlearn.true_negative_rate,
        "tpr": fairlearn.true_positive_rate,
    }[metric]
    prediction, y, group = judged(900, gap=0.3)
    frame = fairlearn.MetricFrame(metrics=theirs, y_true=y, y_pred=prediction, sensitive_features=group)
    verdict = fair(prediction, y, group, metric=metric, margin=0.0)
    ours = {row["group"]: row[metric] for row in verdict.evidence.worst}
    assert ours == pytest.approx(frame.by_group.to_dict())
    assert max(ours.values()) - min(ours.values()) == pytest.approx(frame.difference())


def test_metrics_and_groups_that_make_no_sense_are_refused():
    prediction, y, group = judged(100)
    with pytest.raises(UsageError, match="did you mean 'tpr'"):
        fair(prediction, y, group, metric="trp")
    with pytest.raises(UsageError, match="got 100 groups"):
        fair(prediction, y, np.arange(100))
    with pytest.raises(UsageError) as refused:
        fair(prediction, y, group, margin=2)
    assert str(refused.value) == (
        "margin=2: expected a number in [0, 1], got int.\nHint: pass the largest gap you accept, 0.1 say"
    )


@pytest.mark.parametrize("n, gap", [(20_000, 0.0), (3000, 0.4), (60, 0.0)])
def test_it_conforms(n, gap):
    assert_check_conforms(fair, *judged(n, gap))
