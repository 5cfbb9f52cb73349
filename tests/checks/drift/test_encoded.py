"""encode: the same matrix whichever table a row is of."""

import numpy as np
import polars as pl

from mlqa.checks.drift.encoded import MOST_ROWS, encode, usable
from mlqa.subjects.profile import profile


def drawn(seed, rows=300):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "x": rng.normal(size=rows),
            "few": rng.integers(0, 3, rows),
            "text": rng.choice(["a", "b", None], rows),
            "list": [[1]] * rows,
        }
    )


def encoded(before, after):
    sides = profile(before), profile(after)
    return encode("drift.test", *sides, usable(*sides, before.columns, times=False), 0)


def test_columns_that_are_neither_numbers_nor_categories_are_left_out():
    assert encoded(drawn(1), drawn(2)).names == ("x", "few", "text")


def test_features_do_not_know_the_table_of_a_row():
    one, other = encoded(drawn(1), drawn(2)), encoded(drawn(2), drawn(1))
    np.testing.assert_array_equal(one.features, other.features)
    np.testing.assert_array_equal(one.targets, other.targets)
    np.testing.assert_array_equal(one.current, ~other.current)


def test_equal_rows_share_a_fold_but_not_always_a_half():
    table = pl.DataFrame({"x": [1.0, 2.0] * 200})
    both = encoded(table, table)
    for value in (1.0, 2.0):
        rows = both.values[:, 0] == value
        assert np.unique(both.folds[rows]).size == 1
        for side in (both.current, ~both.current):
            assert 0.3 < both.halves[rows & side].mean() < 0.7


def test_halves_of_both_tables_are_drawn_apart():
    table = pl.DataFrame({"x": np.arange(400.0)})
    both = encoded(table, table)
    agree = both.halves[both.current] == both.halves[~both.current]
    assert 0.4 < agree.mean() < 0.6


def test_rows_are_bounded_and_those_kept_are_a_random_part():
    rows = 3 * MOST_ROWS
    both = encoded(pl.DataFrame({"x": np.arange(rows) % 7}), pl.DataFrame({"x": np.arange(100) % 7}))
    assert both.current.size == MOST_ROWS + 100
    shares = np.bincount(both.values[~both.current, 0].astype(int)) / MOST_ROWS
    assert np.abs(shares - 1 / 7).max() < 0.03


def test_nothing_is_learnt_from_a_column_that_is_left_out():
    both = encoded(drawn(1), drawn(2))
    without = both.without([1])
    assert not without.features[:, both.blocks[1]].any()
    np.testing.assert_array_equal(without.features[:, both.blocks[0]], both.features[:, both.blocks[0]])
    assert both.only(both.current).values.shape == (300, 3)
