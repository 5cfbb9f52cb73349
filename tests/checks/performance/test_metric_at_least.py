from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlqa import Evidence, Outcome, UsageError
from mlqa.checks.performance.metric_at_least import metric_at_least
from mlqa.testing import assert_check_conforms


def labelled(n=2000, share=0.9, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(int)
    return np.where(rng.random(n) < share, y, 1 - y), y


def scored(n=1000, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.4).astype(int)
    return rng.normal(size=n) + 1.5 * y, y


@pytest.mark.parametrize(
    "metric, near", [("accuracy", 0.9), ("recall", 0.9), ("precision", 0.86), ("f1", 0.88), ("balanced_accuracy", 0.9)]
)
def test_labels_have_all_three_outcomes(metric, near):
    outcomes = [metric_at_least(*labelled(), metric=metric, limit=limit).outcome.name for limit in (0.7, near, 0.97)]
    assert outcomes == ["PASS", "UNDECIDED", "FAIL"]


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision"])
def test_scores_have_all_three_outcomes(metric):
    outcomes = [metric_at_least(*scored(), metric=metric, limit=limit).outcome.name for limit in (0.6, 0.82, 0.97)]
    assert outcomes == ["PASS", "UNDECIDED", "FAIL"]


def test_of_a_loss_the_limit_is_the_most_it_may_be():
    y = np.sin(np.arange(1000.0))
    said = y + np.tile([0.5, -0.5, 1.0, -1.0], 250)
    outcomes = [metric_at_least(said, y, metric="mae", limit=limit).outcome.name for limit in (0.5, 0.75, 1.0)]
    assert outcomes == ["FAIL", "UNDECIDED", "PASS"]
    assert metric_at_least(said, y, metric="mae", limit=1.0).claim == "mae is at most 1"


def test_accuracy_is_exact():
    prediction, y = labelled(500)
    hits = int((prediction == y).sum())
    found = metric_at_least(prediction, y, metric="accuracy", limit=0.95, alpha=0.01).evidence
    exact = stats.binomtest(hits, 500, 0.95, "less")
    assert found.p_value == pytest.approx(exact.pvalue)
    assert found.high == pytest.approx(exact.proportion_ci(0.99).high)


def test_a_perfect_score_of_few_rows_proves_little():
    y = np.tile([0, 1], 30)
    verdict = metric_at_least(y.astype(float), y, metric="roc_auc", limit=0.9)
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.low == pytest.approx(1e-4 ** (1 / 30))


def test_a_stored_score_can_be_the_limit():
    verdict = metric_at_least(*labelled(), metric="accuracy", limit=Evidence(estimate=0.7))
    assert (verdict.outcome, verdict.evidence.limit) == (Outcome.PASS, 0.7)


def test_groups_widen_the_interval():
    rng = np.random.default_rng(0)
    users = np.arange(2000) % 50
    y = np.zeros(2000, dtype=int)
    prediction = (rng.random(50) < 0.2)[users].astype(int)
    alone = metric_at_least(prediction, y, metric="accuracy", limit=0.5)
    together = metric_at_least(prediction, y, metric="accuracy", limit=0.5, groups=users)
    assert together.evidence.low < alone.evidence.low
    assert "50 groups" in together.evidence.method


def test_a_callable_is_resampled_and_needs_thirty_rows():
    def median_gap(y, prediction):
        return float(np.median(np.abs(y - prediction)))

    y = np.arange(200.0)
    ask = {"metric": median_gap, "greater_is_better": False, "limit": 5.0}
    assert metric_at_least(y + 4 * np.sin(np.arange(200)), y, **ask).outcome is Outcome.PASS
    assert metric_at_least(y[:20], y[:20], **ask).outcome is Outcome.UNDECIDED


def test_precision_without_a_positive_prediction_is_undecided():
    verdict = metric_at_least([0, 0, 0], [0, 1, 1], metric="precision", limit=0.5)
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.reason == "no row is called positive: there is nothing to take a share of"


def test_a_limit_that_is_no_number_is_refused():
    with pytest.raises(UsageError) as refused:
        metric_at_least([0, 1], [0, 1], metric="accuracy", limit="high")
    assert str(refused.value) == "limit='high': expected a finite number, got str.\nHint: pass a number"


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_a_lower_limit_never_fails_what_a_higher_one_passed(seed, one, other):
    prediction, y = labelled(150, 0.8, seed)
    low, high = sorted([one, other])
    strict = metric_at_least(prediction, y, metric="f1", limit=high)
    loose = metric_at_least(prediction, y, metric="f1", limit=low)
    assert not (strict.outcome is Outcome.PASS and loose.outcome is Outcome.FAIL)


@pytest.mark.parametrize("limit", [0.7, 0.9, 0.99])
@pytest.mark.parametrize("metric", ["accuracy", "f1"])
def test_it_conforms(metric, limit):
    assert_check_conforms(metric_at_least, *labelled(), metric=metric, limit=limit)
