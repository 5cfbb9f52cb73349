"""Dask frames on a cluster of two processes: profiled by the workers, the same verdicts as any other table."""

from __future__ import annotations

import os

import pandas as pd
import polars as pl
import pytest
from backends import answers, summary, tables

from mlqa.errors import UsageError
from mlqa.subjects.partitions import reduced
from mlqa.subjects.table import digest_of, read_table

dask = pytest.importorskip("dask", reason="Dask is not installed: pip install 'pytest-mlqa[dask]'")
frames = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")

TABLES = tables()


@pytest.fixture(scope="module")
def cluster():
    with (
        dask.config.set({"distributed.worker.daemon": False, "dataframe.convert-string": False}),
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as local,
        distributed.Client(local) as client,
    ):
        yield client


def in_memory(table, _folder):
    return frames.from_pandas(table.to_arrow().to_pandas(types_mapper=pd.ArrowDtype), npartitions=5)


def of_objects(table, _folder):
    whole = pd.DataFrame({name: pd.Series(table[name].to_list(), dtype=object) for name in table.columns})
    return frames.from_pandas(whole, npartitions=4)


def of_files(table, folder):
    folder.mkdir()
    for at in range(4):
        table.slice(at * 250, 250).write_parquet(folder / f"part-{at}.parquet")
    return frames.read_parquet(str(folder / "*.parquet"))


def with_empty_partitions(table, folder):
    whole = in_memory(table, folder)
    return frames.concat([whole.partitions[:2], whole.partitions[2:3].query("age > 1000"), whole.partitions[2:]])


MADE = {
    "in memory": in_memory,
    "of objects": of_objects,
    "of files": of_files,
    "empty partitions": with_empty_partitions,
}


def process(pieces):
    """Tell which process works on a partition."""
    return {os.getpid(): sum(piece.height for piece in pieces)}


def both(one, other):
    return {pid: one.get(pid, 0) + other.get(pid, 0) for pid in {*one, *other}}


def test_partitions_are_worked_on_by_the_workers_and_only_results_travel(cluster):
    rows = reduced(in_memory(TABLES[0], None), process, both)
    assert os.getpid() not in rows
    assert sum(rows.values()) == TABLES[0].height
    assert set(rows) <= set(cluster.run(os.getpid).values())


@pytest.mark.parametrize("made", MADE)
def test_a_dask_frame_gives_the_same_profile_whatever_its_partitions(cluster, made, tmp_path):
    assert summary(MADE[made](TABLES[1], tmp_path / "after")) == summary(TABLES[1])


@pytest.mark.parametrize("made", ["in memory", "of files"])
def test_a_dask_frame_gives_the_same_verdicts(cluster, made, tmp_path):
    before, after = (MADE[made](table, tmp_path / f"table-{at}") for at, table in enumerate(TABLES))
    assert answers(after, before) == answers(*reversed(TABLES))


def test_a_column_that_mixes_types_across_partitions_is_read_as_a_whole_one_is(cluster):
    mixed = {"late text": [1] * 6 + ["a"] * 6, "late half": [1] * 6 + [2.5] * 6, "flags": [True] * 6 + [2] * 6}
    mixed |= {"early nothing": [None] * 6 + ["x"] * 6, "nothing": [None] * 12}
    whole = pd.DataFrame(mixed, dtype=object)
    read = read_table(frames.from_pandas(whole, npartitions=3))
    assert read.dtypes[:4] == [pl.String, pl.Float64, pl.String, pl.String]
    assert digest_of(read) == digest_of(read_table(whole))


@pytest.mark.parametrize(
    ("source", "got"),
    [
        (lambda: frames.from_pandas(pd.DataFrame({"a": [1, 2]}), npartitions=2).query("a > 5"), "0 rows"),
        (lambda: frames.from_pandas(pd.DataFrame([[1, 2]], columns=[1, "1"]), npartitions=1), "'1' twice"),
        (
            lambda: frames.from_pandas(pd.DataFrame({"a": [1, 0]}), npartitions=2).map_partitions(
                broken, meta={"a": "int64"}
            ),
            "damage",
        ),
    ],
)
@pytest.mark.parametrize("ask", [read_table, lambda source, name: reduced(source, process, both, name=name)])
def test_a_dask_frame_that_cannot_be_used_is_refused(cluster, source, got, ask):
    with pytest.raises(UsageError) as caught:
        ask(source(), name="current")
    assert (caught.value.name, caught.value.got) == ("current", got)


def broken(part):
    raise RuntimeError("a partition that is lost")


def test_without_a_cluster_threads_do_the_work():
    with dask.config.set(scheduler="threads"):
        assert summary(in_memory(TABLES[0], None)) == summary(TABLES[0])
