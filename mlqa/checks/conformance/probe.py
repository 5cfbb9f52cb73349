"""A few rows of a table, and what the model says of them: what the checks of conformance compare with."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.conformance.asking import Answer, answered
from mlqa.errors import MlqaError, SubjectError, UsageError
from mlqa.stats.seeds import seed_of
from mlqa.subjects.block import as_block, height, names, taken
from mlqa.subjects.hashing import hash_bits, hash_column, hash_texts, salt_of
from mlqa.subjects.models.adapted import adapted
from mlqa.subjects.predictor import brief, model_name
from mlqa.subjects.table import kind_of, read_table

__all__ = ["ROWS", "SLOW", "Probe", "probe", "probed"]

ROWS = 100
SLOW = 30.0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Probe:
    """Some rows and a model's answer.

    Attributes
    ----------
    model : callable or object
        As it was given, or an adapter.
    block : table, array or texts, of at most 100 rows
        In the kind of the table; a pandas index that only counts is renewed.
    positions : array, shape (n,)
        Rows of the table they are.
    said : Answer
    margin : array, shape (n,), or None
        Of a classifier with a ``decision_function`` and no probabilities: how
        far each row is from another label, as a share of the largest.
    seconds : float
        That the answer took.
    total : int
        Rows of the table.
    seed : int
    """

    model: Any
    block: Any
    positions: NDArray[np.intp]
    said: Answer
    margin: NDArray[np.float64] | None
    seconds: float
    total: int
    seed: int

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.positions)

    @property
    def name(self) -> str:
        """What to call the model in a sentence."""
        return model_name(self.model)

    @property
    def columns(self) -> list[str] | None:
        """Names of the columns; None where they have none that a model could ask for."""
        if not nw.dependencies.is_into_dataframe(self.block) or _are_places(self.block):
            return None
        return names(self.block)


def _are_places(block: Any) -> bool:
    """Say whether columns are called 0, 1, 2, ... as pandas does where nobody named them."""
    return nw.dependencies.is_pandas_dataframe(block) and [*block.columns] == [*range(block.shape[1])]


def probe(model: Any, X: Any, *, seed: int = 0) -> Probe:
    """Choose a few rows and ask the model about them; every check of conformance takes it in the place of `X`.

    Parameters
    ----------
    model : callable or object
    X : table or array, shape (n, d), or texts, shape (n,)
    seed : int of at least 0
        Another seed, other rows.

    Returns
    -------
    Probe
        Rows chosen by what they hold, so that another order of the table gives
        the same.

    Raises
    ------
    UsageError
        If `X` is no table.
    SubjectError
        If the model raises on these rows as they are.

    Examples
    --------
    >>> found = probe(lambda X: X[:, 0] > 2, np.arange(10.0).reshape(5, 2))
    >>> found.n, int(found.said.prediction.sum())
    (5, 3)
    """
    seed, able = seed_of(seed), adapted(model)
    block = as_block(X) if not _is_flat(X) else X
    positions = _chosen(block, seed)
    rows = _plain_index(taken(block, positions))
    start = time.perf_counter()
    try:
        said = answered(able, rows)
    except MlqaError:
        raise
    except (Exception, SystemExit) as error:
        hint = "call it by hand on the same rows; the cause is shown above"
        told = f"model={model_name(able)}: it raised {brief(error)} on {len(positions)} rows"
        raise SubjectError(f"{told}.\nHint: {hint}") from error
    seconds = time.perf_counter() - start
    return Probe(
        model=able,
        block=rows,
        positions=positions,
        said=said,
        margin=_margin(able, rows, said),
        seconds=seconds,
        total=height(block),
        seed=seed,
    )


def probed(model: Any, X: Any, seed: int) -> Probe:
    """Return the probe that was given in the place of a table, or make one.

    Raises
    ------
    UsageError
        If it is of another model.
    """
    if not isinstance(X, Probe):
        return probe(model, X, seed=seed)
    if X.model is not model and adapted(model) is model:
        raise UsageError("X", X, "a probe of the same model", "make it with probe(model, X)", f"one of {X.name}")
    return X


def _is_flat(X: Any) -> bool:
    """Tell whether rows are texts or values of their own, without columns."""
    if isinstance(X, list):
        return True
    return len(getattr(X, "shape", ())) == 1


def _chosen(block: Any, seed: int) -> NDArray[np.intp]:
    """Return positions of the rows whose hashes are lowest."""
    total = height(block)
    if not total:
        raise UsageError("X", block, "at least one row", "pass the rows to ask about", "no row")
    try:
        frame = pl.DataFrame({"text": list(block)}) if _is_flat(block) else _frame(block)
        sums = np.zeros(total, dtype=np.uint64)
        for series in frame.get_columns():
            sums += hash_bits(_hashes(series) ^ salt_of(series.name))
        keys = hash_bits(sums ^ salt_of(f"conformance {seed}"))
    except Exception:  # rows of a kind that cannot be read as a table can be asked about all the same
        keys = hash_bits(np.arange(total, dtype=np.uint64) + np.uint64(seed))
    return np.argsort(keys, kind="stable")[:ROWS]


def _frame(block: Any) -> pl.DataFrame:
    if isinstance(block, np.ndarray):
        return pl.DataFrame({str(at): block[:, at] for at in range(block.shape[1])})
    return read_table(block, name="X")


def _hashes(series: pl.Series) -> NDArray[np.uint64]:
    kind = kind_of(series)
    if kind in ("numeric", "boolean", "time"):
        return hash_column(series)
    if kind == "category":
        return hash_texts(series.cast(pl.String).fill_null(""))
    return hash_texts(pl.Series(series.name, [repr(value) for value in series.to_list()], dtype=pl.String))


def _plain_index(rows: Any) -> Any:
    """Renew the index of a pandas frame, unless it may mean something."""
    index = getattr(rows, "index", None)
    if not hasattr(rows, "iloc") or index is None or index.nlevels > 1 or index.name is not None:
        return rows
    return rows.reset_index(drop=True) if index.dtype.kind in "iu" else rows


def _margin(model: Any, rows: Any, said: Answer) -> NDArray[np.float64] | None:
    """Return how far each row is from another label, where only a decision function tells."""
    method = getattr(model, "decision_function", None)
    if said.probability is not None or not callable(method) or said.prediction.dtype.kind == "f":
        return None
    try:
        found = np.asarray(method(rows), dtype=np.float64)
    except Exception:
        return None
    if found.shape[:1] != (len(said),) or not np.isfinite(found).all():
        return None
    apart = np.abs(found) if found.ndim == 1 else np.diff(np.sort(found, axis=1)[:, -2:], axis=1)[:, 0]
    return np.asarray(apart / max(float(np.abs(found).max()), np.finfo(float).tiny))
