"""The same table in every library and file gives the same profile and the same verdicts, however it is cut."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset
import pytest
from backends import answers, summary, tables

import mlqa

TABLES = tables()
Made = Callable[[pl.DataFrame, object], object]


def objects(frame, _folder):
    return pd.DataFrame({name: pd.Series(frame[name].to_list(), dtype=object) for name in frame.columns})


def arrow_types(frame, _folder):
    return frame.to_arrow().to_pandas(types_mapper=pd.ArrowDtype)


def odd_index(frame, _folder):
    return frame.to_pandas().set_index(pd.Index([7] * frame.height))


def in_files(kind, parts):
    """Write a table to a folder, in parts, and return the pattern, or the file where there is one."""

    def made(frame, folder):
        size = -(-frame.height // parts)
        for at in range(parts):
            piece = frame.slice(at * size, size)
            write = {"parquet": piece.write_parquet, "csv": piece.write_csv, "arrow": piece.write_ipc}[kind]
            write(folder / f"part-{at}.{kind}")
        return str(folder / (f"*.{kind}" if parts > 1 else f"part-0.{kind}"))

    return made


def of_folder(made):
    return lambda frame, folder: made(frame, folder) and folder


def relation(frame, folder):
    return duckdb.read_parquet(in_files("parquet", 1)(frame, folder))


def data_set(frame, folder):
    in_files("parquet", 3)(frame, folder)
    return pyarrow.dataset.dataset(folder)


BACKENDS: dict[str, Made] = {
    "pandas numpy": lambda frame, _: frame.to_pandas(),
    "pandas objects": objects,
    "pandas nullable": lambda frame, _: objects(frame, _).convert_dtypes(),
    "pandas pyarrow": arrow_types,
    "pandas with a useless index": odd_index,
    "polars lazy": lambda frame, _: frame.lazy().filter(pl.lit(True)),
    "polars categorical": lambda frame, _: frame.with_columns(pl.col("plan").cast(pl.Categorical)),
    "pyarrow table": lambda frame, _: frame.to_arrow(),
    "pyarrow data set": data_set,
    "DuckDB relation": relation,
    "parquet": in_files("parquet", 1),
    "csv": in_files("csv", 1),
    "arrow file": in_files("arrow", 1),
    "pattern of parquet": in_files("parquet", 4),
    "pattern of csv": in_files("csv", 4),
    "folder of parquet": of_folder(in_files("parquet", 3)),
}


@pytest.fixture(scope="module")
def wanted():
    before, after = TABLES
    return {"verdicts": answers(after, before), "alone": answers(after, None)}


@pytest.fixture
def folders(tmp_path):
    places = [tmp_path / name for name in ("before", "after")]
    for place in places:
        place.mkdir()
    return places


def test_the_table_has_faults_to_find(wanted):
    assert sum(verdict["outcome"] == "fail" for verdict in wanted["verdicts"]) >= 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_gives_the_same_verdicts(backend, wanted, folders):
    before, after = (BACKENDS[backend](table, folder) for table, folder in zip(TABLES, folders))
    assert answers(after, before) == wanted["verdicts"]
    assert answers(after, None) == wanted["alone"]


@pytest.mark.parametrize("backend", ["polars", *BACKENDS])
def test_every_backend_gives_the_same_profile_in_pieces_of_any_size(backend, folders, monkeypatch):
    wanted = summary(TABLES[1])
    table = TABLES[1] if backend == "polars" else BACKENDS[backend](TABLES[1], folders[1])
    monkeypatch.setattr("mlqa.subjects.pieces._FEWEST", 130)
    monkeypatch.setattr("mlqa.subjects.pieces._MOST", 130)
    assert summary(table) == wanted


@pytest.mark.parametrize("one", ["pandas objects", "csv", "DuckDB relation"])
def test_two_tables_may_come_from_two_libraries(one, wanted, folders):
    before, after = TABLES
    assert answers(after.to_arrow(), BACKENDS[one](before, folders[0])) == wanted["verdicts"]


def test_a_reader_is_used_once_and_gives_the_same(wanted):
    before, after = TABLES
    assert answers(after.to_arrow().to_reader(max_chunksize=50), before) == wanted["verdicts"]


def test_a_profile_of_each_table_gives_the_same(wanted, tmp_path):
    saved = mlqa.profile(TABLES[0], target="churn", leave_out=["customer"]).save(
        tmp_path / "reference.mlqa-profile", rows=True
    )
    assert answers(TABLES[1], saved) == wanted["verdicts"]
