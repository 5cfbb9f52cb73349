"""Tables that are legal and odd: read into the one form, or refused in our own words."""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa.errors import UsageError
from mlqa.subjects.table import digest_of, kind_of, read_table

pytestmark = pytest.mark.filterwarnings("error")


def test_names_of_several_levels_are_refused_with_the_way_out():
    frame = pd.DataFrame(np.ones((4, 2)), columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    with pytest.raises(UsageError, match=r"column names of one level, got a MultiIndex of 2 levels\.\nHint: join"):
        read_table(frame)


@pytest.mark.parametrize("dtype", [pl.Date(), pl.Datetime("ms"), pl.Datetime("us")], ids=str)
def test_times_that_no_calendar_names_are_cut_to_the_nearest(dtype):
    far = 2**30 if dtype == pl.Date() else 2**62
    times = pl.Series("t", [far, 0, -far, None]).cast(pl.Int32 if dtype == pl.Date() else pl.Int64).cast(dtype)
    read = read_table(pl.DataFrame(times))["t"]
    assert kind_of(read) == "time"
    assert [None if time is None else time.year for time in read] == [9999, 1970, 1, None]
    assert len(digest_of(read.to_frame())) == 32


def test_times_within_the_calendar_are_left_as_they_are():
    days = pl.Series("t", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
    assert read_table(pl.DataFrame(days))["t"].equals(days)


def test_spans_too_long_for_microseconds_are_cut():
    spans = pl.DataFrame({"t": pl.Series([2**62, -(2**62), 1]).cast(pl.Duration("ms"))})
    longest, shortest, one = read_table(spans)["t"].to_list()
    assert longest == -shortest > dt.timedelta(days=10**8)
    assert one == dt.timedelta(milliseconds=1)


def test_half_a_surrogate_pair_is_written_as_its_escape_in_values_codes_and_names():
    frame = pd.DataFrame(
        [["\ud800", 1], ["b", "\udfff"]], columns=pd.Index(["\ud801", "n"], dtype=object), dtype=object
    )
    read = read_table(frame.assign(code=pd.Categorical.from_codes([0, 1], pd.Index(["\ud802", "z"], dtype=object))))
    assert read.columns == [r"\ud801", "n", "code"]
    assert read.rows() == [(r"\ud800", "1", r"\ud802"), ("b", r"\udfff", "z")]


@pytest.mark.parametrize(
    "source",
    [
        lambda: duckdb.sql("select interval (range) day as span from range(5)"),
        lambda: pl.LazyFrame({"a": ["x"]}).with_columns(pl.col("a").cast(pl.Int64)),
    ],
    ids=["a type polars has not", "a query that fails when it runs"],
)
def test_what_fails_only_when_it_is_collected_is_refused_with_the_reason(source):
    with pytest.raises(UsageError, match=r"current=.*expected a readable table, got damage\.\nHint: collect it by"):
        read_table(source(), name="current")


@pytest.mark.parametrize("library", ["polars", "pandas"])
def test_a_column_without_a_name_keeps_its_empty_name(library):
    frame = pl.DataFrame({"": [1, 2], "column_0": [3, 4]})
    read = read_table(frame if library == "polars" else frame.to_pandas())
    assert read.columns == ["", "column_0"]
    assert read.rows() == [(1, 3), (2, 4)]
