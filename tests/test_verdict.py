"""The contracts of a verdict: truth, JSON, text, and who judged it."""

import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa import CheckFailed, Evidence, Outcome, UsageError, Verdict, require, strict
from mlqa.verdict import judged


def verdict(outcome=Outcome.PASS, **more):
    values = {"check": "demo.claim", "claim": "it holds", "reason": "it was seen", **more}
    return Verdict(outcome=outcome, **values)


@pytest.mark.parametrize(
    ("outcome", "usually", "strictly"),
    [
        (Outcome.PASS, True, True),
        (Outcome.SKIPPED, True, True),
        (Outcome.UNDECIDED, True, False),
        (Outcome.FAIL, False, False),
    ],
)
def test_truth_of_an_outcome(outcome, usually, strictly):
    assert bool(verdict(outcome)) is usually
    with strict():
        assert bool(verdict(outcome)) is strictly
    assert bool(verdict(outcome)) is usually


def test_require_returns_what_holds_and_raises_the_block_of_what_does_not():
    good = verdict()
    assert require(good) is good
    with pytest.raises(CheckFailed) as caught:
        require(verdict(Outcome.FAIL))
    assert str(caught.value) == str(verdict(Outcome.FAIL))
    assert isinstance(caught.value, AssertionError)
    assert pickle.loads(pickle.dumps(caught.value)).verdict == verdict(Outcome.FAIL)


def test_judged_collects_each_verdict_once_in_order():
    first, second = verdict(), verdict(Outcome.FAIL)
    with judged() as seen:
        assert first
        assert first
        assert not second
        verdict()  # made, never asked
    assert [id(v) for v in seen] == [id(first), id(second)]
    assert first
    assert len(seen) == 2


def test_evidence_holds_plain_values_only():
    evidence = Evidence(
        estimate=np.float64(0.5),
        low=-math.inf,
        high=math.nan,
        n=np.int64(3),
        worst=({"a": np.float32(1.5), "b": np.bool_(True), "c": "x" * 500, 4: {"deep": (np.int8(1),)}},),
    )
    assert (evidence.estimate, evidence.low, evidence.high, evidence.n) == (0.5, None, None, 3)
    assert type(evidence.n) is int
    row = evidence.worst[0]
    assert row["a"] == 1.5
    assert row["b"] is True
    assert len(row["c"]) == 200
    assert row["4"] == {"deep": (1,)}
    assert list(Evidence(worst=({"\ud800": 1},)).worst[0]) == ["?"]  # a column may be called so; UTF-8 cannot
    assert len(Evidence(worst=({"row": 1},) * 50).worst) == 10


texts = st.text(st.characters(exclude_categories=()), max_size=60)  # lone surrogates too: a column may be called so
numbers = st.none() | st.floats(allow_nan=True, allow_infinity=True)
evidences = st.builds(
    Evidence,
    estimate=numbers,
    low=numbers,
    high=numbers,
    p_value=numbers,
    n=st.none() | st.integers(0, 10**9),
    method=texts,
    worst=st.lists(st.dictionaries(texts, texts | numbers, max_size=3), max_size=4).map(tuple),
)
verdicts = st.builds(
    Verdict,
    check=texts,
    outcome=st.sampled_from(Outcome),
    claim=texts,
    reason=texts,
    evidence=evidences,
    columns=st.lists(texts, max_size=3).map(tuple),
    remedy=texts,
    alpha=st.none() | st.floats(1e-9, 0.4),
)


@given(verdicts)
def test_any_verdict_survives_json_and_pickle_byte_for_byte(one):
    again = Verdict.from_dict(json.loads(one.to_json()))
    assert again.to_json().encode() == one.to_json().encode()
    assert pickle.loads(pickle.dumps(one)) == one


@given(verdicts)
def test_any_verdict_prints_printable_lines_of_at_most_80_columns(one):
    for line in str(one).splitlines()[1:]:
        assert len(line) <= 80
    assert all(char.isprintable() or char == "\n" for char in str(one))


def test_a_block_has_its_labelled_lines_in_order():
    shown = verdict(
        Outcome.UNDECIDED,
        claim="accuracy falls by at most 0.01",
        evidence=Evidence(
            estimate=0.004,
            low=-0.002,
            high=0.012,
            level=0.95,
            p_value=0.2,
            n=1800,
            method="McNemar",
            seed=0,
            rows_needed=4300,
            worst=({"device": "ios", "drop": 0.061},),
        ),
        remedy="label more rows",
        alpha=0.05,
    )
    assert str(shown).splitlines() == [
        "UNDECIDED  demo.claim  (alpha 0.05)",
        "  claim     accuracy falls by at most 0.01",
        "  measured  0.004, 95 % interval [-0.002, 0.012], p = 0.2, n = 1800, McNemar,",
        "            seed 0",
        "  because   it was seen",
        "  worst     device = 'ios', drop = 0.061",
        "  next      about 4300 more rows would decide; label more rows",
        "  docs      mlqa: demo.claim",
    ]


@pytest.mark.parametrize(
    "damage",
    [{}, {"check": "a.b"}, {"outcome": "maybe"}, {"evidence": 3}, {"columns": 3}, {"evidence": {"estimate": "NaN"}}],
)
def test_damaged_json_is_refused_with_its_name(damage):
    data = {**verdict().to_dict(), **damage} if damage and "check" not in damage else damage
    with pytest.raises(UsageError, match=r"expected the JSON form of schema/verdict-1\.json"):
        Verdict.from_dict(data)
