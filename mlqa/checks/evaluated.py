"""A model and a table with its labels, asked once: what all checks of performance share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.faulty_outputs import fault_of_labels, fault_of_values
from mlqa.checks.regression.arrays import rows_of
from mlqa.errors import SubjectError, UsageError
from mlqa.stats.seeds import seed_of
from mlqa.subjects.block import height
from mlqa.subjects.models.adapted import adapted
from mlqa.subjects.predictor import has_probabilities, model_name, predict, probabilities, typed
from mlqa.subjects.task import Task, classes_of, task_of

__all__ = ["Evaluated", "evaluate", "evaluated"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Evaluated:
    """What a model says of a table, beside what is true.

    Attributes
    ----------
    model : callable or object
        As it was given; an adapter where its kind needs one.
    X : table or array, shape (n, d)
    y : array, shape (n,)
        Numbers, truth values or texts.
    task : {'binary', 'classes', 'values'}
    classes : tuple
        In ascending order; empty where the task is values.
    prediction : array, shape (n,)
        Labels of `classes`, or values.
    probability : array, shape (n, classes), or None
        In the order of `classes`.
    score : array, shape (n,), or None
        Larger where the second of two classes is likelier: its probability, the
        ``decision_function``, or the bare score that the model gives.
    seed : int
    fault : str
        Why no check of performance can be asked: what is wrong with the
        predictions, in one sentence; empty where nothing is.
    """

    model: Any
    X: Any
    y: NDArray[Any]
    task: Task
    classes: tuple[Any, ...]
    prediction: NDArray[Any]
    probability: NDArray[Any] | None = None
    score: NDArray[Any] | None = None
    seed: int = 0
    fault: str = ""

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.y)


def evaluate(model: Any, X: Any, y: Any, *, classes: Sequence[Any] | None = None, seed: int = 0) -> Evaluated:
    """Ask a model for its predictions of a table, once, and for its probabilities, once.

    Parameters
    ----------
    model : callable or object
        See :func:`mlqa.subjects.predictor.predict`.
    X : table or array, shape (n, d), or texts, shape (n,)
        Handed over in the kind it has.
    y : sequence, Series or array, shape (n,)
        What is true; none missing.
    classes : sequence, optional
        In the order of the columns of probabilities, where the model does not
        know them and `y` does not have them all.
    seed : int of at least 0
        Handed on to the checks.

    Raises
    ------
    UsageError
        If `y` has another number of rows, a missing value, or labels of
        another kind than the model gives.
    SubjectError
        If the model raises or returns another number of predictions.

    Notes
    -----
    A model with one method is taken at its word: rows of probabilities become
    the likeliest label; of two classes, numbers from 0 to 1 become the second
    where they are at least 0.5. Any other bare score has no limit of its own:
    as many rows are labelled the second class as `y` has.

    Examples
    --------
    >>> found = evaluate(lambda X: X[:, 0], np.array([[0.2], [0.9]]), ["no", "yes"])
    >>> found.task, found.prediction.tolist(), found.score.tolist()
    ('binary', ['no', 'yes'], [0.2, 0.9])
    """
    seed, truth = seed_of(seed), rows_of("y", y)
    if truth.ndim != 1 or len(truth) != height(X):
        wanted = f"{height(X)} rows, as X has"
        raise UsageError("y", y, wanted, "pass the labels of the same rows", f"shape {truth.shape}")
    able = adapted(model)
    said = predict(able, X)
    probability = probabilities(able, X) if has_probabilities(able) and hasattr(able, "predict") else None
    return evaluated(able, X, truth, said, probability, classes=classes, seed=seed)


def evaluated(
    model: Any,
    X: Any,
    y: NDArray[Any],
    said: NDArray[Any],
    probability: NDArray[Any] | None = None,
    *,
    classes: Sequence[Any] | None = None,
    seed: int = 0,
) -> Evaluated:
    """Make sense of predictions that a model gave.

    Parameters
    ----------
    model : callable or object
        Asked for its ``decision_function`` only, where it gives classes but no
        probabilities.
    X : table or array, shape (n, d)
    y : array, shape (n,)
    said : array, shape (n,) or (n, classes)
        What ``predict`` returned.
    probability : array, shape (n, classes), optional
        What ``predict_proba`` returned.
    classes, seed
        As :func:`evaluate` takes them.
    """
    said = typed(said)
    task = task_of(model, y, said)
    whole = Evaluated(model=model, X=X, y=y, task=task, classes=(), prediction=said, seed=seed)
    if task == "values":
        return replace(whole, fault=fault_of_values(model, said))
    rows, score = (said, None) if said.ndim == 2 else (probability, said if _bare(y, said, task) else None)
    told = None if said.ndim == 2 or score is not None else said
    known = _known(model, y, told, None if rows is None else rows.shape[1], classes)
    labels = said if told is not None else _likeliest(said, known, y)
    _refuse_other_labels(model, y, labels)
    order = np.argsort(known, kind="stable")
    if rows is None and score is not None and _shares(score):
        rows = np.column_stack([1 - score, score])
    elif rows is not None:
        rows = rows[:, order]
    if score is None and task == "binary":
        score = rows[:, -1] if rows is not None else _decision(model, X)
    return replace(
        whole,
        classes=tuple(known[order].tolist()),
        prediction=labels,
        probability=rows,
        score=score,
        fault=fault_of_labels(model, labels, rows, score),
    )


def _bare(y: NDArray[Any], said: NDArray[Any], task: Task) -> bool:
    """Tell whether numbers are scores, beside labels they never equal."""
    return task == "binary" and said.dtype.kind == "f" and not set(np.unique(said).tolist()) <= {0.0, 1.0, *y.tolist()}


def _known(
    model: Any, y: NDArray[Any], told: NDArray[Any] | None, count: int | None, classes: Sequence[Any] | None
) -> NDArray[Any]:
    """Return the classes in the order of the columns of probabilities."""
    if classes is not None:
        given = rows_of("classes", list(classes))
        if count is not None and len(given) != count:
            wanted = f"{count} classes, one for each column of probabilities"
            raise UsageError("classes", classes, wanted, "list them in the order of the columns", f"{len(given)}")
        return given
    if told is None and y.dtype.kind in "biuf" and set(np.unique(y).tolist()) <= {0, 1} and count in (None, 2):
        return np.array([0, 1])
    known: NDArray[Any] = classes_of(model, y, told, count)
    if told is None and len(known) < 2:
        raise UsageError("y", y, "labels of both classes", "pass classes=['no', 'yes'], say", "one class only")
    return known


def _likeliest(said: NDArray[Any], known: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """Return labels for rows of probabilities, or for scores of the second of two classes."""
    if said.ndim == 2:
        return np.asarray(known[np.argmax(np.nan_to_num(said, nan=-np.inf), axis=1)])
    if _shares(said):
        return np.asarray(known[(said >= 0.5).astype(int)])
    line = np.quantile(said, np.mean(y == known[0]), method="lower") if np.isfinite(said).all() else 0.0
    return np.asarray(known[(said > line).astype(int)])


def _shares(said: NDArray[Any]) -> bool:
    """Tell whether all numbers are from 0 to 1."""
    with np.errstate(invalid="ignore"):
        return bool(((said >= 0) & (said <= 1)).all())


def _decision(model: Any, X: Any) -> NDArray[Any] | None:
    """Return the decision function's score of the second class, where the model has one."""
    if not callable(getattr(model, "decision_function", None)):
        return None
    try:
        found = predict(model.decision_function, X)
    except SubjectError:
        return None
    return found if found.ndim == 1 and found.dtype.kind == "f" and np.isfinite(found).all() else None


def _refuse_other_labels(model: Any, y: NDArray[Any], labels: NDArray[Any]) -> None:
    """Raise where labels are texts on one side and numbers on the other: nothing could be right."""
    if labels.dtype.kind != "O" and (labels.dtype.kind == "U") != (y.dtype.kind == "U"):
        shown = ", ".join(repr(one) for one in np.unique(labels)[:3].tolist())
        wanted = f"labels as {model_name(model)} gives them: {shown}"
        raise UsageError("y", y, wanted, "spell the labels as the model does", f"{np.unique(y)[:3].tolist()!r}")
