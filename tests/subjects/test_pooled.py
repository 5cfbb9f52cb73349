"""Rows of two tables as one frame."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl

from mlqa.subjects.pooled import comparable, pooled

RNG = np.random.default_rng(0)


def test_neither_order_nor_table_decides_the_order_of_rows():
    frame = pl.DataFrame({"x": RNG.normal(size=50), "y": ["a", None, "b", "b", "c"] * 10})
    first = pooled(None, frame, ["x", "y"], most=30)
    second = pooled(None, frame[RNG.permutation(50)], ["x", "y"], most=30)
    assert first.frame.equals(second.frame)
    assert (first.hashes == second.hashes).all()
    assert frame["x"].to_numpy()[first.places].tolist() == first.frame["x"].to_list()


def test_a_column_that_the_reference_lacks_is_missing_there():
    both = pooled(pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [1], "new": ["x"]}), ["a", "new"], most=9)
    assert both.frame.filter(pl.Series(~both.current))["new"].null_count() == 2
    assert both.column("new")[both.current].tolist() == [1]


def test_equal_rows_share_a_fold_unless_they_are_very_many():
    frame = pl.DataFrame({"x": [*range(500), *range(500)]})
    both = pooled(None, frame, ["x"], most=2000)
    folds = {}
    for value, fold in zip(both.frame["x"].to_list(), both.fold.tolist()):
        assert folds.setdefault(value, fold) == fold
    assert np.bincount(both.fold).min() > 100
    few = pooled(None, pl.DataFrame({"x": [0, 1] * 100}), ["x"], most=2000)
    assert np.bincount(few.fold).tolist() == [40] * 5


def test_a_small_table_has_rows_in_every_fold():
    small = pooled(None, pl.DataFrame({"x": range(40)}), ["x"], most=2000)
    assert np.bincount(small.fold, minlength=5).min() > 0


def test_codes_follow_the_values_and_nulls_are_zero():
    both = pooled(None, pl.DataFrame({"x": [3.0, None, 1.0], "t": ["b", "a", None]}), ["x", "t"], most=9)
    found = {tuple(row): tuple(code) for row, code in zip(both.frame.rows(), both.codes.tolist())}
    assert found == {(3.0, "b"): (2, 2), (None, "a"): (0, 1), (1.0, None): (1, 0)}


def test_part_keeps_rows_together():
    both = pooled(pl.DataFrame({"a": [1, 2]}), pl.DataFrame({"a": [3]}), ["a"], most=9)
    assert both.part(both.current).frame["a"].to_list() == [3.0]


def test_kinds_have_to_agree_and_dates_are_times():
    before = pl.DataFrame({"n": [1], "d": [date(2020, 1, 1)], "c": ["x"], "l": [[1]]})
    after = pl.DataFrame({"n": [True], "d": [datetime(2020, 1, 1)], "c": [1], "l": [[1]]})
    assert comparable(before, after) == ["d"]
    assert pooled(before, after, ["d"], most=9).frame["d"].n_unique() == 1


def test_of_rows_that_repeat_all_contents_stay_and_no_table_comes_first():
    before, after = (pl.DataFrame({"a": [at % 4 for at in range(rows)]}) for rows in (4000, 400))
    both = pooled(before, after, ["a"], most=200)
    assert np.unique(both.codes[~both.current]).size == 4
    assert int(both.current.sum()) == 200
    group = both.current[both.hashes == both.hashes[0]]
    changes = int(np.count_nonzero(group[1:] != group[:-1]))
    assert changes > 10  # rows of both tables alternate at random


def test_current_rows_know_their_place_in_the_table():
    both = pooled(pl.DataFrame({"x": [0.0, 1.0, 2.0]}), pl.DataFrame({"x": [7.0, 8.0]}), ["x"], most=9)
    placed = dict(zip(both.frame["x"].to_list(), both.in_table(np.array([40, 50], dtype=np.uint64)).tolist()))
    assert placed == {0.0: -1, 1.0: -1, 2.0: -1, 7.0: 40, 8.0: 50}
