"""Labels and probabilities of a classifier tell the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.verdict import Evidence, Outcome, Verdict

__all__ = ["probabilities_agree"]

_CHECK = "conformance.probabilities_agree"
_REMEDY = "derive labels from the probabilities: classes_[probabilities.argmax(axis=1)], classes in sorted order"
_MOST = 10
_CLOSE = 1e-4


def probabilities_agree(
    prediction: Any, probability: Any, *, classes: Sequence[Any] | None = None, at_most: float = 0.05
) -> Verdict:
    """Each label is that of the largest probability; of two classes, that of one line which the probability crosses.

    Of two classes any fixed line will do: a classifier may say yes from 0.3 on.

    Parameters
    ----------
    prediction : array, shape (n,)
        Labels.
    probability : array, shape (n,) or (n, classes)
        Of the second class, or of every class in the order of `classes`.
    classes : sequence, optional
        By default the labels there are, in ascending order.
    at_most : float, unit: share of rows, in [0, 1)
        Rows that may disagree; of two classes, as a share of the rarer. Some
        classifiers fit probabilities apart from labels (Platt's for support
        vectors) and disagree a little.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of rows that disagree, those within
        1e-4 of a tie left out; ``evidence.worst`` the first ten of them. SKIPPED
        where the labels are all one and `classes` are not given.

    Raises
    ------
    UsageError
        If lengths or classes do not fit.

    Examples
    --------
    >>> probabilities_agree(["no", "yes"], [0.2, 0.4]).outcome
    <Outcome.PASS: 'pass'>
    >>> print(probabilities_agree(["no", "yes"], [0.8, 0.1]).reason)
    1 of 2 labels are not what the probabilities say: row 0 is 'no' at 0.2 for it
    """
    labels, said = np.asarray(prediction), np.asarray(probability)
    if labels.ndim != 1 or said.ndim not in (1, 2) or len(said) != len(labels) or not labels.size:
        wanted = "labels of shape (n,), and as many rows of probabilities"
        got = f"shapes {labels.shape} and {said.shape}"
        raise UsageError("probability", probability, wanted, "pass both of the same rows", got)
    if said.dtype.kind not in "biuf":
        raise UsageError("probability", probability, "numbers", "pass what predict_proba returned", f"{said.dtype}")
    said = np.column_stack([1.0 - said, said]) if said.ndim == 1 else said.astype(np.float64)
    known = np.asarray(list(classes)) if classes is not None else np.unique(labels)
    if len(known) != said.shape[1]:
        if classes is not None:
            raise UsageError("classes", classes, f"{said.shape[1]} classes", "one for each column", f"{len(known)}")
        reason = f"{len(known)} different labels beside {said.shape[1]} columns: pass classes= to tell which is which"
        return _verdict(Outcome.SKIPPED, reason, labels, said)
    wrong, own = _wrong(labels, said, known)
    rarer = min((labels == one).sum() for one in known) if len(known) == 2 else len(labels)
    share = wrong.size / max(int(rarer), 1)
    told = f"{wrong.size} of {len(labels)} labels are not what the probabilities say"
    if not wrong.size:
        return _verdict(Outcome.PASS, f"{len(labels)} labels, each what the probabilities say", labels, said, at_most)
    first = int(wrong[0])
    reason = f"{told}: row {first} is {labels[first].item()!r} at {own[first]:.4g} for it"
    outcome = Outcome.FAIL if share > at_most else Outcome.PASS
    worst = tuple(
        {"row": int(row), "label": labels[row].item(), "its probability": float(own[row])} for row in wrong[:_MOST]
    )
    return _verdict(outcome, reason, labels, said, at_most, share, worst)


def _wrong(
    labels: NDArray[Any], said: NDArray[np.float64], known: NDArray[Any]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the rows that disagree, and the probability of the label that each row has."""
    hits = labels[:, None] == known[None, :]
    own = np.where(hits, said, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        behind = ~(own >= said.max(axis=1) - _CLOSE)
    if len(known) == 2:
        behind &= _beyond_a_line(said[:, 1], hits[:, 1])
    return np.flatnonzero(behind | ~hits.any(axis=1)), own


def _beyond_a_line(share: NDArray[np.float64], second: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark rows on the wrong side of the line that leaves the fewest there."""
    order = np.argsort(share, kind="stable")
    ordered, yes = share[order], second[order]
    # of a line before the i-th row: the yes below it and the no from it on
    wrong = np.concatenate([[0], np.cumsum(yes)]) + (~yes).sum() - np.concatenate([[0], np.cumsum(~yes)])
    at = int(np.argmin(wrong))
    line = ordered[at] if at < len(ordered) else np.inf
    return np.where(second, share < line - _CLOSE, share > line + _CLOSE)


def _verdict(
    outcome: Outcome,
    reason: str,
    labels: NDArray[Any],
    said: NDArray[np.float64],
    at_most: float | None = None,
    share: float = 0.0,
    worst: tuple[dict[str, Any], ...] = (),
) -> Verdict:
    lines = "the largest probability" if said.shape[1] != 2 else "one line that the probability crosses"
    unit = "of rows" if said.shape[1] != 2 else "of the rarer label's rows"
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=f"labels are those of {lines}",
        reason=reason,
        evidence=Evidence(
            estimate=None if at_most is None else share, limit=at_most, unit=unit, n=len(labels), worst=worst
        ),
        remedy=_REMEDY if outcome is Outcome.FAIL else "",
    )
