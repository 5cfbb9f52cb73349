from __future__ import annotations

import numpy as np
import pytest

from mlqa import Outcome, SubjectError, UsageError
from mlqa.checks.regression.training_not_worse import training_not_worse
from mlqa.testing import assert_check_conforms

RNG = np.random.default_rng(0)
N = 1500
X = RNG.normal(size=(N, 3))
Y = (X[:, 0] + 0.7 * RNG.normal(size=N) > 0).astype(int)


def trainer(weight=0.0, wobble=0.05):
    """A procedure whose model wobbles with its seed, and leans on noise by `weight`."""

    def train(seed):
        lean = np.random.default_rng(seed + 100).normal(size=3) * wobble + np.array([1.0, weight, 0.0])
        return lambda table: table @ lean

    return train


def test_a_worse_procedure_fails_and_shows_every_training():
    verdict = training_not_worse(trainer(1.5), trainer(), X, Y, metric="roc_auc", seeds=10)

    assert verdict.outcome is Outcome.FAIL
    assert verdict.check == "regression.training_not_worse"
    assert verdict.evidence.method == "10 + 10 trainings, variance of seeds and of 1500 rows, t"
    assert len(verdict.evidence.worst) == 10
    assert {row["training"] for row in verdict.evidence.worst} >= {"new 0", "baseline 4"}


def test_a_procedure_as_good_passes():
    verdict = training_not_worse(trainer(), trainer(wobble=0.1), X, Y, metric="roc_auc")

    assert verdict.outcome is Outcome.PASS
    assert 0 < verdict.evidence.detectable < 0.5


def test_a_procedure_that_wobbles_proves_less_than_one_of_its_models():
    calm, wild = (
        training_not_worse(trainer(0.8, wobble), trainer(0.0, wobble), X, Y, metric="roc_auc", alpha=0.01)
        for wobble in (0.01, 0.6)
    )

    assert calm.evidence.p_value < wild.evidence.p_value
    assert calm.evidence.detectable < wild.evidence.detectable


def test_predictions_of_several_seeds_need_no_training():
    new, old = (np.stack([trainer(weight)(seed)(X) for seed in range(10)]) for weight in (1.5, 0.0))
    trained = training_not_worse(trainer(1.5), trainer(), X, Y, metric="roc_auc", seeds=10)

    assert training_not_worse(new, list(old), None, Y, metric="roc_auc") == trained


def test_models_are_asked_for_what_the_metric_takes():
    linear = pytest.importorskip("sklearn.linear_model")

    def train(seed):
        rows = np.random.default_rng(seed).integers(0, N, 300)
        return linear.LogisticRegression().fit(X[rows], Y[rows])

    def baseline(seed):
        rows = np.random.default_rng(seed).integers(0, N, 300)
        return linear.LogisticRegression(C=1e-6).fit(X[rows, :], 1 - Y[rows])

    for metric in ("neg_log_loss", "accuracy", "f1_macro"):
        assert training_not_worse(train, baseline, X, Y, metric=metric, seeds=4, alpha=0.05).outcome is Outcome.PASS
        assert training_not_worse(baseline, train, X, Y, metric=metric, seeds=4, alpha=0.05).outcome is Outcome.FAIL


@pytest.mark.parametrize("margin", [0.2, "30%"])
def test_a_margin_is_kept_or_undecided(margin):
    like = {"metric": "roc_auc", "margin": margin, "alpha": 0.01}
    assert training_not_worse(trainer(), trainer(), X, Y, **like, seeds=6).outcome is Outcome.PASS
    tight = training_not_worse(trainer(0.2, 0.3), trainer(0.0, 0.3), X, Y, metric="roc_auc", margin=0.001, alpha=0.01)
    assert tight.outcome is Outcome.UNDECIDED
    assert tight.remedy == "give more seeds or more rows, or a wider margin"


def test_a_metric_of_ones_own_and_groups():
    def right(y, score):
        return float(np.mean((score > 0) == y))

    groups = np.arange(N) // 3
    verdict = training_not_worse(trainer(3.0), trainer(), X, Y, metric=right, seeds=8, groups=groups)
    assert verdict.outcome is Outcome.FAIL
    assert "of 500 groups" in verdict.evidence.method
    assert training_not_worse(trainer(3.0), trainer(), X[:9], Y[:9], metric=right).outcome is Outcome.UNDECIDED
    few = training_not_worse(trainer(3.0), trainer(), X, Y, metric="roc_auc", groups=np.arange(N) % 10, alpha=0.01)
    assert few.outcome is Outcome.FAIL


def test_a_procedure_without_chance_is_identical_to_itself():
    verdict = training_not_worse(trainer(0, 0), trainer(0, 0), X, Y, metric="roc_auc")

    assert verdict.reason == "the predictions are identical in every row"


def broken(seed):
    raise MemoryError("no room")


REFUSED = {
    "one seed": ({"seeds": 1}, "seeds=1: expected at least 3 seeds"),
    "no seeds": ({"seeds": "all"}, "seeds='all': expected at least 3 seeds"),
    "half a seed": ({"seeds": [0.5, 1, 2]}, "seed=0.5: expected a whole number"),
    "no procedure": ({"train": 3}, "train=3: expected a function of a seed"),
    "two predictions": (
        {"train": np.zeros((2, N))},
        "train=<ndarray of shape (2, 1500)>: expected a function of a seed",
    ),
    "short predictions": (
        {"train": np.zeros((3, 7))},
        "train[0]=<ndarray of shape (7,)>: expected 1500 rows, as y has",
    ),
    "the largest error": ({"metric": "neg_max_error"}, "expected a metric with a standard error"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_by_name(case):
    given, message = REFUSED[case]
    with pytest.raises(UsageError) as caught:
        training_not_worse(
            **{"train": trainer(), "baseline_train": trainer(), "X": X, "y": Y, "metric": "roc_auc", **given}
        )

    assert str(caught.value).startswith(message) or message in str(caught.value)


def test_a_training_that_breaks_is_named():
    with pytest.raises(SubjectError, match=r"baseline_train\(0\) raised MemoryError: no room"):
        training_not_worse(trainer(), broken, X, Y, metric="roc_auc")


def test_it_conforms():
    new, bad, old = (
        [trainer(weight)(seed)(X) for seed in range(10 * place, 10 * place + 8)]
        for place, weight in enumerate((0.0, 2.0, 0.0))
    )
    for side in (new, bad):
        verdict = assert_check_conforms(training_not_worse, side, old, None, Y, metric="roc_auc", order_free=False)
        assert verdict.outcome is not Outcome.SKIPPED
