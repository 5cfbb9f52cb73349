from __future__ import annotations

from mlqa.baselines import Baseline, describe_change
from mlqa.verdict import Evidence


def kept(score, low=None, high=None, **provenance):
    like = {"metric": "accuracy", "n": 200, "data_digest": "ab", **provenance}
    return Baseline(evidence=Evidence(estimate=score, low=low, high=high), predictions=[1], provenance=like)


def test_the_first_record_comes_from_nothing():
    assert describe_change(None, kept(0.9, 0.85, 0.94)) == "accuracy: none -> 0.9 [0.85, 0.94], n = 200"


def test_an_update_shows_both_scores_with_their_intervals():
    line = describe_change(kept(0.9, 0.85, 0.94), kept(0.91, 0.86, 0.95))

    assert line == "accuracy: 0.9 [0.85, 0.94] -> 0.91 [0.86, 0.95], n = 200"


def test_what_makes_the_two_unlike_is_said():
    line = describe_change(kept(0.9), kept(0.4, metric="f1", n=300, data_digest="cd"))

    assert line == "f1: 0.9 -> 0.4, n = 300 (metric was accuracy; n was 200; other data)"


def test_an_open_end_and_a_missing_score_have_words():
    assert describe_change(kept(None), kept(0.4, low=0.1)) == "accuracy: none -> 0.4 [0.1, inf], n = 200"
