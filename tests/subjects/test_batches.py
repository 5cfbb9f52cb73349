"""Tables in pieces: types decided once, whatever is no table refused at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.errors import UsageError
from mlqa.subjects.batches import batches_of
from mlqa.subjects.pieces import resized
from mlqa.subjects.table import read_table


def written(folder: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def whole(source) -> pl.DataFrame:
    pieces = list(batches_of(source))
    assert len({tuple(piece.schema.items()) for piece in pieces}) == 1
    return pl.concat(pieces)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
def test_pieces_are_gathered_and_cut_without_losing_or_moving_a_row(heights):
    rows = iter(range(sum(heights)))
    given_pieces = [pl.DataFrame({"a": [next(rows) for _ in range(height)]}, {"a": pl.Int64}) for height in heights]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlqa.subjects.pieces._MOST", 16)
        found = list(resized(given_pieces))
    assert pl.concat(found)["a"].to_list() == list(range(sum(heights)))
    assert all(piece.height == 16 for piece in found[:-1])
    assert found[-1].height <= 16


def test_a_column_of_objects_has_one_type_in_all_pieces(monkeypatch):
    monkeypatch.setattr("mlqa.subjects.pieces._MOST", 2)
    monkeypatch.setattr("mlqa.subjects.pieces._FEWEST", 2)
    mixed = pd.DataFrame({"m": [1, 2, 3, "a", None], "n": [1, 2, 3, 4, 2.5], "f": [True, False, None, True, True]})
    read = whole(mixed.astype(object))
    assert read["m"].to_list() == ["1", "2", "3", "a", None]
    assert read["n"].to_list() == [1.0, 2.0, 3.0, 4.0, 2.5]
    assert read["f"].to_list() == [True, False, None, True, True]


def test_the_types_of_csv_files_are_decided_over_all_of_them(tmp_path):
    first = "whole,half,text,empty,day,flag,none\n1,1,1,,2020-01-01,True,\n2,2,2,NA,2020-01-02,false,NaN\n"
    second = "half,whole,text,empty,day,flag,none\n0.5,3,x,7,2020-01-03,TRUE,\n"
    read = whole(written(tmp_path, {"1.csv": first, "2.csv": second}) / "*.csv")
    assert read.row(2) == (3, 0.5, "x", 7, dt.date(2020, 1, 3), True, None)
    assert read["text"].to_list() == ["1", "2", "x"]
    assert read.dtypes == [pl.Int64, pl.Float64, pl.String, pl.Int64, pl.Date, pl.Boolean, pl.Null]


@pytest.mark.parametrize(
    ("cells", "value"),
    [
        (["2020-01-01T10:00:00", "2020-01-01T10:00:00.5"], dt.datetime(2020, 1, 1, 10)),
        (["2020-01-01 10:00:00", ""], dt.datetime(2020, 1, 1, 10)),
        (["2020-01-01 10:00"], dt.datetime(2020, 1, 1, 10)),
        (["2020-01-01T10:00:00+02:00", "2020-01-01T10:00:00Z"], dt.datetime(2020, 1, 1, 8)),
        (["10:00:00"], dt.time(10)),
        (["2020-01-01", "2020-01-01 10:00:00"], "2020-01-01"),
        (['"7"', "8"], 7),
        (["1e3", "inf"], 1000.0),
        (["99999999999999999999"], 1e20),
        ([" 7", "8"], " 7"),
    ],
)
def test_a_csv_column_is_what_all_of_its_cells_are(tmp_path, cells, value):
    text = "a,b\n" + "".join(f"{cell},1\n" for cell in cells)
    assert whole(written(tmp_path, {"t.csv": text}) / "t.csv")["a"][0] == value


def test_a_csv_column_may_have_any_name_but_that_of_a_pattern(tmp_path):
    read = whole(written(tmp_path, {"t.csv": "^.*,0,\n1,x,y\n"}) / "t.csv")
    assert read.to_dict(as_series=False) == {"^.*": [1], "0": ["x"], "": ["y"]}
    with pytest.raises(UsageError, match="no patterns"):
        whole(written(tmp_path / "p", {"t.csv": "^.*$,0\n1,x\n"}) / "t.csv")


def test_parquet_files_of_unlike_numbers_or_of_no_values_are_one_table(tmp_path):
    pieces = [{"a": [1, 2], "b": [None, None]}, {"b": ["x", "y"], "a": [0.5, None]}]
    for at, piece in enumerate(pieces):
        pl.DataFrame(piece).write_parquet(tmp_path / f"{at}.parquet")
    read = whole(tmp_path)
    assert read.to_dict(as_series=False) == {"a": [1.0, 2.0, 0.5, None], "b": [None, None, "x", "y"]}


def test_a_folder_leaves_hidden_files_out_and_keeps_the_order_of_names(tmp_path):
    files = {
        "b.csv": "a\n2\n",
        "x/a.csv": "a\n3\n",
        "a.csv": "a\n1\n",
        ".c.csv": "a\n9\n",
        "_log/0.csv": "z\n",
        "r.txt": "x",
    }
    assert whole(written(tmp_path, files))["a"].to_list() == [1, 2, 3]


BROKEN = {
    "a pattern without a file": (lambda at: str(at / "none-*.parquet"), "no file"),
    "a folder without a table": (lambda at: written(at / "f", {"x.txt": ""}), "no file"),
    "a folder of two kinds": (lambda at: written(at / "k", {"a.csv": "a\n1\n", "b.parquet": "x"}), "csv and parquet"),
    "other columns in one csv": (lambda at: written(at / "c", {"1.csv": "a\n1\n", "2.csv": "b\n1\n"}), "'a' in one of"),
    "a csv with a broken line": (lambda at: written(at, {"r.csv": "a,b\n1,2\n1,2,3\n"}) / "r.csv", "damage"),
    "a csv without rows": (lambda at: written(at, {"n.csv": "a,b\n"}) / "n.csv", "0 rows"),
    "a csv not in UTF-8": (lambda at: written(at, {"l.csv": b"a,b\n1,\xe9\n"}) / "l.csv", "damage"),
    "a truncated parquet": (lambda at: written(at, {"t.parquet": b"PAR1"}) / "t.parquet", "damage"),
    "an unknown column in a query": (lambda _: pl.LazyFrame({"a": [1]}).select("b"), "damage"),
    "a query without rows": (lambda _: pl.LazyFrame({"a": [1]}).filter(pl.lit(False)), "0 rows"),
    "a reader without rows": (lambda _: pa.table({"a": pa.array([], pa.int64())}).to_reader(), "0 rows"),
    "a relation without rows": (lambda _: duckdb.sql("select 1 as a where false"), "0 rows"),
    "a relation of twin names": (lambda _: duckdb.sql("select 1 as a, 2 as a"), "'a' twice"),
    "no table": (lambda _: {"a": [1]}, "dict"),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("ask", [read_table, lambda source, name: list(batches_of(source, name=name))])
def test_what_cannot_be_read_is_refused_in_plain_words(tmp_path, case, ask):
    made, got = BROKEN[case]
    with pytest.raises(UsageError) as caught:
        ask(made(tmp_path), name="current")
    assert caught.value.name == "current"
    assert caught.value.got.startswith(got)


def test_parquet_files_of_unlike_columns_are_refused(tmp_path):
    for at, column in enumerate("ab"):
        pl.DataFrame({column: [1]}).write_parquet(tmp_path / f"{at}.parquet")
    with pytest.raises(UsageError, match=r"expected the same columns in every piece, got '.' in some of them only"):
        read_table(tmp_path)


def test_a_relation_that_was_not_read_to_its_end_leaves_its_connection_free():
    connection = duckdb.connect()
    with pytest.raises(UsageError):
        read_table(connection.sql("select interval (range) day as span from range(5)"))
    assert connection.sql("select 1 as a").fetchall() == [(1,)]
