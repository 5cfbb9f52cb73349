"""A table, read once."""

from __future__ import annotations

import zipfile
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.errors import UsageError
from mlqa.subjects.hashing import hash_texts
from mlqa.subjects.kept import count_hashes, count_labels
from mlqa.subjects.profile import Profile, profile, profile_pieces
from mlqa.subjects.rows import SAMPLE_ROWS
from mlqa.subjects.values import MOST_VALUES, joined_values


def drawn(rows: int = 300, seed: int = 0) -> pl.DataFrame:
    numbers = np.random.default_rng(seed)
    frame = pl.DataFrame(
        {
            "x": numbers.normal(size=rows),
            "count": numbers.integers(0, 5, rows),
            "plan": numbers.choice(["basic", "plus ", "NA", "12", "--"], rows),
            "on": numbers.random(rows) < 0.3,
            "at": [datetime(2024, 1, 1) + timedelta(hours=int(hour)) for hour in numbers.integers(0, 900, rows)],
            "y": numbers.choice(["no", "yes"], rows),
        }
    )
    gone = pl.Series(numbers.random(rows) < 0.1)
    return frame.with_columns(pl.when(gone).then(None).otherwise(pl.col("x", "plan", "on")).name.keep())


def content(made: Profile) -> list:
    """Everything in a profile, as plain values."""
    parts = [made.rows, made.hashed, made.target, made.digest]
    for column in made.columns.values():
        parts += [column.name, column.kind, column.rows, column.nulls]
        if column.grid is not None:
            kept = column.grid.distinct
            parts += [column.grid.shift, column.grid.keys.tolist(), column.grid.counts.tolist()]
            parts += [kept.values.tolist(), kept.counts.tolist(), kept.limit]
        if column.values is not None:
            parts += [column.values.labels, column.values.counts.tolist(), column.values.limit]
        if column.text is not None:
            parts += [column.text.blank, column.text.padded, column.text.special, dict(column.text.nulls)]
            parts += [column.text.numbers, column.text.dates, column.text.lengths.counts.tolist()]
    for counted in (made.row_counts, made.features):
        if counted is not None:
            parts += [counted.hashes.tolist(), counted.counts.tolist(), counted.limit, counted.rows]
    return parts


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 299), max_size=4), st.integers(0, 1000))
def test_profiles_of_parts_merge_to_the_profile_of_the_table(cuts, seed):
    table = drawn(seed=seed)
    edges = [0, *sorted(set(cuts)), 300]
    parts = [table[start:stop] for start, stop in pairwise(edges)]
    merged = profile_pieces(parts, target="y")
    assert content(merged) == content(profile(table, target="y"))
    assert merged.sample.equals(table)


def test_the_order_of_rows_changes_nothing_but_the_sample():
    table = drawn(15_000)
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=3)
    first, second = profile(table, target="y"), profile(shuffled, target="y")
    assert content(first) == content(second)
    assert first.sample.height == SAMPLE_ROWS
    assert first.sample.sort(pl.all()).equals(second.sample.sort(pl.all()))


def test_a_large_table_in_parts_keeps_the_same_rows():
    table = drawn(30_000).with_row_index("id")
    parts = profile_pieces([table[:7000], table[7000:7001], table[7001:]])
    whole = profile(table)
    assert content(parts) == content(whole)
    assert parts.sample.equals(whole.sample)
    assert whole.sample.equals(table[whole.positions.tolist()])


def test_rows_are_the_same_whichever_library_holds_them():
    table = drawn()
    assert content(profile(table.to_pandas())) == content(profile(table)) == content(profile(table.to_arrow()))


def test_integers_equal_floats_and_large_ones_are_told_apart():
    whole = profile(pl.DataFrame({"a": [1, 2, 2]}))
    assert whole.row_counts.hashes.tolist() == profile(pl.DataFrame({"a": [1.0, 2.0, 2.0]})).row_counts.hashes.tolist()
    large = profile(pl.DataFrame({"a": pl.Series([2**63, 2**63 + 1], dtype=pl.UInt64)}))
    assert large.row_counts.hashes.size == 2


def test_columns_left_out_do_not_tell_rows_apart():
    table = pl.DataFrame({"id": [1, 2], "x": ["a", "a"]})
    assert profile(table).row_counts.counts.tolist() == [1, 1]
    assert profile(table, leave_out=["id"]).row_counts.counts.tolist() == [2]
    assert profile(table, hashed=["x"]).hashed == ("x",)


def test_swapped_columns_are_other_rows():
    first, second = profile(pl.DataFrame({"a": [1], "b": [2]})), profile(pl.DataFrame({"a": [2], "b": [1]}))
    assert first.row_counts.hashes.tolist() != second.row_counts.hashes.tolist()


def test_equal_features_with_unlike_labels_are_seen():
    table = pl.DataFrame({"x": [1, 1, 2, 2], "y": ["a", "b", "a", "a"]})
    found = profile(table, target="y").features
    assert sorted(zip((found.labels_low != found.labels_high).tolist(), found.counts.tolist())) == [
        (False, 2),
        (True, 2),
    ]


def test_the_shape_of_text_is_counted_in_rows():
    values = ["a", " a", "", "  ", "??", "?", "NA", "1.5", " 7", "2024-05-01", "2024-05-01T10:00:00Z", "é", None]
    text = profile(pl.DataFrame({"t": values})).columns["t"].text
    assert (text.blank, text.padded, text.special, text.numbers, text.dates) == (2, 2, 2, 2, 2)
    assert dict(text.nulls) == {"": 2, "?": 1, "??": 1, "NA": 1}
    assert text.lengths.high == 20


def test_numbers_written_as_text_are_a_grid():
    column = profile(pl.DataFrame({"t": ["1", "2.5", "2.5", "n/a"]})).columns["t"]
    assert (column.grid.values.tolist(), column.grid.counts.tolist()) == ([1.0, 2.5], [1, 2])


def test_many_categories_are_sampled_with_exact_counts():
    numbers = np.random.default_rng(0)
    labels = pl.Series("c", numbers.integers(0, 40_000, 100_000)).cast(pl.String)
    kept = profile(labels.to_frame()).columns["c"].values
    assert not kept.complete
    assert len(kept.labels) == MOST_VALUES
    exact = dict(labels.value_counts().iter_rows())
    assert all(exact[label] == rows for label, rows in zip(kept.labels, kept.counts.tolist()))
    assert kept.rows == 100_000


def test_two_sampled_columns_are_compared_below_the_common_limit():
    first, second = (
        profile(pl.DataFrame({"c": [f"{value % width}" for value in range(60_000)]})).columns["c"].values
        for width in (40_000, 50_000)
    )
    labels, x, y = joined_values(first, second)
    assert len(labels) == x.size == y.size
    assert (y > 0).all()


@pytest.mark.parametrize("rows", [False, True])
def test_a_profile_survives_a_file(tmp_path, rows):
    made = profile(drawn(12_000), target="y")
    read = Profile.load(made.save(tmp_path / "a.mlqa-profile", rows=rows))
    assert content(read) == content(made)
    assert (read.sample is None) is not rows
    assert rows is False or read.sample.equals(made.sample)
    assert content(profile(tmp_path / "a.mlqa-profile")) == content(made)


def test_a_file_of_a_profile_is_small(tmp_path):
    wide = pl.DataFrame({f"x{at}": np.random.default_rng(at).normal(size=200_000) for at in range(10)})
    assert profile(wide).save(tmp_path / "a.mlqa-profile").stat().st_size < 600_000


def test_what_is_no_profile_is_refused(tmp_path):
    path = tmp_path / "a.mlqa-profile"
    with pytest.raises(UsageError, match="expected a profile that exists"):
        Profile.load(path)
    path.write_bytes(b"not a zip")
    with pytest.raises(UsageError, match="expected a profile that mlqa wrote, got damage"):
        Profile.load(path)
    profile(drawn()).save(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UsageError, match="got damage"):
        Profile.load(path)
    with pytest.raises(UsageError, match=r"expected a file ending in \.mlqa-profile"):
        profile(drawn()).save(tmp_path / "a.json")


def test_a_pickle_inside_is_never_run(tmp_path):
    path = tmp_path / "a.mlqa-profile"
    with path.open("wb") as file:
        np.savez(file, header=np.array([{"evil": 1}], dtype=object))
    with pytest.raises(UsageError, match="got damage"):
        Profile.load(path)


def test_parts_of_other_columns_or_kinds_do_not_merge():
    with pytest.raises(UsageError, match="expected a profile of the same columns"):
        profile(pl.DataFrame({"a": [1]})).merge(profile(pl.DataFrame({"b": [1]})))
    with pytest.raises(UsageError, match="expected a part where 'a' is numeric, got category"):
        profile(pl.DataFrame({"a": [1]})).merge(profile(pl.DataFrame({"a": ["x"]})))


def test_a_part_without_values_takes_the_kind_of_the_other():
    merged = profile(pl.DataFrame({"a": [None]})).merge(profile(pl.DataFrame({"a": [1.5]})))
    assert (merged.columns["a"].kind, merged.columns["a"].nulls, merged.rows) == ("numeric", 1, 2)


def test_unknown_columns_are_refused():
    with pytest.raises(UsageError, match="did you mean 'plan'"):
        profile(drawn(), target="plam")
    with pytest.raises(UsageError, match="did you mean 'plan'"):
        profile(drawn(), hashed=["plam"])


def test_a_profile_is_taken_as_it_is_and_may_be_narrowed():
    made = profile(drawn())
    assert profile(made) is made
    narrow = made.only(["y", "x"])
    assert (list(narrow.columns), narrow.sample.columns, narrow.row_counts) == (["x", "y"], ["x", "y"], made.row_counts)


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([[1, 2], None, []]),
        pl.Series([{"a": 1}, {"a": 2}, None]),
        pl.Series([b"x", b"", None]),
        pl.Series([None, None]),
        pl.Series([float("inf"), float("-inf"), 0.0]),
        pl.Series([timedelta(days=1), None]),
        pl.Series(["x" * 1_000_000, "y", "\N{GRINNING FACE}\N{ARABIC LETTER BEH}"]),
    ],
    ids=lambda values: str(values.dtype)[:12],
)
def test_odd_columns_have_a_profile(values, tmp_path):
    made = profile(pl.DataFrame({"<script>": values}))
    assert content(Profile.load(made.save(tmp_path / "a.mlqa-profile", rows=True))) == content(made)
    assert content(made.merge(made))[0] == 2 * len(values)


def test_objects_of_pandas_have_a_profile():
    table = pd.DataFrame({"a": [1, "x", None, [1]]}, dtype=object)
    assert profile(table).columns["a"].kind == "category"


def test_texts_that_differ_have_hashes_that_differ():
    texts = [f"{at}" for at in range(50_000)] + ["", "\0", "\0\0", "a\0", "ab", "ba"]
    assert np.unique(hash_texts(pl.Series(texts))).size == len(texts)


@given(st.lists(st.integers(0, 9), max_size=40), st.lists(st.integers(0, 9), max_size=40))
def test_counts_of_hashes_merge(first, second):
    one, two, both = (count_hashes(np.array(part, dtype=np.uint64)) for part in (first, second, first + second))
    merged = one.merge(two)
    assert (merged.hashes.tolist(), merged.counts.tolist()) == (both.hashes.tolist(), both.counts.tolist())


def test_more_hashes_than_are_kept_merge_to_the_same_lowest():
    hashes = np.random.default_rng(0).integers(0, 2**63, 200_000).astype(np.uint64)
    labels = hashes % np.uint64(3)
    whole = count_labels(hashes, labels)
    parts = count_labels(hashes[:70_000], labels[:70_000]).merge(count_labels(hashes[70_000:], labels[70_000:]))
    assert (parts.hashes.tolist(), parts.counts.tolist()) == (whole.hashes.tolist(), whole.counts.tolist())
    assert parts.labels_low.tolist() == whole.labels_low.tolist()
    assert not whole.complete
    assert parts.limit == whole.limit


def test_a_file_without_rows_holds_no_text_of_a_column_left_out_or_that_hardly_repeats(tmp_path):
    table = pl.DataFrame(
        {"iban": ["DE12", "FR34"] * 50, "name": [f"Ann {at}" for at in range(100)], "plan": ["a", "b"] * 50}
    )
    path = profile(table, leave_out=["iban"]).save(tmp_path / "a.mlqa-profile")
    read = Profile.load(path).columns
    assert set(read["plan"].values.labels) == {"a", "b"}
    assert all(label.startswith("#") for name in ("iban", "name") for label in read[name].values.labels)
    with zipfile.ZipFile(path) as packed:
        held = b"".join(packed.read(name) for name in packed.namelist())
    assert b"plan" in held
    assert b"DE12" not in held
    assert b"Ann" not in held
