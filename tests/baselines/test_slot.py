from __future__ import annotations

import pytest

import mlqa
from mlqa.baselines import open_slot
from mlqa.errors import BaselineError
from mlqa.verdict import Evidence

LIKE = {"metric": "accuracy", "n": 2, "data_digest": "ab12"}


@pytest.fixture
def slot(tmp_path):
    return open_slot(tmp_path / "baselines" / "test_champion.json")


def offer(slot, predictions=(1, 0), **other):
    return slot.offer(predictions=predictions, evidence=Evidence(estimate=0.5), provenance={**LIKE, **other})


def test_an_empty_place_has_nothing_recorded_and_nothing_proposed(slot):
    assert slot.recorded is None
    assert slot.proposed is None


def test_an_offer_writes_nothing(slot):
    proposal = offer(slot)

    assert slot.proposed is proposal
    assert proposal.provenance["mlqa_version"] == mlqa.__version__
    assert not slot.path.exists()
    assert slot.recorded is None


def test_what_was_accepted_is_recorded_for_the_next_run(slot):
    proposal = offer(slot)
    slot.accept()

    assert slot.recorded == proposal
    assert open_slot(slot.path).recorded == proposal


def test_nothing_can_be_accepted_before_an_offer(slot):
    with pytest.raises(BaselineError, match=r"nothing was proposed for .*test_champion\.json"):
        slot.accept()


def test_the_same_question_may_be_asked_again(slot):
    offer(slot)

    assert offer(slot, predictions=(1, 1)).predictions.tolist() == [1, 1]


@pytest.mark.parametrize(("key", "value"), [("metric", "f1"), ("n", 3), ("data_digest", "ff")])
def test_one_place_holds_one_baseline(slot, key, value):
    offer(slot)

    with pytest.raises(BaselineError, match=f"was offered two baselines: {key} .*\nHint: give each comparison"):
        offer(slot, **{key: value})


def test_a_damaged_file_is_refused_when_read_but_can_be_replaced(slot):
    slot.path.parent.mkdir()
    slot.path.write_text("{")

    with pytest.raises(BaselineError, match="cannot be read"):
        slot.recorded  # noqa: B018 - reading is the act
    proposal = offer(slot)
    slot.accept()

    assert open_slot(slot.path).recorded == proposal


def test_a_link_to_nowhere_is_not_an_empty_place(slot):
    slot.path.parent.mkdir()
    slot.path.symlink_to("gone.json")

    with pytest.raises(BaselineError, match="No such file"):
        slot.recorded  # noqa: B018 - reading is the act
