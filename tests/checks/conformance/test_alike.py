from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.checks.conformance.alike import unlike
from mlqa.checks.conformance.asking import Answer, refusal

RNG = np.random.default_rng(0)
SHARE = RNG.uniform(0.01, 0.99, 200)
LABELS = np.array(["no", "yes"])[(SHARE >= 0.5).astype(int)]


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-3, 1e6), st.floats(-1e6, 1e6), st.integers(0, 10_000))
def test_the_last_digits_of_a_single_never_differ_and_a_hundredth_of_the_spread_does(scale, offset, seed):
    draw = np.random.default_rng(seed)
    before = (offset + scale * draw.normal(size=50)).astype(np.float32)
    noise = before * np.float32(1) + before * draw.choice([-1, 1], 50) * np.float32(2.0**-22)
    assert not unlike(Answer(before), Answer(noise.astype(np.float32))).any()
    doubles = draw.normal(size=50) + 1 / 3
    assert not unlike(Answer(doubles), Answer(doubles * (1 + 1e-13))).any()
    assert unlike(Answer(doubles), Answer(doubles + 0.01)).all()


def test_singles_kept_as_doubles_are_seen_to_be_singles():
    before = (1e6 + RNG.normal(size=50)).astype(np.float32).astype(np.float64)
    assert not unlike(Answer(before), Answer(np.nextafter(before.astype(np.float32), np.float32(2e6)))).any()
    fine = 1e6 + RNG.normal(size=50)
    assert unlike(Answer(fine), Answer(fine + 0.05)).all()


def test_a_label_that_turns_within_rounding_does_not_differ():
    share = SHARE.copy()
    share[7] = 0.5
    before = Answer(np.where(share >= 0.5, "yes", "no"), np.column_stack([1 - share, share]))
    moved = share - 1e-9
    after = Answer(np.where(moved >= 0.5, "yes", "no"), np.column_stack([1 - moved, moved]))
    assert before.prediction[7] != after.prediction[7]
    assert not unlike(before, after).any()


def test_nor_does_one_at_a_line_of_its_own():
    share = np.round(SHARE, 1)
    both = np.column_stack([1 - share, share])
    before, after = Answer(share >= 0.3, both), Answer(share > 0.3, both)
    assert (before.prediction != after.prediction).any()
    assert not unlike(before, after).any()


def test_a_label_that_turns_far_from_the_line_differs():
    both = np.column_stack([1 - SHARE, SHARE])
    other = LABELS.copy()
    row = int(np.argmax(SHARE))
    other[row] = "no"
    assert np.flatnonzero(unlike(Answer(LABELS, both), Answer(other, both))).tolist() == [row]


def test_the_margin_of_a_decision_function_is_as_good():
    margin = np.full(200, 0.5)
    margin[3] = 1e-9
    other = np.where(np.arange(200) < 5, "?", LABELS)
    assert np.flatnonzero(unlike(Answer(LABELS), Answer(other), margin)).tolist() == [0, 1, 2, 4]


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ([1.0, np.nan, np.inf], [1.0, np.nan, np.inf], [False] * 3),
        ([1.0, np.nan, np.inf], [np.nan, 1.0, -np.inf], [True] * 3),
        ([1, 2, 3], [1.0, 2.0, 4.0], [False, False, True]),
        ([True, False, True], [1, 0, 0], [False, False, True]),
        (["a", None, "c"], ["a", None, "d"], [False, False, True]),
        (["1", "2", "3"], [1, 2, 3], [True] * 3),
        ([[0.1, 0.9]] * 3, [[0.1, 0.4, 0.5]] * 3, [True] * 3),
    ],
)
def test_answers_of_every_kind_are_compared(one, other, wanted):
    assert unlike(Answer(np.asarray(one)), Answer(np.asarray(other))).tolist() == wanted


def test_probabilities_that_come_and_go_differ():
    both = np.column_stack([1 - SHARE, SHARE])
    assert unlike(Answer(LABELS, both), Answer(LABELS)).all()


@pytest.mark.parametrize(
    ("error", "told", "clean"),
    [
        (ValueError("columns are missing: 'age'"), "ValueError: columns are missing: 'age'", True),
        (KeyError("age"), "KeyError: 'age'", True),
        (AssertionError(), "AssertionError without a message", False),
        (RecursionError("maximum depth"), "RecursionError: maximum depth", False),
        (NameError("name 'x' is not defined"), "NameError: name 'x' is not defined", False),
        (SystemExit(2), "SystemExit: 2", False),
    ],
)
def test_a_clean_error_is_told_from_an_accident(error, told, clean):
    found = refusal(error)
    assert (found.told, found.clean) == (told, clean)
    assert len(refusal(ValueError("x" * 999)).told) == 200
