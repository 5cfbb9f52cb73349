from __future__ import annotations

import numpy as np
import pytest

from mlqa import Evidence, Outcome, SubjectError, UsageError, not_worse
from mlqa.baselines import open_slot
from mlqa.testing import assert_check_conforms

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 1000)
GOOD = np.where(RNG.random(1000) < 0.1, 1 - Y, Y)
BAD = np.where(RNG.random(1000) < 0.3, 1 - Y, Y)
STORED = Evidence(estimate=0.9, low=0.88, high=0.918, level=0.95, n=1000)
VALUES = RNG.normal(size=1000)


def test_a_number_is_beaten_held_or_lost_and_the_claim_says_that_nothing_is_paired():
    worse, good = (not_worse(label, 0.9, Y, metric="accuracy") for label in (BAD, GOOD))

    assert (worse.outcome, good.outcome) == (Outcome.FAIL, Outcome.PASS)
    assert worse.claim == "accuracy is not lower than the stored score 0.9"
    assert worse.evidence.method == "exact binomial, one sample beside a number, unpaired"
    assert worse.evidence.estimate == pytest.approx(np.mean(BAD == Y) - 0.9)


def test_a_score_of_other_rows_has_an_error_of_its_own():
    number = not_worse(BAD, 0.73, Y, metric="accuracy")
    stored = not_worse(BAD, Evidence(estimate=0.73, n=400), Y, metric="accuracy")

    assert stored.evidence.p_value > number.evidence.p_value
    assert stored.evidence.method == "Fisher's exact test, two samples, unpaired"
    assert not_worse(BAD, STORED, Y, metric="accuracy").outcome is Outcome.FAIL
    assert not_worse(BAD, STORED, Y, metric="accuracy", margin=0.5).outcome is Outcome.PASS


@pytest.mark.parametrize("metric", ["roc_auc", "f1", "mae", "neg_log_loss", "balanced_accuracy"])
@pytest.mark.parametrize("groups", [None, np.arange(1000) // 4, np.arange(1000) // 100])
def test_every_metric_has_an_unpaired_test(metric, groups):
    good, bad = (0.8 * label + 0.1 if metric == "neg_log_loss" else label for label in (GOOD, BAD))
    own = not_worse(good, good, Y, metric=metric)
    assert own.evidence.estimate == 0.0
    like = {"metric": metric, "groups": groups, "alpha": 0.01}
    value = not_worse(good, 0.0, Y, metric=metric).evidence.estimate
    stored = Evidence(estimate=value, low=value - 0.02, high=value + 0.02, level=0.95, n=1000)
    for baseline in (value, stored):
        assert not_worse(good, baseline, Y, **like).outcome is Outcome.PASS
        verdict = not_worse(bad, baseline, Y, **like)
        assert verdict.outcome is Outcome.FAIL
        assert "unpaired" in verdict.evidence.method


def test_unpaired_sees_less_than_paired():
    paired = not_worse(GOOD, np.where(RNG.random(1000) < 0.02, 1 - GOOD, GOOD), Y, metric="accuracy")

    assert not_worse(GOOD, STORED, Y, metric="accuracy").evidence.detectable > 1.5 * paired.evidence.detectable


def test_a_relative_margin_of_a_score():
    assert not_worse(GOOD, 0.93, Y, metric="accuracy", margin="10%").outcome is Outcome.PASS
    assert not_worse(BAD, STORED, Y, metric="accuracy", margin="10%").outcome is Outcome.FAIL
    assert not_worse(VALUES, 0.0, VALUES + 1, metric="r2", margin="5%").outcome is Outcome.UNDECIDED


def test_a_callable_metric_beside_a_score():
    def right(y, label):
        return float(np.mean(y == label))

    assert not_worse(BAD, 0.9, Y, metric=right).outcome is Outcome.FAIL
    assert not_worse(BAD[:20], 0.9, Y[:20], metric=right).outcome is Outcome.UNDECIDED


def test_a_function_hands_over_whatever_the_registry_has(tmp_path):
    slot = open_slot(tmp_path / "champion.json")
    not_worse(GOOD, slot, Y, metric="accuracy")
    slot.accept()
    for champion in (GOOD, 0.9, STORED, slot.recorded, open_slot(slot.path)):
        assert not_worse(BAD, lambda champion=champion: champion, Y, metric="accuracy").outcome is Outcome.FAIL


class Model:
    def predict(self, X):
        return X

    def __call__(self, X):
        return X


REFUSED = {
    "a model": (Model(), "expected predictions, a recorded baseline, a score (a number or Evidence), or a function"),
    "a function of a function": (lambda: Model(), "got a function of a function"),  # noqa: PLW0108 - a class has other ways
    "no number": (float("nan"), "baseline=nan: expected a finite score"),
    "evidence of nothing": (
        Evidence(estimate=0.9),
        "expected Evidence with estimate, low, high, level and n, got less",
    ),
    "evidence of no estimate": (Evidence(n=10), "expected Evidence with estimate, low, high, level and n, got less"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_by_name(case):
    baseline, message = REFUSED[case]
    with pytest.raises(UsageError) as caught:
        not_worse(GOOD, baseline, Y, metric="accuracy")

    assert message in str(caught.value)


def test_what_a_score_does_not_tell_is_said():
    with pytest.raises(UsageError, match="expected a score with its interval, got no interval"):
        not_worse(GOOD, Evidence(estimate=0.9, n=100), Y, metric="f1")
    with pytest.raises(UsageError, match="the error of neg_max_error alone is not known"):
        not_worse(VALUES, -2.0, VALUES, metric="neg_max_error")
    with pytest.raises(SubjectError, match="baseline raised TypeError"):
        not_worse(GOOD, lambda _name: GOOD, Y, metric="accuracy")


@pytest.mark.parametrize("baseline", [0.9, STORED])
@pytest.mark.parametrize("given", [{"new": GOOD}, {"new": BAD}, {"new": BAD, "margin": "20%"}])
def test_it_conforms(baseline, given):
    assert_check_conforms(not_worse, given["new"], baseline, Y, metric="accuracy", margin=given.get("margin", 0.0))
