"""What is remembered of a table is remembered of that very table, and no longer than it lives."""

import gc

import polars as pl

from mlqa.subjects import remembered
from mlqa.subjects.pooled import pooled
from mlqa.subjects.profile import profile
from mlqa.subjects.remembered import memory_of


def drawn(shift):
    return pl.DataFrame({"a": [1.0 + shift, None, 2.0], "b": ["x", "y", None]})


def test_the_memory_of_tables_goes_with_any_of_them():
    before, after = drawn(0.0), drawn(1.0)
    known = len(remembered._MEMORIES)
    pooled(before, after, ["a", "b"], most=10)
    assert len(remembered._MEMORIES) == known + 1
    del after
    gc.collect()
    assert len(remembered._MEMORIES) == known


def test_ranks_asked_twice_or_of_some_columns_first_are_those_asked_once():
    names = ["a", "b"]
    fresh = pooled(drawn(0.0), drawn(1.0), names, most=10)
    before, after = drawn(0.0), drawn(1.0)
    pooled(before, after, ["b"], most=10)
    for _ in range(2):
        again = pooled(before, after, names, most=10)
        assert again.codes.tolist() == fresh.codes.tolist()
        assert again.hashes.tolist() == fresh.hashes.tolist()
        assert again.frame.equals(fresh.frame)


def test_a_frame_that_its_owner_changes_later_does_not_change_the_sample():
    table = drawn(0.0)
    sample = profile(table).sample
    table.replace_column(0, pl.Series("a", [7.0, 8.0, 9.0]))
    assert sample["a"].to_list() == [1.0, None, 2.0]


def test_a_profile_of_all_its_columns_is_itself():
    whole = profile(drawn(0.0))
    assert whole.only(["b", "a"]) is whole
    assert memory_of(whole.sample) is not memory_of(whole.only(["a"]).sample)
