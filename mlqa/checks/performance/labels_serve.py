"""Labels are as good as the likeliest class would be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.not_worse import not_worse
from mlqa.errors import UsageError
from mlqa.verdict import Outcome, Verdict
from mlqa.wording import number

__all__ = ["labels_serve"]

_CHECK = "performance.labels_serve"
_REMEDY = "compare with what predict_proba says: is it >= instead of >, the right line, the right column?"


def labels_serve(
    prediction: Any, probability: Any, y: Any, *, margin: float = 0.005, alpha: float | None = None
) -> Verdict:
    """Labels are as good as the likeliest class would be: the line between them serves something.

    A line moved on purpose gains where it was moved for: more of the rarer
    class found, or more labels right. A line that is off by one, or a class
    that stands in another's place, loses both.

    Parameters
    ----------
    prediction : array, shape (n,)
        Labels.
    probability : array, shape (n, classes)
        In ascending order of the classes of `y`.
    y : sequence, Series or array, shape (n,)
        Has every class.
    margin : float of at least 0, unit: balanced accuracy
        Loss that is no alarm.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.

    Returns
    -------
    Verdict
        FAIL where the labels are shown to have a balanced accuracy lower by more
        than the margin, and their accuracy is no higher;
        ``evidence.estimate`` is the difference of balanced accuracy.

    Raises
    ------
    UsageError
        If the rows differ, or the columns are not those of the classes.

    Notes
    -----
    Delta method on the influence of every row, one-sided. A line that is moved
    for precision alone does lose both: leave the check out.

    Examples
    --------
    >>> y = np.tile([0, 0, 1], 400)
    >>> said = np.where(np.arange(1200) % 10 < 4, 0.55, y * 0.6 + 0.2)
    >>> labels = (said > 0.5).astype(int)
    >>> labels_serve(labels, np.column_stack([1 - said, said]), y).outcome
    <Outcome.PASS: 'pass'>
    """
    alpha = level_of(alpha)
    least = amount("margin", margin, most=1.0)
    target = rows_of("y", y)
    labels, said = rows_of("prediction", prediction, len(target)), rows_of("probability", probability, len(target))
    classes = np.unique(target)
    if said.ndim != 2 or said.shape[1] != len(classes):
        got = f"shape {said.shape}"
        raise UsageError("probability", probability, f"{len(classes)} columns, one a class of y", "pass them all", got)
    likeliest = classes[said.argmax(axis=1)]
    found = not_worse(labels, likeliest, target, metric="balanced_accuracy", margin=least, alpha=alpha)
    moved, gained = int((labels != likeliest).sum()), float(np.mean(labels == target) - np.mean(likeliest == target))
    lost = found.outcome is Outcome.FAIL and gained <= 0
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if lost else Outcome.PASS,
        claim="labels are as good as the likeliest class would be",
        reason=_reason(found, moved, gained, len(target)),
        evidence=replace(found.evidence, rows_needed=None),
        remedy=_REMEDY if lost else "",
        alpha=alpha,
    )


def _reason(found: Verdict, moved: int, gained: float, rows: int) -> str:
    if not moved:
        return f"{rows} labels, each the likeliest class"
    told = f"{moved} of {rows} labels are not the likeliest class"
    change = number(found.evidence.estimate)
    return f"{told}: balanced accuracy {change} and accuracy {number(gained)} against the likeliest"
