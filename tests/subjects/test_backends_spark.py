"""Spark frames: profiled by the executors, the same verdicts as any other table. Run by ``make test-spark``."""

from __future__ import annotations

import os
import shutil
import sys

import polars as pl
import pytest
from backends import answers, summary, tables

from mlqa.errors import UsageError
from mlqa.subjects.partitions import reduced
from mlqa.subjects.table import digest_of, read_table

pytest.importorskip("pyspark", reason="Spark has an environment of its own: make test-spark")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("Spark needs Java 17: apt-get install openjdk-17-jre-headless", allow_module_level=True)

from pyspark.sql import SparkSession
from pyspark.sql import functions as sql

TABLES = tables()


@pytest.fixture(scope="module")
def spark():
    os.environ["PYSPARK_PYTHON"] = sys.executable  # else the executors take the python3 of the machine
    builder = SparkSession.builder.master("local[2]").appName("mlqa")
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "2",
    }
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


@pytest.fixture
def frames(spark, tmp_path):
    """Both tables as Spark frames of several partitions, in order."""
    made = []
    for at, table in enumerate(TABLES):
        folder = tmp_path / f"table-{at}"
        folder.mkdir()
        for part in range(3):
            table.slice(part * 300, 300).write_parquet(folder / f"part-{part}.parquet")
        parts = [spark.read.parquet(str(folder / f"part-{part}.parquet")) for part in range(3)]
        made.append(parts[0].union(parts[1]).union(parts[2]))
    return made


def by_process(source, name="table"):
    """Count the rows that each process works on."""
    return reduced(
        source,
        # what travels must not name this module, which no executor can import
        lambda pieces: [(os.getpid(), sum(piece.height for piece in pieces))],
        lambda one, other: one + other,
        name=name,
    )


def test_partitions_are_worked_on_by_the_executors_and_only_results_travel(frames):
    made = by_process(frames[0])
    assert os.getpid() not in dict(made)
    assert [rows for _, rows in made] == [300, 300, 300]


def test_a_spark_frame_is_read_whole_in_its_order(frames):
    assert digest_of(read_table(frames[0])) == digest_of(read_table(TABLES[0]))


def test_a_spark_frame_gives_the_same_profile(frames):
    assert summary(frames[1]) == summary(TABLES[1])


def test_a_spark_frame_gives_the_same_verdicts(frames):
    assert answers(frames[1], frames[0]) == answers(*reversed(TABLES))


def test_decimals_zoned_times_and_nested_columns_are_read(spark):
    frame = spark.sql("select cast(1.5 as decimal(9, 2)) as d, timestamp '2024-01-01 10:00:00' as t, array(1, 2) as l")
    read = read_table(frame)
    assert read.dtypes[:2] == [pl.Float64, pl.Datetime("us")]
    assert [str(value) for value in read.row(0)] == ["1.5", "2024-01-01 10:00:00", "[1, 2]"]


@pytest.mark.parametrize(
    ("made", "got"),
    [
        (lambda spark: spark.range(5).filter("id > 9"), "0 rows"),
        (lambda spark: spark.range(5).select("id", "id"), "'id' twice"),
        (lambda spark: spark.range(5).select(sql.raise_error(sql.lit("lost")).cast("int").alias("a")), "damage"),
    ],
)
@pytest.mark.parametrize("ask", [read_table, by_process])
def test_a_spark_frame_that_cannot_be_used_is_refused(spark, made, got, ask):
    with pytest.raises(UsageError) as caught:
        ask(made(spark), name="current")
    assert (caught.value.name, caught.value.got) == ("current", got)
