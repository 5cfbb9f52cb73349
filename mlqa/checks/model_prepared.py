"""A model and its tables as `model_check` is given them: refused or read, asked once each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.conformance.probe import Probe, probe
from mlqa.checks.evaluated import Evaluated, evaluate, evaluated
from mlqa.checks.model_baseline import read_baseline
from mlqa.checks.regression.arrays import refuse_other_rows, rows_of
from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.block import as_block, height, names
from mlqa.subjects.models.adapted import adapted
from mlqa.subjects.predictor import ask
from mlqa.subjects.table import read_table

__all__ = ["PreparedModel", "Said", "prepare_model"]

Said = tuple[NDArray[Any], NDArray[Any] | None]


@dataclass(frozen=True, eq=False, kw_only=True)
class PreparedModel:
    """What the default questions about a model ask.

    Attributes
    ----------
    model : callable or object
    X : table or array, shape (n, d)
    y : array, shape (n,)
    said : Evaluated or None
        None where the model gave no answer for the rows of X.
    fault : str
        Why it gave none; else empty.
    probe : Probe or None
        Some of the rows, for questions that ask the model again; None where it
        does not answer them as they are.
    train : Evaluated or None
        Of the training rows, where they are given and it answered.
    train_fault : str
        Likewise.
    rows_train, y_train
        The training rows, whether it answered or not.
    baseline : Evaluated, recorded baseline, float or None
    seed : int
    """

    model: Any
    X: Any
    y: NDArray[Any]
    said: Evaluated | None
    fault: str
    probe: Probe | None
    train: Evaluated | None
    train_fault: str
    rows_train: Any
    y_train: NDArray[Any] | None
    baseline: Any
    seed: int

    @property
    def test(self) -> Evaluated | None:
        """What the model said of X, where it can be judged."""
        return None if self.said is None or self.said.fault else self.said

    @property
    def unjudged(self) -> str:
        """Why what the model said of X cannot be judged; empty where it can."""
        return self.fault or ("" if self.said is None else self.said.fault)

    @cached_property
    def table(self) -> tuple[pl.DataFrame, str]:
        """X with y as a column, and that column's name."""
        return _with_label(self.X, self.y)

    @cached_property
    def train_table(self) -> pl.DataFrame | None:
        """The training rows likewise."""
        return None if self.y_train is None else _with_label(self.rows_train, self.y_train)[0]


def prepare_model(
    model: Any,
    X: Any,
    y: Any,
    *,
    X_train: Any = None,
    y_train: Any = None,
    baseline: Any = None,
    said: Mapping[str, Said] | None = None,
    seed: int = 0,
) -> PreparedModel:
    """Refuse what cannot be used, then ask the model for its predictions of each table.

    Parameters
    ----------
    model, X, y, X_train, y_train, baseline
        As in :func:`mlqa.model_check`.
    said : dict, optional
        As in :func:`mlqa.checks.model_default.model_questions`.
    seed : int of at least 0

    Raises
    ------
    UsageError
        If an argument cannot be used.

    Examples
    --------
    >>> X = np.arange(6.0).reshape(3, 2)
    >>> prepare_model(lambda X: X[:, 0] > 1, X, [False, True, True]).test.task
    'binary'
    """
    ask(model)
    block, truth = _rows("X", X, "y", y)
    if len(np.unique(truth)) < 2:
        hint = "give rows of several classes, or values that differ: against one value nothing can be judged"
        raise UsageError("y", y, "at least two different values", hint, f"{truth[:1].tolist()[0]!r} in every row")
    train_X, train_y = None, None
    if X_train is not None or y_train is not None:
        train_X, train_y = _train(X_train, y_train, block, truth)
    stored, told = read_baseline(baseline, len(truth)), said or {}
    test, fault = _asked(model, block, truth, seed, told.get("X"))
    train, train_fault = None, "there are no training rows"
    if test is not None and train_y is not None:
        train, train_fault = _asked(model, train_X, train_y, seed, told.get("X_train"), classes=test.classes or None)
    return PreparedModel(
        model=model if test is None else test.model,
        X=block,
        y=truth,
        said=test,
        fault=fault,
        probe=_probe(model, block, seed),
        train=None if train is None or train.fault else train,
        train_fault=train_fault or ("" if train is None else train.fault),
        rows_train=train_X,
        y_train=train_y,
        baseline=None if test is None or test.fault else stored(test),
        seed=seed,
    )


def _rows(name: str, X: Any, label: str, y: Any) -> tuple[Any, NDArray[Any]]:
    """Read a table and its labels, one a row."""
    block = X if _is_texts(X) else as_block(X, name=name)
    rows = height(block)
    truth = rows_of(label, y)
    if truth.ndim != 1 or len(truth) != rows:
        got = f"shape {truth.shape}" if truth.ndim != 1 else f"{len(truth)} rows"
        raise UsageError(label, y, f"{rows} rows, as {name} has", f"pass the labels of the rows of {name}", got)
    refuse_other_rows(**{name: X, label: y})
    return block, truth


def _is_texts(X: Any) -> bool:
    """Tell one text a row: a list, an array or a Series."""
    if isinstance(X, list):
        return bool(X) and all(isinstance(text, str) for text in X)
    return getattr(X, "ndim", 0) == 1 or isinstance(X, pl.Series)


def _train(X_train: Any, y_train: Any, block: Any, truth: NDArray[Any]) -> tuple[Any, NDArray[Any]]:
    """Read the training rows: both parts, and of the columns of X."""
    for name, part, other in (("X_train", X_train, "y_train"), ("y_train", y_train, "X_train")):
        if part is None:
            raise UsageError(name, None, f"the other half of {other}", f"pass {name} too, or leave both out")
    train_X, train_y = _rows("X_train", X_train, "y_train", y_train)
    if (train_y.dtype.kind == "U") != (truth.dtype.kind == "U"):
        kinds = ["texts" if part.dtype.kind == "U" else "numbers" for part in (truth, train_y)]
        raise UsageError("y_train", y_train, f"labels as in y ({kinds[0]})", "use the same labels in both", kinds[1])
    here, there = (None if _is_texts(part) else names(part) for part in (block, train_X))
    if (here is None) != (there is None) or {*(here or [])} != {*(there or [])}:
        odd = sorted({*(here or [])} ^ {*(there or [])})
        hint = f"only one of them has {odd[0]!r}" if odd else "pass both in one form"
        raise UsageError("X_train", X_train, "the columns of X", hint, f"{len(there or [0])} columns")
    return train_X, train_y


def _asked(
    model: Any, X: Any, y: NDArray[Any], seed: int, told: Said | None = None, **known: Any
) -> tuple[Evaluated | None, str]:
    """Ask the model for all rows, if it was not; what it cannot answer is its own fault, not that of the arguments."""
    try:
        if told is not None:
            return evaluated(adapted(model), X, y, *told, seed=seed, **known), ""
        return evaluate(model, X, y, seed=seed, **known), ""
    except SubjectError as error:
        return None, str(error).split("\nHint:")[0].rstrip(".")


def _probe(model: Any, X: Any, seed: int) -> Probe | None:
    """Choose some rows and ask about them; a model that fails on them is told of elsewhere."""
    try:
        return probe(model, X, seed=seed)
    except SubjectError:
        return None


def _with_label(X: Any, y: NDArray[Any]) -> tuple[pl.DataFrame, str]:
    """Read the table and put the label beside it."""
    if _is_texts(X):
        frame = pl.DataFrame({"text": [str(text) for text in X]})
    elif isinstance(X, np.ndarray):
        frame = pl.DataFrame({name: _column(X[:, at]) for at, name in enumerate(names(X))})
    else:
        frame = read_table(X, name="X")
    label = next(name for name in ("y", "label", "target", "what is predicted", "\0y") if name not in frame.columns)
    return read_table(frame.with_columns(pl.Series(label, y))), label


def _column(values: NDArray[Any]) -> pl.Series:
    return pl.Series(values.tolist() if values.dtype == object else values, strict=False)
