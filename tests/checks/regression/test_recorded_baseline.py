from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import BaselineError, Outcome, UsageError, not_worse
from mlqa.baselines import open_slot

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 400)
GOOD = np.where(RNG.random(400) < 0.1, 1 - Y, Y)
BAD = np.where(RNG.random(400) < 0.4, 1 - Y, Y)
USERS = np.arange(400) // 2


@pytest.fixture
def slot(tmp_path):
    return open_slot(tmp_path / "test_champion.json")


@pytest.fixture
def recorded(slot):
    not_worse(GOOD, slot, Y, metric="accuracy")
    slot.accept()
    return open_slot(slot.path)


def test_before_anything_is_recorded_it_fails_and_proposes(slot):
    verdict = not_worse(GOOD, slot, Y, metric="accuracy")

    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "no baseline is recorded yet"
    assert verdict.remedy.startswith("accept it: pytest --mlqa-update -k ")
    assert slot.proposed.predictions.tolist() == GOOD.tolist()
    assert slot.proposed.evidence.estimate == pytest.approx(np.mean(GOOD == Y))
    assert slot.proposed.evidence.low < np.mean(GOOD == Y) < slot.proposed.evidence.high
    assert {**slot.proposed.provenance} == {
        "metric": "accuracy",
        "greater_is_better": True,
        "n": 400,
        "data_digest": slot.proposed.provenance["data_digest"],
        "sorted_digest": slot.proposed.provenance["sorted_digest"],
        "groups_digest": None,
        **{key: text for key, text in slot.proposed.provenance.items() if key.endswith("_version")},
    }
    assert not slot.path.exists()


def test_a_later_run_is_compared_row_by_row(recorded):
    verdict = not_worse(BAD, recorded, Y, metric="accuracy")
    direct = not_worse(BAD, GOOD, Y, metric="accuracy")

    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence == direct.evidence
    assert verdict.claim == "accuracy is not lower than the recorded baseline's"
    assert "pytest --mlqa-update" in verdict.remedy
    assert recorded.proposed.predictions.tolist() == BAD.tolist()


def test_the_same_predictions_pass(recorded):
    assert not_worse(GOOD, recorded, Y, metric="accuracy").outcome is Outcome.PASS
    assert recorded.proposed.predictions.tolist() == GOOD.tolist()


def test_a_baseline_value_serves_without_its_place(recorded):
    assert not_worse(BAD, recorded.recorded, Y, metric="accuracy").outcome is Outcome.FAIL


def test_anything_with_the_two_attributes_is_a_baseline(recorded):
    kept = recorded.recorded
    like = SimpleNamespace(predictions=list(kept.predictions), provenance=dict(kept.provenance))

    assert not_worse(GOOD, like, Y, metric="accuracy").outcome is Outcome.PASS


UNLIKE = {
    "another metric": ({"metric": "f1"}, "the metric ('accuracy' then, 'f1' now)"),
    "other targets": ({"y": 1 - Y}, "the targets y ("),
    "groups": ({"groups": USERS}, "the groups (None then, "),
}


@pytest.mark.parametrize("case", UNLIKE)
def test_unlike_data_is_refused_by_name_and_still_proposed(recorded, case):
    given, what = UNLIKE[case]
    with pytest.raises(BaselineError) as caught:
        not_worse(**{"new": BAD, "baseline": recorded, "y": Y, "metric": "accuracy", **given})

    message = str(caught.value)
    assert message.startswith("the recorded baseline is of unlike data: ")
    assert what in message
    assert message.endswith("pytest --mlqa-update")
    assert recorded.proposed.predictions.tolist() == BAD.tolist()


def test_fewer_rows_are_refused(recorded):
    with pytest.raises(BaselineError, match=r"the number of rows \(400 then, 399 now\); the targets y"):
        not_worse(BAD[1:], recorded, Y[1:], metric="accuracy")


def test_the_environment_is_recorded(slot):
    not_worse(GOOD, slot, Y, metric="accuracy")
    versions = {key for key in slot.proposed.provenance if key.endswith("_version")}

    assert {"mlqa_version", "python_version", "numpy_version"} <= versions


def test_the_same_rows_in_another_order_are_named(recorded):
    with pytest.raises(BaselineError, match="the targets y, the same ones in another order"):
        not_worse(BAD[::-1], recorded, Y[::-1], metric="accuracy")


def test_the_column_that_is_not_the_same_is_named(slot):
    X = {"age": np.arange(400), "city": ["a", "b"] * 200, "plan": ["x"] * 400}
    not_worse(GOOD, slot, Y, metric="accuracy", X=pl.DataFrame(X), model=len)
    slot.accept()
    assert slot.recorded.provenance["model"] == "len"
    again = open_slot(slot.path)
    assert not_worse(GOOD, again, Y, metric="accuracy", X=pd.DataFrame(X)).outcome is Outcome.PASS
    assert not_worse(GOOD, again, Y, metric="accuracy").outcome is Outcome.PASS

    changed = {"age": np.arange(400) % 399, "city": ["a", "b"] * 200, "tier": ["x"] * 400}
    with pytest.raises(BaselineError) as caught:
        not_worse(GOOD, again, Y, metric="accuracy", X=pl.DataFrame(changed))
    assert "other values in column 'age'; no longer there: column 'plan'; not there then: column 'tier'" in str(
        caught.value
    )
    with pytest.raises(UsageError, match=r"X=.*expected 400 rows, as y has, got 3 rows"):
        not_worse(GOOD, again, Y, metric="accuracy", X=pl.DataFrame({"age": [1, 2, 3]}))


def test_a_damaged_file_is_refused_but_can_be_replaced(recorded):
    recorded.path.write_text("<<<<<<< HEAD")

    with pytest.raises(BaselineError, match="cannot be read"):
        not_worse(BAD, recorded, Y, metric="accuracy")
    recorded.accept()
    assert not_worse(BAD, open_slot(recorded.path), Y, metric="accuracy").outcome is Outcome.PASS


def test_predictions_that_cannot_be_used_are_not_proposed(slot):
    with pytest.raises(UsageError, match="new="):
        not_worse(GOOD / 3, slot, Y, metric="accuracy")

    assert slot.proposed is None


@pytest.mark.parametrize("metric", ["accuracy", "roc_auc", "log_loss", "mae", "f1", "average_precision", "callable"])
@pytest.mark.parametrize("groups", [None, USERS])
def test_the_recorded_score_has_an_interval_around_it(slot, metric, groups):
    asked = (lambda y, label: float(np.mean(y == label))) if metric == "callable" else metric
    not_worse(GOOD, slot, Y, metric=asked, groups=groups)
    score = slot.proposed.evidence

    assert score.low < score.estimate < score.high
    assert (score.level, score.n) == (0.95, 400)


def test_a_callable_of_few_rows_is_recorded_without_an_interval(slot):
    not_worse(GOOD[:20], slot, Y[:20], metric=lambda y, label: float(np.mean(y == label)))

    assert slot.proposed.evidence.low is None


def test_predictions_of_every_kind_come_back_the_same(tmp_path):
    chances = np.random.default_rng(1).dirichlet(np.ones(3), size=60)
    names = np.array(["a", "b", "c"])[np.arange(60) % 3]
    for number, (given, metric) in enumerate([(chances, "log_loss"), (names, "accuracy")]):
        slot = open_slot(tmp_path / f"{number}.json")
        not_worse(given, slot, names, metric=metric)
        slot.accept()
        verdict = not_worse(given, open_slot(slot.path), names, metric=metric)
        assert verdict.reason == "the predictions are identical in every row"


@pytest.mark.parametrize("metric", ["roc_auc", "average_precision", "f1", "balanced_accuracy", "accuracy"])
@pytest.mark.parametrize("wrong", [0, 1, 3])
@pytest.mark.parametrize("grouped", [False, True])
def test_the_interval_of_a_share_that_is_recorded_lies_between_nothing_and_all(slot, metric, wrong, grouped):
    y = np.tile([0, 1], 20)
    new = np.concatenate([1 - y[:wrong], y[wrong:]])
    not_worse(new, slot, y, metric=metric, groups=np.arange(40) // 2 if grouped else None)
    score = slot.proposed.evidence
    assert 0 <= score.low <= score.estimate <= score.high <= 1
    assert score.low < score.high
