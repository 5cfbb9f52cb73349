"""Any table in, one form and one digest out."""

from __future__ import annotations

import datetime as dt
import decimal

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.errors import UsageError
from mlqa.subjects.table import digest_of, kind_of, kinds_of, known_names, pick, read_table

ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-(2**40), 2**40),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        st.none() | st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8),
        st.none() | st.booleans(),
        st.none() | st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1)),
    ),
    min_size=1,
    max_size=12,
)
SCHEMA = {"i": pl.Int64, "f": pl.Float64, "s": pl.String, "b": pl.Boolean, "t": pl.Datetime("us")}


@settings(max_examples=40, deadline=None)
@given(ROWS)
def test_the_same_rows_give_the_same_kinds_and_digest_from_every_library(rows):
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    arrow = frame.to_arrow()
    plain = {name: frame[name].to_list() for name in frame.columns}
    sources = {
        "lazy": frame.lazy(),
        "arrow": arrow,
        "pandas objects": pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in plain.items()}),
        "pandas nullable": arrow.to_pandas(types_mapper=pd.ArrowDtype),
        "pandas numpy": frame.to_pandas().set_index(pd.Index([7] * len(rows))),
        "duckdb": duckdb.from_arrow(arrow),
    }
    wanted = digest_of(read_table(frame))
    for library, source in sources.items():
        read = read_table(source)
        assert digest_of(read) == wanted, library
        assert read.shape == frame.shape, library


@settings(max_examples=40, deadline=None)
@given(ROWS, ROWS)
def test_another_content_gives_another_digest(one, other):
    first, second = (read_table(pl.DataFrame(rows, schema=SCHEMA, orient="row")) for rows in (one, other))
    same = first.rows() == second.rows()
    assert (digest_of(first) == digest_of(second)) is same


def test_the_digest_changes_with_a_name_an_order_and_a_big_integer():
    frame = pl.DataFrame({"a": [2**60, 1]})
    others = [frame.rename({"a": "b"}), frame.reverse(), pl.DataFrame({"a": [2**60 + 1, 1]})]
    assert len({digest_of(read_table(other)) for other in [frame, *others]}) == 4


@pytest.mark.parametrize("suffix", ["parquet", "csv", "arrow"])
@pytest.mark.parametrize("as_text", [True, False])
def test_files_are_read_by_their_suffix(tmp_path, suffix, as_text):
    frame = pl.DataFrame({"a": [1, None], "s": ["x", "NAN"], "t": [dt.datetime(2020, 1, 1), None]})
    path = tmp_path / f"table.{suffix}"
    {"parquet": frame.write_parquet, "csv": frame.write_csv, "arrow": frame.write_ipc}[suffix](path)
    assert digest_of(read_table(str(path) if as_text else path)) == digest_of(read_table(frame))


def test_a_csv_column_whose_late_value_is_text_becomes_text(tmp_path):
    path = tmp_path / "late.csv"
    path.write_text("a,b\n" + "1,2\n" * 20_000 + "oops,NA\n")
    frame = read_table(path)
    assert kinds_of(frame) == {"a": "category", "b": "numeric"}
    assert frame["b"].null_count() == 1


OBJECTS = {
    "text": [1, "a", None],
    "numbers": [decimal.Decimal(1), 2.5, float("nan")],
    "flags": [True, 2, pd.NA],
    "codes": pd.Series([1, 2, None], dtype="category"),
    "period": pd.period_range("2020", "2020-03", freq="M"),
    "interval": pd.interval_range(0, 3),
    "complex": [1j, 2, 3],
    "sparse": pd.arrays.SparseArray([0, 0, 1.0]),
    "huge": [2**70, 1, 2],
    "nothing": [None, None, None],
}


def test_a_mixed_column_becomes_numbers_or_text_and_never_an_object():
    frame = read_table(
        pd.DataFrame({k: pd.Series(v, dtype=object if isinstance(v, list) else None) for k, v in OBJECTS.items()})
    )
    assert pl.Object not in frame.dtypes
    assert frame["text"].to_list() == ["1", "a", None]
    assert frame["numbers"].to_list() == [1.0, 2.5, None]
    assert frame["flags"].to_list() == ["True", "2", None]
    assert frame["codes"].to_list() == ["1", "2", None]
    assert frame["period"].to_list()[0] == "2020-01"
    assert frame["sparse"].to_list() == [0.0, 0.0, 1.0]


def test_a_polars_object_column_becomes_text():
    frame = read_table(pl.DataFrame({"o": pl.Series([1, "a", None, float("nan")], dtype=pl.Object)}))
    assert frame["o"].to_list() == ["1", "a", None, None]


def test_categoricals_are_text_decimals_floats_and_zoned_times_naive_utc():
    zoned = pd.Series(pd.to_datetime(["2020-06-01 12:00", None])).dt.tz_localize("Europe/Paris")
    frame = read_table(pd.DataFrame({"t": zoned, "c": pd.Categorical(["a", None], categories=["b", "a"])}))
    assert frame["t"].to_list() == [dt.datetime(2020, 6, 1, 10), None]
    assert frame.schema == {"t": pl.Datetime("us"), "c": pl.String}
    assert frame["c"].to_list() == ["a", None]
    exact = read_table(duckdb.sql("select 2.5::decimal(4, 2) as d, 1::hugeint as h"))
    assert exact.dtypes == [pl.Float64, pl.Float64]


def test_nan_is_missing_and_the_source_is_not_modified():
    source = pd.DataFrame({"a": [1.0, np.nan], "b": [1, 2]}, index=[5, 5])
    before = source.copy()
    assert read_table(source).null_count().row(0) == (1, 0)
    pd.testing.assert_frame_equal(source, before)


@pytest.mark.parametrize(
    ("source", "got"),
    [
        (5, "int"),
        (None, "NoneType"),
        ({"a": [1]}, "dict"),
        (np.ones((2, 2)), "ndarray"),
        (pd.Series([1]), "Series"),
        (pd.DataFrame(), "no column"),
        (pl.DataFrame({"a": []}), "0 rows"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "'a' twice"),
        (pd.DataFrame([[1, 2]], columns=[1, "1"]), "'1' twice"),
        (pa.table([[1], [2]], names=["a", "a"]), "'a' twice"),
    ],
)
def test_what_is_no_table_is_refused(source, got):
    with pytest.raises(UsageError) as caught:
        read_table(source, name="current")
    assert (caught.value.name, caught.value.got) == ("current", got)


def test_a_relation_with_two_columns_of_one_name_is_refused():
    with pytest.raises(UsageError, match="got 'a' twice"):
        read_table(duckdb.sql("select 1 as a, 2 as a"))


@pytest.mark.parametrize(
    ("file", "content", "got"),
    [
        ("a.txt", "x", "str"),
        ("damaged.parquet", "x", "damage"),
        ("empty.csv", "", "no column"),
        ("twice.csv", "a,b,a\n1,2,3\n", "'a' twice"),
        ("none.csv", "a,b\n", "0 rows"),
        ("missing.csv", None, "no file"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path, file, content, got):
    path = tmp_path / file
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError) as caught:
        read_table(path)
    assert caught.value.got == got


def test_a_table_without_rows_is_taken_where_asked_for():
    assert read_table(pl.DataFrame({"a": []}), rows=False).height == 0


def test_pick_names_the_nearest_column():
    frame = pl.DataFrame({"tenure": [1]})
    with pytest.raises(UsageError, match="did you mean 'tenure'"):
        pick(frame, ["tenur"], name="columns")
    with pytest.raises(UsageError, match=r"write \['tenure'\]"):
        pick(frame, "tenure", name="columns")


def test_lists_bytes_and_columns_without_a_type_are_of_another_kind():
    frame = read_table(pl.DataFrame({"l": [[1]], "b": [b"x"], "n": [None], "d": [dt.date(2020, 1, 1)]}))
    assert [kind_of(series) for series in frame.get_columns()] == ["other", "other", "other", "time"]
    assert digest_of(frame) != digest_of(frame.with_columns(l=pl.Series([[2]])))


@pytest.mark.parametrize("column", ["*", "^x$"])
@pytest.mark.parametrize("made", [pl.DataFrame, pl.LazyFrame, pd.DataFrame])
def test_a_name_that_polars_takes_for_a_pattern_is_refused(column, made):
    with pytest.raises(UsageError, match="which stands for several columns"):
        read_table(made({column: [1.0, 2.0]}))


@pytest.mark.parametrize("columns", ["a", 5, None, [["a"]], [1]])
def test_what_is_no_list_of_known_names_is_refused(columns):
    with pytest.raises(UsageError, match=r"^columns="):
        known_names(columns, ["a", "b"])
