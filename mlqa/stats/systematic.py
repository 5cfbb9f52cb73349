"""Systematic error: predictions that are off to one side, above a cut or below it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from mlqa.stats.event_sums import events_p_value
from mlqa.stats.power import POWER
from mlqa.stats.studentized import Studentized

__all__ = ["CUTS", "Systematic", "lifted", "of_chances", "of_values", "student_mean"]

CUTS = 8
_TRIED = 3
_SURE = 3.0

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Systematic:
    """The largest systematic error of one set of predictions.

    Attributes
    ----------
    estimate : float of at least 0
        Mean error, counted with one sign above `cut` and the other below.
    low, high : float
        Simultaneous one-sided ends over all cuts and both signs; `low` is at
        least 0.
    p_value : float in [0, 1]
        Of "no systematic error is larger than the margin", over all of them.
    cut : float or None
        None where the error has one sign everywhere.
    above, below : float
        Mean of target minus prediction on either side; 0 where there is none.
    detectable : float
        Smallest error of one sign, the margin's part included, seen with 80 %
        power.
    limit : float
        The error that is accepted, of this kind.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    cut: float | None
    above: float
    below: float
    detectable: float
    limit: float

    @property
    def words(self) -> str:
        """What is wrong with the predictions: too high, too low, too extreme or too timid."""
        if self.cut is None or self.above * self.below >= 0:
            return "too high" if self.above + self.below < 0 else "too low"
        return "too extreme" if self.above < 0 else "too timid"


def of_chances(
    chance: ArrayLike,
    happened: ArrayLike,
    *,
    margin: float = 0.0,
    turning: float | None = None,
    alpha: float = 0.05,
) -> Systematic:
    """Test whether events happen as often as their chances say, on either side of any cut.

    Parameters
    ----------
    chance : array, shape (n,), in [0, 1]
    happened : bool array, shape (n,)
    margin : float of at least 0
        Mean error that is accepted.
    turning : float of at least 0, optional
        The same for errors that turn at a cut; by default `margin`.
    alpha : float in (0, 0.5)
        Of the simultaneous interval.

    Notes
    -----
    Whatever the signs, the mean of ``sign(chance) * (happened - chance)`` is at
    most the expected calibration error E|P(happened | chance) - chance|, so its
    lower end is a lower bound of that error, without the upward bias of bins
    [1]_. Cuts are at the eighths of the chances: cumulative differences [2]_ at
    eight places. With signs put in, the sum counts events again, so that the
    tail is exact to a per cent (saddlepoint), Bonferroni over cuts and signs.

    References
    ----------
    .. [1] Kumar, A., Liang, P., Ma, T. (2019), Verified uncertainty
       calibration, NeurIPS.
    .. [2] Arrieta-Ibarra, I. et al. (2022), Metrics of calibration for
       probabilistic predictions, Journal of Machine Learning Research 23 (351).

    Examples
    --------
    >>> p = np.tile([0.1, 0.9], 500)
    >>> found = of_chances(p, np.tile([0, 1, 0, 1, 0, 1, 0, 0, 1, 1], 100))
    >>> round(found.estimate, 2), found.words, found.p_value < 1e-6
    (0.1, 'too extreme', True)
    """
    p, seen = np.asarray(chance, dtype=np.float64), np.asarray(happened, dtype=bool)

    def tail(signs: Numbers, accepted: float) -> float:
        event = np.where(signs > 0, seen, ~seen)
        return events_p_value(event, lifted(np.where(signs > 0, p, 1 - p), accepted))

    # under the margin's null the spread is that of the chances, not of what happened to be seen
    return _largest(p, seen - p, np.sqrt(p * (1 - p)), (margin, margin if turning is None else turning), alpha, tail)


def of_values(
    prediction: ArrayLike,
    target: ArrayLike,
    *,
    margin: float = 0.0,
    turning: float | None = None,
    alpha: float = 0.05,
) -> Systematic:
    """Test whether predicted values are right on average, on either side of any cut.

    Parameters
    ----------
    prediction, target : array, shape (n,)
    margin, turning : float of at least 0, in the unit of the target
        As of :func:`of_chances`.
    alpha : float in (0, 0.5)

    Notes
    -----
    Student's t with Hall's correction where the errors are plainly skewed,
    Bonferroni over cuts and signs; a few huge errors widen the interval and
    prove nothing.

    Examples
    --------
    >>> found = of_values(np.arange(100.0), np.arange(100.0) + np.tile([1.0, 2.0], 50))
    >>> found.estimate, found.cut, found.words
    (1.5, None, 'too low')
    """
    f, y = np.asarray(prediction, dtype=np.float64), np.asarray(target, dtype=np.float64)
    error = y - f
    accepted = (margin, margin if turning is None else turning)
    return _largest(f, error, None, accepted, alpha, lambda signs, most: student_mean(signs * error).p_above(most))


def lifted(chance: ArrayLike, margin: float) -> Numbers:
    """Return chances that are higher by `margin` on average, none above 1.

    Examples
    --------
    >>> lifted([0.2, 0.95], 0.1).round(3).tolist()
    [0.35, 1.0]
    """
    p = np.asarray(chance, dtype=np.float64)
    wanted = float(p.mean()) + margin
    if margin <= 0:
        return p
    if wanted >= 1:
        return np.ones_like(p)
    low, high = margin, 1.0
    if float(np.minimum(p + margin, 1.0).mean()) >= wanted - 1e-12:
        return np.minimum(p + margin, 1.0)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if np.minimum(p + middle, 1.0).mean() < wanted else (low, middle)
    return np.minimum(p + high, 1.0)


def _largest(
    at: Numbers,
    error: Numbers,
    spread: Numbers | None,
    accepted: tuple[float, float],
    alpha: float,
    tail: Callable[[Numbers, float], float],
) -> Systematic:
    """Look at every cut with both signs; test those that stand out most."""
    cuts = _cuts(at)
    tests = 2 * (1 + len(cuts))
    # in order of the predictions every sum above a cut is a difference of two running sums
    sides = [np.ones(at.size), *(np.where(at > cut, 1.0, -1.0) for cut in cuts)]
    most = np.array([accepted[0], *[accepted[1]] * len(cuts)])
    means = np.array([float(np.mean(side * error)) for side in sides])
    errors = np.array([_error_of(side * error, spread) for side in sides])
    scores = np.where(errors > 0, (np.abs(means) - most) / np.where(errors > 0, errors, 1.0), 0.0)
    order = np.argsort(-scores, kind="stable")[:_TRIED]
    p_values = [
        tail(np.copysign(1.0, means[i]) * sides[i], float(most[i])) if abs(means[i]) > most[i] else 1.0 for i in order
    ]
    shown = min(p_values) < 1.0
    best = int(order[int(np.argmin(p_values))]) if shown else int(np.argmax(np.abs(means)))
    change = student_mean(np.copysign(1.0, means[best]) * sides[best] * error)
    low, high = change.interval(alpha / tests)
    above = at > cuts[best - 1] if best else np.ones(at.size, dtype=bool)
    reach = float(stats.norm.isf(alpha / tests) + stats.norm.ppf(POWER)) * float(errors[0])
    return Systematic(
        estimate=abs(float(means[best])),
        low=max(low, 0.0),
        high=max(high, float(np.max(np.abs(means) + stats.norm.isf(alpha / tests) * errors))),
        p_value=min(1.0, min(p_values) * tests),
        cut=float(cuts[best - 1]) if best else None,
        above=float(error[above].mean()),
        below=float(error[~above].mean()) if best else 0.0,
        detectable=accepted[0] + reach,
        limit=float(most[best]),
    )


def _cuts(at: Numbers) -> list[float]:
    """Eighths of the predictions, where rows lie on both sides."""
    places = np.unique(np.quantile(at, np.arange(1, CUTS) / CUTS, method="inverted_cdf"))
    return [float(place) for place in places if place < at.max()]


def _error_of(signed: Numbers, spread: Numbers | None) -> float:
    own = float(signed.std(ddof=1)) if signed.size > 1 else 0.0
    expected = 0.0 if spread is None else float(np.sqrt(np.mean(spread**2)))
    return max(own, expected) / float(np.sqrt(signed.size))


def student_mean(signed: Numbers) -> Studentized:
    """Return the mean of errors with its tails; skewness counts where it is plainly there.

    Parameters
    ----------
    signed : array, shape (n,)

    Examples
    --------
    >>> found = student_mean(np.tile([0.9, 1.1], 50))
    >>> round(found.estimate, 3), found.df
    (1.0, 99.0)
    """
    n, mean = signed.size, float(signed.mean())
    centred = signed - mean
    deviation = float(np.sqrt(np.mean(centred**2)))
    skew = float(np.mean((centred / deviation) ** 3)) if deviation > 0 else 0.0
    kept = skew / n**0.5 if abs(skew) > _SURE * (6 / n) ** 0.5 else 0.0
    return Studentized(mean, deviation / max(n - 1, 1) ** 0.5, max(n - 1.0, 1.0), 0.5**n, kept)
