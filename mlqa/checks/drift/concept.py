"""The label given the features: tests that the same rule holds in both tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.drift.encoded import Encoded
from mlqa.checks.drift.relations import FEWEST, crossed, predict
from mlqa.checks.drift.surprise import Surprise, chances_of, surprise
from mlqa.stats.subset_sums import subset_sum_test

__all__ = ["Concept", "concept"]

# Of the level: models of both tables; either half of the reference; rivals of either half of both tables.
_POOLED, _REFERENCE, _RIVALS = 0.4, 0.1, 0.2
_CLIPPED = (0.01, 0.99)
_FREEDOM = 2.0

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """What was found of one label.

    Attributes
    ----------
    p_value : float in [0, 1]
        Corrected over the tests.
    test : str
        The one that says most.
    pooled : Surprise
        By models of both tables.
    told : Surprise
        By the model of the reference that says most, else `pooled`.
    """

    p_value: float
    test: str
    pooled: Surprise
    told: Surprise


def concept(encoded: Encoded, label: int) -> Concept:
    """Ask whether the label follows from the features as in the reference.

    Notes
    -----
    Models of both tables see labels that contradict the rule; models of half
    of the reference, tried on the rest, a rule that is gone; and a model of
    half of current against one of half of the reference, on the other halves,
    a rule that was replaced by another, anywhere [1]_.

    References
    ----------
    .. [1] Kuebler, J. M., Stimper, V., Buchholz, S., Muandet, K.,
       Schoelkopf, B. (2022), AutoML two-sample test, NeurIPS.
    """
    every = np.arange(encoded.current.size)
    pooled = surprise(encoded, label, crossed(encoded, [label])[0], every, flipped=True)
    tests = [(pooled.current / _POOLED, "models of both tables")]
    told = []
    for half in (0, 1):
        before, after = (side & (encoded.halves == half) for side in (~encoded.current, encoded.current))
        if before.sum() < FEWEST:
            continue
        old = predict(encoded, [label], before, np.ones_like(before))[0]
        rest = np.flatnonzero(~before)
        told.append(surprise(encoded, label, old[rest], rest, flipped=True))
        tests.append((told[-1].current / _REFERENCE, "models of the reference"))
        if after.sum() >= FEWEST:
            new = predict(encoded, [label], after, np.ones_like(after))[0]
            tests.append((_rivals(encoded, label, old, new, half) / _RIVALS, "a model of each table"))
    least, test = min(tests)
    best = min(told, key=lambda found: found.current, default=pooled)
    return Concept(p_value=min(1.0, least), test=test, pooled=pooled, told=best)


def _rivals(encoded: Encoded, label: int, old: Numbers, new: Numbers, half: int) -> float:
    """Test, on rows neither model has seen, whether the model of current explains current better."""
    rows = encoded.halves != half
    current = encoded.current[rows]
    if not 0 < current.sum() < current.size:
        return 1.0
    target = encoded.targets[rows, encoded.parts[label]]
    if encoded.numeric[label]:
        errors = np.abs(target[:, 0] - old[rows, 0]), np.abs(target[:, 0] - new[rows, 0])
        spread = float(np.median(errors)) + 1e-9
        before, after = (np.log1p((error / spread) ** 2 / _FREEDOM) for error in errors)
    else:
        codes, every = target.argmax(axis=1), np.arange(target.shape[0])
        before, after = (-np.log(chances_of(side[rows])[every, codes]) for side in (old, new))
    scores = before - after
    return subset_sum_test(np.clip(scores, *np.quantile(scores, _CLIPPED)), current)
