"""A model and its tables as `model_check` is given them: refused or read, asked once each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from numbers import Real
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.checks.conformance.probe import Probe, probe
from mlqa.checks.evaluated import Evaluated, evaluate, evaluated
from mlqa.checks.regression.arrays import refuse_other_rows, rows_of
from mlqa.checks.regression.metrics import metric_of
from mlqa.checks.regression.recorded import is_recorded, is_recorder
from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.block import as_block, height, names
from mlqa.subjects.predictor import ask
from mlqa.subjects.table import read_table

__all__ = ["PreparedModel", "prepare_model"]


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
    model: Any, X: Any, y: Any, *, X_train: Any = None, y_train: Any = None, baseline: Any = None, seed: int = 0
) -> PreparedModel:
    """Refuse what cannot be used, then ask the model for its predictions of each table.

    Parameters
    ----------
    model, X, y, X_train, y_train, baseline
        As in :func:`mlqa.model_check`.
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
    stored = _stored(baseline, len(truth))
    test, fault = _asked(model, block, truth, seed)
    train, train_fault = None, "there are no training rows"
    if test is not None and train_y is not None:
        train, train_fault = _asked(model, train_X, train_y, seed, classes=test.classes or None)
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


def _asked(model: Any, X: Any, y: NDArray[Any], seed: int, **known: Any) -> tuple[Evaluated | None, str]:
    """Ask the model for all rows; what it cannot answer is a fault of the model, not of the arguments."""
    try:
        return evaluate(model, X, y, seed=seed, **known), ""
    except SubjectError as error:
        return None, str(error).split("\nHint:")[0].rstrip(".")


def _probe(model: Any, X: Any, seed: int) -> Probe | None:
    """Choose some rows and ask about them; a model that fails on them is told of elsewhere."""
    try:
        return probe(model, X, seed=seed)
    except SubjectError:
        return None


def _stored(baseline: Any, rows: int) -> Callable[[Evaluated], Any]:
    """Read a baseline, and return how to set it beside what the model says."""
    if baseline is None or is_recorder(baseline) or is_recorded(baseline):
        return lambda _test: baseline
    if isinstance(baseline, Mapping):
        _refuse_other_scores(baseline)
        return lambda _test: baseline
    if isinstance(baseline, (Real, np.bool_)):
        _refuse_no_score(baseline, baseline)
        return lambda test: _score_of(float(baseline), test)
    if callable(baseline) or hasattr(baseline, "predict") or hasattr(baseline, "predict_proba"):
        return _asked_beside(baseline)
    said = rows_of("baseline", baseline, rows)
    return lambda test: _beside(said, baseline, test)


def _refuse_other_scores(baseline: Mapping[Any, Any]) -> None:
    """Refuse what is no score by its metric."""
    if len(baseline) != 1:
        wanted = 'one score by its metric, {"roc_auc": 0.91} say'
        raise UsageError("baseline", baseline, wanted, "compare the others with mlqa.not_worse", f"{len(baseline)}")
    metric_of(next(iter(baseline)), None)
    _refuse_no_score(baseline, next(iter(baseline.values())))


def _refuse_no_score(baseline: Any, score: Any) -> None:
    if isinstance(score, (bool, np.bool_)) or not isinstance(score, Real) or not np.isfinite(float(score)):
        got = repr(score)[:40]
        raise UsageError("baseline", baseline, "a finite score", "pass the score that was recorded", got)


def _score_of(score: float, test: Evaluated) -> float:
    """Refuse a number that is no accuracy, and no R2."""
    if score > 1 or (score < 0 and test.task != "values"):
        metric = "R2 of at most 1" if test.task == "values" else "accuracy in [0, 1]"
        hint = 'divide percent by 100; name another metric: {"rmse": 2.5}, say'
        raise UsageError("baseline", score, metric, hint)
    return score


def _asked_beside(baseline: Any) -> Callable[[Evaluated], Evaluated]:
    """Return how to ask another model; what it cannot answer is told by the name of the argument."""
    try:
        ask(baseline)
    except UsageError as error:
        raise UsageError("baseline", baseline, error.wanted, error.hint) from error

    def beside(test: Evaluated) -> Evaluated:
        try:
            return evaluate(baseline, test.X, test.y, classes=test.classes or None, seed=test.seed)
        except SubjectError as error:
            said = str(error).split("\nHint:", maxsplit=1)[0].rstrip(".")
            hint = "fit it, and hand it the columns it knows; or pass what it said of these rows"
            raise UsageError("baseline", baseline, "a model that answers the rows of X", hint, said) from error

    return beside


class _Recall:
    """Stored predictions in place of a model: says of which kind they are, and no more."""

    def __init__(self, test: Evaluated) -> None:
        self._estimator_type = "regressor" if test.task == "values" else "classifier"
        if test.classes:
            self.classes_ = np.asarray(test.classes)


def _beside(said: NDArray[Any], baseline: Any, test: Evaluated) -> Evaluated:
    """Make sense of stored predictions as of the model's own."""
    if said.ndim == 2 and said.shape[1] != len(test.classes):
        wanted = f"{len(test.classes)} columns, one a class" if test.classes else "one value a row"
        raise UsageError("baseline", baseline, wanted, "pass what the older model said", f"shape {said.shape}")
    if said.ndim == 1 and (said.dtype.kind == "U") != (test.prediction.dtype.kind == "U"):
        kinds = ["texts" if part.dtype.kind == "U" else "numbers" for part in (test.prediction, said)]
        if kinds[1] == "texts" or test.task != "binary":  # numbers beside two texts are scores
            wanted = f"what the model gives ({kinds[0]})"
            raise UsageError("baseline", baseline, wanted, "use the same labels in both", kinds[1])
    return evaluated(_Recall(test), test.X, test.y, said, classes=test.classes or None, seed=test.seed)


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
