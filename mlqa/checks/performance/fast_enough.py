"""How long predictions take, beside an operation measured in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount, where, within
from mlqa.subjects.block import as_block, height
from mlqa.subjects.predictor import model_name, predict
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["fast_enough"]

_CHECK = "performance.fast_enough"
_MOST, _LEAST = 41, 5
_SECONDS = 2.0
_SHORTEST = 1e-3  # a reference shorter than this would measure the clock


def fast_enough(model: Any, X: Any, *, at_most: float | None = None, alpha: float | None = None) -> Verdict:
    """Predictions take at most so many times as long as sorting as many numbers.

    Seconds differ from machine to machine and from day to day; a ratio to an
    operation measured in the same run hardly does. Without a limit the ratio is
    measured and reported, and the check PASSes. With one it FAILs when the
    ratio is shown to be higher, and is UNDECIDED where its interval holds the
    limit.

    Parameters
    ----------
    model : callable or object
        Called 6 to 42 times on `X`, for about two seconds in all.
    X : table or array, shape (n, d)
        As many rows as one call will have: one for a single request.
    at_most : float above 0, optional
        Largest ratio that is accepted. Measure it once and double it.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, and of a false PASS.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the median ratio. The only verdict that depends
        on more than its arguments: on the machine, a little.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises.

    Notes
    -----
    Model and reference take turns. The reference sorts ``n * d`` numbers, as
    often as it takes to last a millisecond. Interval: order statistics of the
    ratios, exact for the median where turns are independent; where turns are
    too few for `alpha`, the range.

    Examples
    --------
    >>> verdict = fast_enough(lambda X: X[:, 0] > 0, np.ones((100, 5)))
    >>> verdict.outcome, verdict.evidence.unit
    (<Outcome.PASS: 'pass'>, 'sorts of as many numbers')
    """
    alpha = level_of(alpha)
    line = None if at_most is None else amount("at_most", at_most, least=1e-9, hint="pass a ratio, 50 say")
    block = as_block(X)
    rows, cells = height(block), height(block) * block.shape[1]
    ratios, seconds = _turns(lambda: predict(model, block), _reference(cells))
    estimate = float(np.median(ratios))
    low, high, known = _interval(ratios, alpha)
    outcome = Outcome.PASS if line is None else within(low, high, line)
    if line is not None and not known:
        outcome = Outcome.UNDECIDED
    evidence = Evidence(
        estimate=estimate,
        low=low,
        high=high,
        level=1 - 2 * alpha if known else None,
        p_value=None if line is None else float(stats.binom.sf(int(np.sum(ratios > line)) - 1, ratios.size, 0.5)),
        limit=line,
        unit="sorts of as many numbers",
        n=ratios.size,
        method="median of ratios in turn, order statistics",
    )
    beside = f"{number(rows)} rows take as long as {number(estimate)} sorts of {cells} numbers"
    told = f"{beside}, {number(1e3 * seconds / rows)} ms a row here"
    claim = f"{model_name(model)} answers in reasonable time"
    if line is not None:
        claim = f"predictions take at most {number(line)} sorts of as many numbers"
        told = f"{told}; the interval is {where(outcome)} the limit"
    remedy = {Outcome.FAIL: "make the model smaller, or ask it about more rows at once"}
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=claim,
        reason=told,
        evidence=evidence,
        remedy=remedy.get(outcome, "measure on a quieter machine" if outcome is Outcome.UNDECIDED else ""),
        alpha=alpha,
    )


def _reference(cells: int) -> Callable[[], float]:
    """Return a function that gives the seconds of one sort of so many numbers."""
    numbers = np.random.Generator(np.random.PCG64(0)).random(max(cells, 1))
    start = time.perf_counter()
    np.sort(numbers)
    times = max(1, round(_SHORTEST / max(time.perf_counter() - start, 1e-7)))

    def once() -> float:
        begun = time.perf_counter()
        for _ in range(times):
            np.sort(numbers)
        return (time.perf_counter() - begun) / times

    return once


def _turns(ask: Callable[[], Any], reference: Callable[[], float]) -> tuple[NDArray[np.float64], float]:
    """Return the ratios of taking turns, the first left out, and the median seconds of the model."""
    ask()
    ratios: list[float] = []
    taken: list[float] = []
    begun = time.perf_counter()
    while len(ratios) < _LEAST or (len(ratios) < _MOST and time.perf_counter() - begun < _SECONDS):
        start = time.perf_counter()
        ask()
        taken.append(time.perf_counter() - start)
        ratios.append(taken[-1] / max(reference(), 1e-12))
    return np.array(ratios), float(np.median(taken))


def _interval(ratios: NDArray[np.float64], alpha: float) -> tuple[float, float, bool]:
    """Return both one-sided ends of the median, and whether the turns are enough for them."""
    ordered = np.sort(ratios)
    below = int(stats.binom.ppf(alpha, ratios.size, 0.5))
    if stats.binom.cdf(below, ratios.size, 0.5) > alpha:
        below -= 1
    if below < 0:
        return float(ordered[0]), float(ordered[-1]), False
    return float(ordered[below]), float(ordered[-1 - below]), True
