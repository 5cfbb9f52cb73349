"""What a metric needs of its rows beyond their kind; asked before anything is computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.paired import Paired
from mlqa.errors import UsageError

__all__ = ["MOST_CLASSES", "check_needs", "lacks_a_library"]

MOST_CLASSES = 1000
_TOP = re.compile(r"more than (\d+) classes")


def lacks_a_library(metric: Metric) -> bool:
    """Say whether the metric needs scikit-learn, and it is not here."""
    return metric.needs == "scikit-learn" and find_spec("sklearn") is None


def check_needs(metric: Metric, rows: Paired, names: tuple[str, ...]) -> Paired:
    """Return the rows if the metric is defined on them.

    Parameters
    ----------
    metric : Metric
    rows : Paired
    names : tuple of str
        What the caller calls the predictions, in their order.

    Raises
    ------
    UsageError
        Naming the argument, and what it lacks.
    """
    top = _TOP.fullmatch(metric.needs)
    if top and rows.predictions[0].shape[1] <= int(top[1]):
        got = f"{rows.predictions[0].shape[1]} classes"
        raise UsageError(names[0], rows.predictions[0], metric.needs, "use 'accuracy' or a smaller k", got)
    ask = _ASK.get(metric.needs)
    if ask is not None:
        ask(metric, rows, names)
    return rows


def _variation(metric: Metric, rows: Paired, names: tuple[str, ...]) -> None:
    if np.ptp(rows.y) < 1e-70:  # the square of its square would be nothing
        raise UsageError("y", rows.y, "values that vary", "use 'mae' or 'rmse'", "a constant")


def _above(least: float, *, target: float | None = None, strictly: bool = True) -> Callable[..., None]:
    """Ask for predictions above `least`, and targets above `target` (the same, if it is not given)."""
    bound = least if target is None else target

    def ask(metric: Metric, rows: Paired, names: tuple[str, ...]) -> None:
        for name, part in zip(names, rows.predictions, strict=True):
            if part.min() <= least:
                hint = f"{metric.name} is not defined there; use 'mae', say"
                raise UsageError(name, part, f"predictions above {least:g}", hint, f"{part.min():.4g}")
        if rows.y.min() < bound or (strictly and rows.y.min() <= bound):
            wanted = f"targets {'above' if strictly else 'of at least'} {bound:g}"
            raise UsageError("y", rows.y, wanted, f"{metric.name} is not defined there", f"{rows.y.min():.4g}")

    return ask


def _every_class(metric: Metric, rows: Paired, names: tuple[str, ...]) -> None:
    classes = rows.predictions[0].shape[1]
    counts = np.bincount(rows.y, minlength=classes)
    if classes > MOST_CLASSES:
        hint = "use 'log_loss' or 'top_k_accuracy'"
        raise UsageError(names[0], rows.predictions[0], f"at most {MOST_CLASSES} classes", hint, f"{classes}")
    if counts.min() < 2:
        got = f"{counts.min()} rows of class number {int(np.argmin(counts))}"
        hint = "leave rare classes out of y and of the columns, or use 'log_loss'"
        raise UsageError("y", rows.y, "at least two rows of each class", hint, got)


def _two_classes(metric: Metric, rows: Paired, names: tuple[str, ...]) -> None:
    if np.all(rows.y == rows.y[0]):
        raise UsageError("y", rows.y, "at least two classes", "use 'log_loss' or 'brier'", "one class")


def _every_label(metric: Metric, rows: Paired, names: tuple[str, ...]) -> None:
    least = np.minimum(rows.y.sum(axis=0), (~rows.y).sum(axis=0))
    if least.min() < 2:
        got = f"{least.min()} rows of one kind in column {int(np.argmin(least))}"
        raise UsageError("y", rows.y, "at least two rows with and without each label", "leave rare labels out", got)


_ASK: dict[str, Callable[[Metric, Paired, tuple[str, ...]], None]] = {
    "variation": _variation,
    "above -1": _above(-1.0),
    "counts": _above(0.0, strictly=False),
    "positive": _above(0.0),
    "every class": _every_class,
    "two classes": _two_classes,
    "every label": _every_label,
}
