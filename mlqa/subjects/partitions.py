"""Tables in partitions that other processes hold: worked on where they lie, so that only results travel."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import narwhals as nw
import polars as pl

from mlqa.errors import UsageError
from mlqa.subjects.dask_frames import dask_reduced
from mlqa.subjects.native import names_of, refuse_twice
from mlqa.subjects.spark_frames import spark_reduced

__all__ = ["is_dask", "is_partitioned", "is_spark", "reduced"]

T = TypeVar("T")


def is_dask(source: Any) -> bool:
    """Tell whether a table is a Dask frame."""
    return bool(nw.dependencies.is_dask_dataframe(source))


def is_spark(source: Any) -> bool:
    """Tell whether a table is a Spark frame, of a session here or of Spark Connect."""
    known = nw.dependencies
    return bool(known.is_pyspark_dataframe(source) or known.is_pyspark_connect_dataframe(source))


def is_partitioned(source: Any) -> bool:
    """Tell whether a table lies in partitions: Dask or Spark.

    Examples
    --------
    >>> is_partitioned(pl.DataFrame({"a": [1]}))
    False
    """
    return is_dask(source) or is_spark(source)


def reduced(
    source: Any, work: Callable[[Iterable[pl.DataFrame]], T], merge: Callable[[T, T], T], *, name: str = "table"
) -> T:
    """Work on every partition where it lies, and merge what comes of them.

    Parameters
    ----------
    source : Dask or Spark frame
        Dask: worked on by the current client's workers, or by threads where
        there is none; merged in pairs, by them too. Spark: by its executors,
        whose Python needs mlqa; merged here.
    work : callable
        From the pieces of one partition, canonical frames of at least one row
        and of the same types in every partition, to a value. It and its value
        travel: both must pickle.
    merge : callable
        Of two values, of rows in this order, to one.
    name : str
        What the caller calls the table; named in errors.

    Returns
    -------
    object
        The same whatever the partitions, if `merge` is exact.

    Raises
    ------
    UsageError
        If a name is there twice, no partition has a row, or one cannot be read.
    """
    refuse_twice(names_of(source), name, source)
    try:
        made = spark_reduced(source, work, merge) if is_spark(source) else dask_reduced(source, work, merge, name)
    except UsageError:
        raise
    except Exception as error:
        hint = f"compute it by hand ({' '.join(str(error).split())[:300]})"
        raise UsageError(name, source, "a readable table", hint, "damage") from error
    if made is None:
        raise UsageError(name, source, "a table with at least one row", "check the filter that made it", "0 rows")
    return made
