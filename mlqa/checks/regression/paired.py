"""Targets and predictions of the same rows, in the form a metric takes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError

__all__ = ["Paired", "paired"]

_ROUNDING = 1e-4

# squares of squares, which the variance of a squared loss is made of, stay finite
_MOST = 1e70
_RADIX = 2**16


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """Rows ready for a metric.

    Attributes
    ----------
    y : array, shape (n,)
    predictions : tuple of arrays, shape (n,) or (n, classes)
    groups : int array, shape (n,), or None
    """

    y: NDArray[Any]
    predictions: tuple[NDArray[Any], ...]
    groups: NDArray[np.int64] | None

    def sorted(self) -> Paired:
        """Return the rows in an order that depends on nothing but their values."""
        columns = [column for part in (self.y, *self.predictions) for column in np.atleast_2d(part.T)]
        if self.groups is None and len(columns) < 5 and all(column.dtype.kind in "bi" for column in columns):
            codes = [_coded(column) for column in columns]
            if math.prod(values.size for values, _ in codes) < _RADIX:
                return self.only(np.argsort(_joined(codes), kind="stable"))
        order = np.lexsort([*columns, *([] if self.groups is None else [self.groups])])
        return self.only(order)

    def only(self, rows: NDArray[Any]) -> Paired:
        """Return some of the rows, by their numbers or a mask; groups are numbered anew."""
        groups = None if self.groups is None else np.unique(self.groups[rows], return_inverse=True)[1].reshape(-1)
        return Paired(self.y[rows], tuple(part[rows] for part in self.predictions), groups)


def paired(
    takes: str, y: NDArray[Any], predictions: Mapping[str, NDArray[Any]], groups: NDArray[np.int64] | None
) -> Paired:
    """Read rows for a metric.

    Parameters
    ----------
    takes : str
        As :attr:`mlqa.checks.regression.metrics.Metric.takes`.
    y : array, shape (n,)
    predictions : dict of str to array
        By the name of the argument they came from.
    groups : int array, shape (n,), or None

    Raises
    ------
    UsageError
        If the metric does not fit the targets or the predictions.

    Examples
    --------
    >>> rows = paired("labels", np.array(["a", "b"]), {"new": np.array(["b", "b"])}, None)
    >>> rows.y.tolist(), rows.predictions[0].tolist()
    ([0, 1], [1, 1])
    """
    target, read = y, tuple(predictions.values())
    if takes in ("indicators", "label_scores"):
        return Paired(*_indicators(y, predictions, truths=takes == "indicators"), groups)
    if y.ndim != 1 and takes != "any":
        raise UsageError("y", y, "one target a row", "pass y with shape (n,)", f"shape {y.shape}")
    if takes == "values":
        target, read = _values(y, predictions)
    elif takes in ("labels", "classes"):
        target, read = _labels(y, predictions, two=takes == "classes")
    elif takes == "clusters":
        target, read = _codes("y", y), tuple(_codes(name, part) for name, part in predictions.items())
    elif takes == "scores":
        target, read = _two_classes(y), tuple(_score(name, part) for name, part in predictions.items())
    elif takes in ("probabilities", "class_scores"):
        target, read = _tables(y, predictions, _table if takes == "probabilities" else _scores)
    return Paired(target, read, groups)


def _values(y: NDArray[Any], predictions: Mapping[str, NDArray[Any]]) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    for name, part in {"y": y, **predictions}.items():
        if part.dtype.kind == "U" or part.ndim != 1:
            got = "texts" if part.dtype.kind == "U" else f"shape {part.shape}"
            raise UsageError(name, part, "one number a row", "this metric is for regression", got)
        largest = float(np.abs(part.astype(np.float64)).max())
        if largest > _MOST:
            hint = "rescale y and the predictions alike"
            raise UsageError(name, part, f"numbers of at most {_MOST:g} in size", hint, f"{largest:.4g}")
    return y.astype(np.float64), tuple(part.astype(np.float64) for part in predictions.values())


def _labels(
    y: NDArray[Any], predictions: Mapping[str, NDArray[Any]], *, two: bool
) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    if not _whole(y):
        raise UsageError("y", y, "class labels", "use 'mae', 'rmse' or 'r2' for regression", "fractions")
    for name, part in predictions.items():
        if part.ndim != 1:
            hint = "pass labels: probability.argmax(axis=1), say"
            raise UsageError(name, part, "one label a row", hint, f"shape {part.shape}")
        if (part.dtype.kind == "U") != (y.dtype.kind == "U"):
            kinds = ["texts" if one.dtype.kind == "U" else "numbers" for one in (y, part)]
            raise UsageError(name, part, f"labels as in y ({kinds[0]})", "use the same labels in both", kinds[1])
        if not _whole(part):
            hint = "pass labels: (probability > 0.5).astype(int), say"
            raise UsageError(name, part, "labels as in y (whole numbers)", hint, "fractions")
    split = np.split(_coded(np.concatenate([y, *predictions.values()]))[1], 1 + len(predictions))
    if not two:
        return split[0], tuple(split[1:])
    positive = _positive(y)
    for name, part in predictions.items():
        foreign = np.setdiff1d(_coded(part)[0], [*_coded(y)[0], positive, *([0] if positive == 1 else [])])
        if foreign.size:
            raise UsageError(name, part, "the labels of y", "use the same labels in both", f"{foreign[0]!r} too")
    return y == positive, tuple(part == positive for part in predictions.values())


def _coded(part: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the distinct values, ascending, and the place of each entry among them: whole numbers are not sorted."""
    if part.dtype.kind in "bi" and part.size:
        low, high = int(part.min()), int(part.max())
        if high - low <= 4 * part.size + 1000:
            shifted = part.astype(np.int64) - low
            there = np.bincount(shifted) > 0
            return (np.flatnonzero(there) + low).astype(part.dtype), (np.cumsum(there) - 1)[shifted]
    values, codes = np.unique(part, return_inverse=True)
    return values, codes.astype(np.int64).reshape(-1)


def _joined(codes: list[tuple[NDArray[Any], NDArray[np.int64]]]) -> NDArray[np.uint16]:
    """Join few values of several columns into one number that numpy sorts by its digits."""
    joined = np.zeros(len(codes[0][1]), dtype=np.int64)
    for values, code in codes:
        joined = joined * values.size + code
    return joined.astype(np.uint16)


def _whole(part: NDArray[Any]) -> bool:
    return part.dtype.kind != "f" or bool(np.all(part == np.floor(part)))


def _positive(y: NDArray[Any]) -> Any:
    """Return the label that counts as positive: the greater of two."""
    classes = _coded(y)[0]
    zero_one = y.dtype.kind != "U" and bool(np.isin(classes, [0, 1]).all())
    if classes.size > 2 or (classes.size < 2 and not zero_one):
        hint = "use 'balanced_accuracy' or 'log_loss', a _macro average, 'roc_auc_ovr', or pass a callable"
        raise UsageError("y", y, "two classes", hint, f"{classes.size} class{'es' if classes.size > 1 else ''}")
    return True if y.dtype.kind == "b" else 1 if zero_one else classes[1]


def _two_classes(y: NDArray[Any]) -> NDArray[np.bool_]:
    positive = np.asarray(y == _positive(y))
    if min(positive.sum(), (~positive).sum()) < 2:
        got = f"{positive.sum()} positive and {(~positive).sum()} negative"
        raise UsageError("y", y, "at least two rows of each of two classes", "give more rows", got)
    return positive


def _score(name: str, part: NDArray[Any]) -> NDArray[np.float64]:
    if part.ndim == 2 and part.shape[1] == 2 and part.dtype.kind != "U":
        part = part[:, 1]
    if part.ndim != 1 or part.dtype.kind == "U":
        got = "texts" if part.dtype.kind == "U" else f"shape {part.shape}"
        raise UsageError(name, part, "one score a row, greater for the positive class", "pass predict_proba[:, 1]", got)
    return part.astype(np.float64)


def _indicators(
    y: NDArray[Any], predictions: Mapping[str, NDArray[Any]], *, truths: bool
) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    """Read tables with a column a label: of truth values, or of scores beside true targets."""
    for name, part in {"y": y, **predictions}.items():
        if part.shape != y.shape:
            raise UsageError(name, part, f"shape {y.shape}, as y has", "give a column a label", f"shape {part.shape}")
        if part.dtype.kind == "U" or ((truths or name == "y") and not np.isin(part, (0, 1)).all()):
            hint = "pass labels: (probability > 0.5).astype(int), say"
            raise UsageError(name, part, "truth values, 0 or 1, in a column a label", hint, "other values")
    kind = np.bool_ if truths else np.float64
    return y.astype(np.bool_), tuple(part.astype(kind) for part in predictions.values())


def _codes(name: str, part: NDArray[Any]) -> NDArray[np.int64]:
    """Return numbers of the groups that labels make, whatever they are called."""
    if part.ndim != 1 or not _whole(part):
        got = "fractions" if part.ndim == 1 else f"shape {part.shape}"
        raise UsageError(name, part, "one label a row", "pass the number of each row's cluster", got)
    return _coded(part)[1]


def _tables(
    y: NDArray[Any], predictions: Mapping[str, NDArray[Any]], read: Callable[[str, NDArray[Any]], NDArray[np.float64]]
) -> tuple[NDArray[Any], tuple[NDArray[Any], ...]]:
    tables = {name: read(name, part) for name, part in predictions.items()}
    widths = {table.shape[1] for table in tables.values()}
    if len(widths) > 1:
        name, table = list(tables.items())[-1]
        wanted = f"{next(iter(tables.values())).shape[1]} classes, as new has"
        raise UsageError(name, table, wanted, "compare models of the same classes", f"{table.shape[1]} classes")
    return _class_numbers(y, widths.pop()), tuple(tables.values())


def _scores(name: str, part: NDArray[Any]) -> NDArray[np.float64]:
    """Return scores with a column a class."""
    if part.ndim != 2 or part.dtype.kind == "U":
        got = "texts" if part.dtype.kind == "U" else f"shape {part.shape}"
        raise UsageError(name, part, "a score for each class", "pass predict_proba or decision_function", got)
    return part.astype(np.float64)


def _table(name: str, part: NDArray[Any]) -> NDArray[np.float64]:
    """Return probabilities with a column a class."""
    if part.dtype.kind == "U" or part.min() < 0 or part.max() > 1:
        got = "texts" if part.dtype.kind == "U" else f"values from {part.min():.4g} to {part.max():.4g}"
        raise UsageError(name, part, "probabilities in [0, 1]", "pass predict_proba, not labels or scores", got)
    table = part.astype(np.float64)
    if table.ndim == 1:
        return np.stack([1 - table, table], axis=1)
    off = float(np.abs(table.sum(axis=1) - 1).max())
    if off > _ROUNDING:
        raise UsageError(name, part, "rows that sum to 1", "pass every class's probability", f"a sum off by {off:.4g}")
    return table


def _class_numbers(y: NDArray[Any], classes: int) -> NDArray[np.int64]:
    """Return the number of each target's class as predict_proba orders its columns: sorted."""
    known = _coded(y)[0]
    if classes == 2:
        return np.asarray(y == _positive(y), dtype=np.int64)
    if y.dtype.kind != "U" and _whole(y) and known.min() >= 0 and known.max() < classes:
        return y.astype(np.int64)
    if known.size != classes:
        hint = "give probabilities a column for each class of y, in sorted order"
        raise UsageError("y", y, f"{classes} classes, as new has columns", hint, f"{known.size} classes")
    return np.searchsorted(known, y).astype(np.int64)
