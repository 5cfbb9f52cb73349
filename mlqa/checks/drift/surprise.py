"""How surprising each row's value is, given the rest of its row, in the current table and in the reference."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from mlqa.checks.drift.encoded import Encoded
from mlqa.stats.mixture import likelihood_ratio, mixture_scores
from mlqa.stats.power import POWER
from mlqa.stats.subset_sums import subset_sum_test

__all__ = ["Surprise", "chances_of", "detectable", "surprise"]

_SHIFTS = (0.17, 0.37, 0.61, 0.83)  # of all rows, by which values are moved to break them
_FEWEST = 40
_CELL_ROWS = 60
_MOST_CELLS = 10
_FLOOR = 0.004  # of a probability
_FREEDOM = 2.0  # of the t distribution of residuals: heavy tails cost no power
_SHRINK = 0.25

Numbers = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surprise:
    """What one set of predictions says of one column.

    Attributes
    ----------
    current, reference : float in [0, 1]
        p-values: that values of the current rows fit the rest of their rows no
        worse than those of the reference, and the other way round.
    share : float
        Share of current rows that look broken, less that of the reference.
    error : float
        Standard error of `share`, under exchangeability.
    """

    current: float
    reference: float
    share: float
    error: float


def surprise(encoded: Encoded, column: int, predicted: Numbers, rows: Rows, *, flipped: bool = False) -> Surprise:
    """Compare how well a column fits the rest of the row in both tables.

    Parameters
    ----------
    encoded : Encoded
    column : int
    predicted : array, shape (rows, k)
        Of the column's targets, by models that know no table from the other.
    rows : array of int
        Rows that were predicted.
    flipped : bool
        Whether a broken row is one with the other of two classes, or one with
        the value of another row.

    Notes
    -----
    A value's loss is its negative log-likelihood given the others, net of that
    without them. What losses broken rows would have is learnt by breaking all
    rows: it knows no table either. The test statistic is the likelihood ratio
    of "some rows are broken", its tail that of the permutation distribution.
    """
    known = encoded.known[rows, column]
    chosen = rows[known]
    current = encoded.current[chosen]
    nothing = Surprise(current=1.0, reference=1.0, share=0.0, error=math.inf)
    if chosen.size < _FEWEST or not 0 < current.sum() < chosen.size:
        return nothing
    target = encoded.targets[chosen, encoded.parts[column]]
    losses = _of_numbers if encoded.numeric[column] else _of_classes
    sound, broken = losses(target, predicted[known], flipped)
    ratio, of_broken = likelihood_ratio(sound, broken)
    scores = mixture_scores(ratio)
    share, error = _share(ratio, of_broken, current)
    return Surprise(
        current=subset_sum_test(scores, current),
        reference=subset_sum_test(-scores, current),
        share=share,
        error=error,
    )


def detectable(found: Surprise, level: float) -> float:
    """Return the smallest share of broken rows seen with 80 % power by a test at `level`; above 1 if none."""
    return found.error * float(ndtri(POWER) - ndtri(level))


def _share(ratio: Numbers, of_broken: Numbers, current: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the excess of broken rows in current, and its standard error, by the mean of a bounded score."""
    weight, all_broken = ratio / (1.0 + ratio), float(np.mean(of_broken / (1.0 + of_broken)))
    means = float(weight[current].mean()), float(weight[~current].mean())
    apart = all_broken - float(weight.mean())  # what can be seen must not depend on who holds a row
    rows = 1.0 / current.sum() + 1.0 / (~current).sum()
    if apart <= 0.0:
        return 0.0, math.inf
    share = (means[0] - means[1]) / (all_broken - min(means))
    return share, float(weight.std()) * math.sqrt(rows) / apart


def _rolled(size: int) -> list[int]:
    return [max(1, int(size * share)) for share in _SHIFTS]


def _of_numbers(target: Numbers, predicted: Numbers, _flipped: bool) -> tuple[Numbers, Numbers]:
    """Return the losses of normal scores as they are, and of those of other rows."""
    scores, middle = target[:, 0], predicted[:, 0]
    spread = _spread(np.abs(scores - middle), middle)

    def loss(values: Numbers) -> Numbers:
        residual = (values - middle) / spread
        fit = (_FREEDOM + 1.0) / 2.0 * np.log1p(residual**2 / _FREEDOM)
        net: Numbers = fit + np.log(spread) - values**2 / 2.0
        return net

    return loss(scores), np.concatenate([loss(np.roll(scores, by)) for by in _rolled(scores.size)])


def _spread(errors: Numbers, predicted: Numbers) -> Numbers:
    """Return the median error among rows of about the same prediction, drawn toward that of all."""
    order = np.argsort(predicted, kind="stable")
    cells = min(_MOST_CELLS, max(1, errors.size // _CELL_ROWS))
    overall = float(np.median(errors))
    spread = np.empty(errors.size)
    for part in np.array_split(order, cells):
        spread[part] = np.median(errors[part]) + _SHRINK * overall + 1e-9
    return spread


def chances_of(predicted: Numbers) -> Numbers:
    """Return the predictions of 0/1 targets as probabilities above 0 that add up to 1."""
    chances = np.clip(predicted, 0.0, None) + _FLOOR
    whole: Numbers = chances / chances.sum(axis=1, keepdims=True)
    return whole


def _of_classes(target: Numbers, predicted: Numbers, flipped: bool) -> tuple[Numbers, Numbers]:
    """Return the log losses of classes as they are, and of those of other rows or of the other class."""
    used = target.any(axis=0)
    target, chances = target[:, used], chances_of(predicted[:, used])
    codes, every = target.argmax(axis=1), np.arange(target.shape[0])
    if flipped and target.shape[1] == 2:
        losses = -np.log(chances)
        return losses[every, codes], losses[every, 1 - codes]
    losses = np.log(np.maximum(target.mean(axis=0), _FLOOR)) - np.log(chances)
    return losses[every, codes], np.concatenate([losses[every, np.roll(codes, by)] for by in _rolled(codes.size)])
