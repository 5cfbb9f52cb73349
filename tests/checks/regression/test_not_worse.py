from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mlqa import Outcome, SubjectError, not_worse


def scored(n=600, noise=0.5, worse=0.0, seed=0):
    """Targets, and two scores of them: the new one with more noise."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    shared = y + 0.5 * rng.normal(size=n)
    new = shared + (noise + worse) * rng.normal(size=n)
    return new, shared + noise * rng.normal(size=n), y


def labels(scores):
    return (scores > 0.5).astype(int)


def chances(scores):
    return 1 / (1 + np.exp(2 - 4 * scores))


def shown(metric, new, baseline, y):
    """The predictions in the form the metric takes."""
    if metric in ("accuracy", "f1", "precision", "recall", "balanced_accuracy"):
        return labels(new), labels(baseline), y
    if metric in ("log_loss", "brier"):
        return chances(new), chances(baseline), y
    return new, baseline, y


METRICS = ("accuracy", "roc_auc", "log_loss", "brier", "mae", "mse", "rmse", "r2", "f1", "balanced_accuracy")
METRICS += ("precision", "recall", "average_precision")
LOSSES = ("log_loss", "brier", "mae", "mse", "rmse")


@pytest.mark.parametrize("metric", METRICS)
def test_a_model_that_became_noise_fails(metric):
    new, baseline, y = scored(worse=6.0)
    verdict = not_worse(*shown(metric, new, baseline, y), metric=metric)

    assert verdict.outcome is Outcome.FAIL
    assert verdict.check == "regression.not_worse"
    assert (verdict.evidence.estimate > 0) == (metric in LOSSES)
    assert verdict.evidence.p_value <= 1e-4
    assert verdict.evidence.low <= verdict.evidence.estimate <= verdict.evidence.high
    assert (verdict.evidence.low > 0) if metric in LOSSES else (verdict.evidence.high < 0)


@pytest.mark.parametrize("metric", METRICS)
def test_a_model_as_good_passes_and_says_what_it_would_have_seen(metric):
    verdict = not_worse(*shown(metric, *scored()), metric=metric)

    assert verdict.outcome is Outcome.PASS
    assert 0 < verdict.evidence.detectable < 1
    assert verdict.evidence.rows_needed is None


@pytest.mark.parametrize("metric", METRICS)
def test_a_margin_is_kept_crossed_or_undecided(metric):
    unit = abs(not_worse(*shown(metric, *scored(worse=6.0)), metric=metric).evidence.estimate)
    sizes = {Outcome.PASS: (0.0, 0.9), Outcome.FAIL: (6.0, 0.1), Outcome.UNDECIDED: (0.0, 0.0005)}
    for outcome, (worse, share) in sizes.items():
        margin = unit * share
        verdict = not_worse(*shown(metric, *scored(worse=worse)), metric=metric, margin=margin)
        evidence = verdict.evidence
        limit = margin if metric in LOSSES else -margin

        assert verdict.outcome is outcome
        assert evidence.limit == pytest.approx(limit)
        assert evidence.level == pytest.approx(1 - 2e-4)
        assert (evidence.low < limit < evidence.high) == (outcome is Outcome.UNDECIDED)
        assert (evidence.rows_needed is not None) == (outcome is Outcome.UNDECIDED)


def test_more_rows_decide_as_promised():
    undecided = not_worse(*scored(400), metric="mae", margin=0.03, alpha=0.01)
    many = 400 + undecided.evidence.rows_needed
    decided = [not_worse(*scored(many, seed=seed), metric="mae", margin=0.03, alpha=0.01) for seed in range(20)]

    assert undecided.outcome is Outcome.UNDECIDED
    assert sum(verdict.outcome is Outcome.PASS for verdict in decided) >= 5


def test_a_few_rows_are_undecided_because_nothing_could_show():
    verdict = not_worse([0, 0, 0], [1, 1, 1], [1, 1, 1], metric="accuracy")

    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.reason == "not even a gross fall would show at alpha 0.0001 on 3 rows"
    assert verdict.evidence.rows_needed >= 7


def test_identical_predictions_pass_at_any_size():
    verdict = not_worse(["a"], ["a"], ["b"], metric="accuracy")

    assert verdict.outcome is Outcome.PASS
    assert verdict.evidence.p_value == 1.0
    assert verdict.reason == "the predictions are identical in every row"


def test_the_block_reads_in_the_metrics_own_direction():
    new, baseline, y = shown("log_loss", *scored(worse=6.0))
    verdict = not_worse(new, baseline, y, metric="log_loss", margin=0.1)

    assert verdict.claim == "log_loss rises by at most 0.1 against the baseline"
    assert verdict.reason.startswith("a rise beyond the margin 0.1 is shown: p = ")
    assert verdict.evidence.worst[0]["log_loss_change"] == max(row["log_loss_change"] for row in verdict.evidence.worst)


def test_the_p_value_of_a_loss_is_the_paired_t_tests():
    new, baseline, y = scored(worse=0.1)
    verdict = not_worse(new, baseline, y, metric="mae")
    wanted = stats.ttest_rel(np.abs(new - y), np.abs(baseline - y), alternative="greater")

    assert verdict.evidence.p_value == pytest.approx(wanted.pvalue, rel=1e-6)


def test_two_columns_of_probabilities_are_one():
    new, baseline, y = shown("brier", *scored())
    table = np.stack([1 - new, new], axis=1)

    for metric in ("brier", "log_loss"):
        one = not_worse(new, baseline, y, metric=metric)
        assert not_worse(table, baseline, y, metric=metric).evidence.p_value == pytest.approx(one.evidence.p_value)
    assert not_worse(table, baseline, y, metric="roc_auc") == not_worse(new, baseline, y, metric="roc_auc")


def test_rows_that_depend_on_each_other_prove_less():
    new, baseline, y = (np.repeat(part, 8) for part in scored(200, worse=0.3))
    users = np.repeat(np.arange(200), 8)

    for metric in METRICS:
        alone = not_worse(*shown(metric, new, baseline, y), metric=metric)
        together = not_worse(*shown(metric, new, baseline, y), metric=metric, groups=users)
        assert together.evidence.p_value > alone.evidence.p_value
        assert "over 200 groups" in together.evidence.method


def test_a_handful_of_groups_cannot_show_anything_at_a_small_alpha():
    new, baseline, y = scored(600, worse=6.0)
    few = not_worse(new, baseline, y, metric="mae", groups=np.arange(600) % 6)

    assert few.outcome is Outcome.UNDECIDED
    assert few.evidence.method == "exact sign flips over 6 groups"
    assert not_worse(new, baseline, y, metric="mae", groups=np.arange(600) % 6, alpha=0.05).outcome is Outcome.FAIL
    assert not_worse(new, baseline, y, metric="mae", margin=0.1, groups=np.arange(600) % 6).outcome is Outcome.UNDECIDED


def median_error(y, prediction):
    return float(np.median(np.abs(y - prediction)))


median_error.greater_is_better = False


def test_a_callable_is_compared_by_resampling():
    good, bad = scored(), scored(worse=6.0)
    users = np.arange(600) // 4

    assert not_worse(*good, metric=median_error).outcome is Outcome.PASS
    verdict = not_worse(*bad, metric=median_error, groups=users)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.claim == "median_error is not higher than the baseline's"
    assert verdict.evidence.seed == 0
    assert not_worse(*bad, metric=median_error, groups=users) == verdict
    assert not_worse(bad[1], bad[0], bad[2], metric=median_error).outcome is Outcome.PASS


def test_a_callable_agrees_with_the_metric_it_computes():
    new, baseline, y = shown("f1", *scored(worse=0.3))

    def f1(y, label):
        return 2 * np.sum(y & label) / (np.sum(y) + np.sum(label))

    ours, known = not_worse(new, baseline, y, metric=f1), not_worse(new, baseline, y, metric="f1")
    assert ours.evidence.estimate == pytest.approx(known.evidence.estimate)
    assert ours.evidence.low == pytest.approx(known.evidence.low, abs=0.3 * abs(known.evidence.low))


def test_the_direction_of_a_callable_can_be_given():
    new, baseline, y = scored(worse=6.0)

    def squared(y, value):
        return np.mean((y - value) ** 2)

    assert not_worse(new, baseline, y, metric=squared).outcome is Outcome.PASS
    assert not_worse(new, baseline, y, metric=squared, greater_is_better=False).outcome is Outcome.FAIL


def test_a_callable_on_few_rows_is_undecided():
    verdict = not_worse([1.0, 2.0], [1.0, 1.5], [1, 1], metric=median_error)

    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed == 28


def test_a_callable_that_breaks_is_named():
    def broken(y, prediction):
        raise KeyError("churn")

    with pytest.raises(SubjectError, match="metric 'broken' raised KeyError: 'churn'"):
        not_worse([1.0] * 40, [2.0] * 40, [1.0] * 40, metric=broken)


def test_a_callable_that_fails_on_most_resamples_is_named():
    def picky(y, prediction):
        if len(np.unique(prediction)) < 40:
            raise ValueError("too few")
        return float(np.mean(prediction))

    with pytest.raises(SubjectError, match="metric 'picky' fails on more than a tenth of the resamples"):
        not_worse(np.arange(40.0), np.arange(40.0)[::-1], np.ones(40), metric=picky)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(60)), st.sampled_from(METRICS), st.booleans())
def test_the_order_of_the_rows_does_not_matter(order, metric, grouped):
    parts = shown(metric, *scored(60))
    users = np.arange(60) // 2
    before = not_worse(*parts, metric=metric, groups=users if grouped else None)
    after = not_worse(*(part[order] for part in parts), metric=metric, groups=users[order] if grouped else None)

    assert after.outcome is before.outcome
    assert after.evidence.p_value == before.evidence.p_value
    assert (after.evidence.low, after.evidence.high) == (before.evidence.low, before.evidence.high)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.floats(0, 0.4), st.floats(0, 0.4), st.sampled_from(METRICS))
def test_a_wider_margin_never_turns_pass_into_fail(seed, first, second, metric):
    narrow, wide = sorted([first, second])
    parts = shown(metric, *scored(200, worse=0.2, seed=seed))
    outcomes = [not_worse(*parts, metric=metric, margin=margin, alpha=0.05).outcome for margin in (narrow, wide)]

    assert outcomes != [Outcome.PASS, Outcome.FAIL]


def test_no_fall_beyond_the_scale_is_promised_to_be_seen():
    few = not_worse([1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [1, 0, 1, 0, 1], metric="accuracy")
    assert few.outcome is Outcome.UNDECIDED
    assert few.evidence.detectable is None
