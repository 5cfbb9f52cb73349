"""`not_worse` with every scorer of scikit-learn: what it says of a model that is as good, and of noise."""

from __future__ import annotations

import numpy as np
import pytest

from mlqa import Outcome, UsageError, not_worse
from mlqa.checks.regression.metrics import metric_of
from mlqa.testing import assert_check_conforms

metrics = pytest.importorskip("sklearn.metrics")
N = 900
SCORERS = metrics.get_scorer_names()
OF_TWO = ("classes", "scores")


def drawn(takes, noise, seed=0):
    """Targets, predictions with as much more noise as said, and a baseline's."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, N)
    new, old = (y + size * rng.normal(size=N) for size in (0.5 + noise, 0.5))
    truths = rng.random((N, 4)) < 0.4

    def table(score, spread):
        chances = np.exp(-((score[:, None] - np.arange(3)) ** 2) / spread)
        return chances / chances.sum(axis=1, keepdims=True)

    flips = [rng.random((N, 4)) < share for share in (0.1 + 0.15 * min(noise, 2), 0.1)]
    return {
        "labels": (y, *(np.clip(part.round(), 0, 2).astype(int) for part in (new, old))),
        "clusters": (y, *(np.clip(part.round(), 0, 2).astype(int) for part in (new, old))),
        "classes": (y > 0, new > 0.5, old > 0.5),
        "scores": (y > 0, new, old),
        "class_scores": (y, table(new, 0.5), table(old, 0.5)),
        "probabilities": (y, table(new, 0.5), table(old, 0.5)),
        "values": (y + 1.0, np.abs(new + 1) + 0.5, np.abs(old + 1) + 0.5),
        "indicators": (truths, truths ^ flips[0], truths ^ flips[1]),
    }[takes]


@pytest.mark.parametrize("name", SCORERS)
def test_noise_fails_and_a_model_as_good_passes(name):
    known = metric_of(name, columns=name.endswith("_samples"))
    y, worse, _ = drawn(known.takes, 4.0)
    _, same, before = drawn(known.takes, 0.0)
    found = not_worse(worse, before, y, metric=name)

    assert found.outcome is Outcome.FAIL
    assert found.evidence.estimate < 0, "a scorer is better when greater, a loss too"
    assert found.evidence.low <= found.evidence.estimate <= found.evidence.high < 0
    assert not_worse(same, before, y, metric=name).outcome is Outcome.PASS
    assert not_worse(before, worse, y, metric=name).outcome is Outcome.PASS


@pytest.mark.parametrize("name", ["f1_macro", "roc_auc_ovr", "neg_max_error", "adjusted_rand_score", "f1_samples"])
@pytest.mark.parametrize("noise", [0.0, 4.0])
def test_it_conforms(name, noise):
    y, new, before = drawn(metric_of(name, columns=name.endswith("_samples")).takes, noise)
    for margin in (0.0, 0.02, "5%"):
        assert_check_conforms(not_worse, new, before, y, metric=name, margin=margin)


@pytest.mark.parametrize("name", ["f1_macro", "roc_auc_ovo", "neg_max_error", "v_measure_score", "jaccard_samples"])
def test_groups_are_respected(name):
    y, new, before = (
        np.repeat(part[: N // 4], 4, axis=0) for part in drawn(metric_of(name, columns="samples" in name).takes, 0.2)
    )
    users = np.repeat(np.arange(N // 4), 4)
    alone, together = (not_worse(new, before, y, metric=name, groups=groups) for groups in (None, users))

    assert together.evidence.p_value >= alone.evidence.p_value
    assert f"over {N // 4} groups" in together.evidence.method


def test_a_scorer_object_and_a_function_of_scikit_learn_say_the_same():
    y, new, before = drawn("values", 4.0)
    named = not_worse(new, before, y, metric="neg_mean_absolute_error")
    scorer = not_worse(new, before, y, metric=metrics.get_scorer("neg_mean_absolute_error"))
    function = not_worse(new, before, y, metric=metrics.mean_absolute_error)

    assert named.outcome is scorer.outcome is function.outcome is Outcome.FAIL
    assert scorer.evidence.estimate == pytest.approx(named.evidence.estimate)
    assert function.evidence.estimate == pytest.approx(-named.evidence.estimate)


def test_a_callable_that_takes_weights_counts_equal_rows_once():
    y, new, before = drawn("labels", 0.3)
    calls = []

    def right(y, label, sample_weight=None):
        calls.append(len(y))
        return float(np.average(y == label, weights=sample_weight))

    counted = not_worse(new, before, y, metric=right)
    by_rows = not_worse(new, before, y, metric=lambda y, label: float(np.mean(y == label)))
    assert max(calls[4:]) <= 27
    assert counted.evidence.estimate == by_rows.evidence.estimate
    assert counted.evidence.low == pytest.approx(by_rows.evidence.low, abs=0.02)


def test_what_divides_by_nothing_is_undecided():
    y = np.tile([0, 1], 50)
    verdict = not_worse(y, 1 - y, y, metric="positive_likelihood_ratio")

    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.reason == (
        "positive_likelihood_ratio of the new predictions is not defined on these 100 rows: it divides by nothing"
    )


TABLE = np.full((4, 3), 1 / 3)
REFUSED = {
    "a class that does not occur": (
        {"metric": "roc_auc_ovr", "y": [0, 0, 1, 1], "new": TABLE, "baseline": TABLE},
        "expected at least two rows of each class, got 0 rows of class number 2.",
    ),
    "too many classes to rank each": (
        {"metric": "roc_auc_ovo", "new": np.full((4, 2000), 1 / 2000), "baseline": np.full((4, 2000), 1 / 2000)},
        "expected at most 1000 classes, got 2000.",
    ),
    "missing probabilities": ({"metric": "roc_auc_ovr", "new": TABLE * np.nan}, "expected finite numbers, got [nan"),
    "too few classes for the top": (
        {"metric": "top_k_accuracy", "new": TABLE[:, :2], "baseline": TABLE[:, :2]},
        "expected more than 2 classes, got 2 classes.",
    ),
    "one score for the top": ({"metric": "top_k_accuracy"}, "expected a score for each class, got shape (4,)."),
    "negative counts": (
        {"metric": "neg_mean_poisson_deviance", "y": [-1, 1, 1, 1], "new": [1.0] * 4, "baseline": [2.0] * 4},
        "expected targets of at least 0, got -1.",
    ),
    "a prediction of nothing": (
        {"metric": "neg_mean_gamma_deviance", "y": [1, 1, 1, 1]},
        "expected predictions above 0",
    ),
    "a logarithm of less than nothing": (
        {"metric": "neg_mean_squared_log_error", "new": [-2.0, 1, 1, 1]},
        "expected predictions above -1, got -2.",
    ),
    "one class for a share of the loss": (
        {"metric": "d2_log_loss_score", "y": [1] * 4, "new": [0.5] * 4, "baseline": [0.4] * 4},
        "expected at least two classes, got one class.",
    ),
    "fractions for clusters": (
        {"metric": "rand_score", "new": [0.5, 1, 2, 3]},
        "expected one label a row, got fractions.",
    ),
    "constant targets": ({"metric": "explained_variance", "y": [2] * 4}, "expected values that vary, got a constant."),
    "fractions for many labels": (
        {"metric": "f1_samples", "y": np.eye(4), "new": np.eye(4) / 2, "baseline": np.eye(4)},
        "expected truth values, 0 or 1, in a column a label, got other values.",
    ),
    "a label that every row has": (
        {"metric": "roc_auc", "y": np.ones((4, 2)), "new": np.ones((4, 2)), "baseline": np.ones((4, 2))},
        "expected at least two rows with and without each label, got 0 rows of one kind in column 0.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_by_name(case):
    given, message = REFUSED[case]
    with pytest.raises(UsageError) as caught:
        not_worse(**{"new": [0, 1, 1, 1], "baseline": [0, 1, 0, 1], "y": [0, 1, 0, 1], **given})

    assert message in str(caught.value)


def test_pandas_rows_of_other_names_are_refused():
    pd = pytest.importorskip("pandas")
    y = pd.Series([0, 1, 0, 1], index=[10, 11, 12, 13])
    plain = y.reset_index(drop=True)
    with pytest.raises(UsageError, match=r"new=.*expected the index of y, got 11 beside 10 in row 0"):
        not_worse(y.iloc[[1, 0, 2, 3]], y, y, metric="accuracy")
    with pytest.raises(UsageError, match=r"baseline=.*expected the index of new"):
        not_worse(y, y.iloc[::-1], y.to_numpy(), metric="accuracy")

    assert not_worse(plain, y.to_numpy(), y, metric="accuracy").outcome is Outcome.PASS
