"""What one column tells of a target, out of fold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.stats.single_feature import Gain, gain_moved, gain_of, gain_together, share_explained, share_rose

RNG = np.random.default_rng(0)
ROWS = 1000
FOLD = RNG.integers(5, size=ROWS)
LABEL = RNG.integers(2, size=ROWS)


def explained(codes, target, fold=FOLD):
    return share_explained(gain_of(codes, target, fold))[0]


def test_a_copy_explains_all_and_noise_nothing():
    assert explained(LABEL, LABEL[:, None].astype(float)) > 0.99
    assert abs(explained(RNG.integers(30, size=ROWS), LABEL[:, None].astype(float))) < 0.05


@pytest.mark.parametrize("flipped", [0.05, 0.2])
def test_a_label_with_flips_explains_its_squared_correlation(flipped):
    noisy = np.where(RNG.random(ROWS) < flipped, 1 - LABEL, LABEL)
    assert explained(noisy, LABEL[:, None].astype(float)) == pytest.approx((1 - 2 * flipped) ** 2, abs=0.07)


def test_one_column_a_class_says_the_same_of_two_classes_as_one_of_them():
    noisy = np.where(RNG.random(ROWS) < 0.1, 1 - LABEL, LABEL)
    both = np.column_stack([LABEL == 0, LABEL == 1]).astype(float)
    assert explained(noisy, both) == pytest.approx(explained(noisy, both[:, :1]), abs=1e-6)


def test_a_key_of_every_row_explains_nothing():
    assert explained(np.arange(ROWS), LABEL[:, None].astype(float)) == 0.0


def test_a_target_that_does_not_vary_is_not_explained():
    assert share_explained(gain_of(LABEL, np.ones((ROWS, 1)), FOLD)) == (0.0, 0.0, 0.0)


def test_no_error_in_n_rows_is_not_taken_for_none_at_all():
    estimate, low, high = share_explained(Gain(np.ones(50), np.ones(50)), 0.9998)
    assert estimate == high == 1.0
    assert 0.8 < low < 0.95


def test_columns_together_explain_what_each_does_not():
    one, other = RNG.integers(2, size=ROWS), RNG.integers(2, size=ROWS)
    target = (one + other)[:, None] / 2.0
    guesses = [gain_of(codes, target, FOLD).guess for codes in (one, other)]
    assert explained(one, target) == pytest.approx(0.5, abs=0.05)
    assert share_explained(gain_together(guesses, target, FOLD))[0] > 0.97
    assert share_explained(gain_together([], target, FOLD))[0] == 0.0


def test_a_column_that_tells_more_in_one_table_is_seen():
    current = np.arange(ROWS) >= ROWS // 2
    codes = np.where(current, LABEL, RNG.integers(2, size=ROWS))
    superiority, p_value = gain_moved(gain_of(codes, LABEL[:, None].astype(float), FOLD), current)
    assert superiority > 0.5
    assert p_value < 1e-10


def rare(told, rows=1000, ones=40):
    """Return what a column spares the rows of a rare class: all of it, or nothing."""
    label = (np.arange(rows) < ones).astype(float)
    codes = label.astype(np.int64) if told else np.arange(rows) % 7
    return gain_of(codes, label[:, None], np.arange(rows) % 5)


def test_a_rare_class_that_is_told_is_seen_and_few_of_it_prove_nothing():
    assert share_rose(rare(False), rare(True)) < 1e-7
    assert share_rose(rare(True), rare(False)) > 0.99
    assert share_rose(rare(False, ones=8), rare(True, ones=8)) > 1e-4
    assert share_rose(Gain(np.zeros(3), np.zeros(3)), rare(True)) == 1.0


def test_a_weight_of_two_is_a_row_twice():
    codes, label = RNG.integers(3, size=60), RNG.integers(2, size=60).astype(float)
    weights, fold = 1.0 + (np.arange(60) % 3 == 0), np.arange(60) % 5
    weighted = gain_of(codes, label[:, None], fold, weights)
    twice = np.repeat(np.arange(60), weights.astype(int))
    repeated = gain_of(codes[twice], label[twice][:, None], fold[twice])
    assert weighted.spared.sum() / weighted.spread.sum() == pytest.approx(repeated.spared.sum() / repeated.spread.sum())


@given(st.integers(0, 2**32 - 1), st.integers(2, 200), st.integers(1, 8))
def test_shares_stay_in_their_range_whatever_the_rows(seed, rows, cells):
    rng = np.random.default_rng(seed)
    target = rng.integers(2, size=(rows, 2)).astype(float)
    estimate, low, high = share_explained(gain_of(rng.integers(cells, size=rows), target, rng.integers(5, size=rows)))
    assert low <= estimate <= high <= 1.0
