"""Whether probabilities are what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount, more_rows
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.paired import paired
from mlqa.report.bars import share_bars
from mlqa.stats.calibration import cumulative_p_values, recalibration, spiegelhalter
from mlqa.stats.systematic import Systematic, of_chances
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["calibrated"]

_CHECK = "performance.calibrated"
_GROSS = 0.5
_BARS = 8
_TURNING = 2.0
_TOP = "the likeliest class"
_LEAST_SPREAD = 30.0  # below it the limit that Kuiper's p-value comes from is not reached
_WORST = 5

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Part:
    """One claim of the probabilities: of a class, or of the class they call the likeliest."""

    name: str
    chance: Numbers
    happened: NDArray[np.bool_]
    found: Systematic
    p_value: float


def calibrated(
    probability: Any,
    y: Any,
    *,
    margin: float | None = None,
    min_effect: float = 0.05,
    alpha: float | None = None,
) -> Verdict:
    """Probabilities are what they say: of rows given 30 %, 30 % are positive.

    Without a margin it FAILs when a systematic error larger than `min_effect`
    is shown. With one it FAILs when an error beyond the margin is shown, PASSes
    when one is ruled out, and is UNDECIDED between the two.

    Parameters
    ----------
    probability : sequence, Series or array, shape (n,) or (n, classes)
        Of the positive class, or of each class in sorted order.
    y : sequence, Series or array, shape (n,)
        Classes of the same rows; of two the greater is positive.
    margin : float in [0, 1], optional
        Largest systematic error that is accepted.
    min_effect : float in [0, 1]
        Without a margin: errors of one sign (too high, too low) up to it are no
        alarm, nor those that turn (too extreme, too timid) up to twice as much:
        forests, boosted trees and nearest neighbours are so on clean data. With
        0 the classical tests are asked too: Spiegelhalter's and Kuiper's.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the largest mean error over eight cuts, counted
        with one sign above the cut and the other below; of more than two
        classes over each class and the likeliest one (top label). Its lower
        end is a lower bound of the expected calibration error.

    Raises
    ------
    UsageError
        If these are no probabilities, or do not fit `y`.

    Notes
    -----
    There is no gate on the usual binned error (ECE): on 200 rows a perfect
    model shows 0.09. Here the mean of ``sign * (happened - probability)`` has no
    such bias, and its tail is exact to a per cent; Holm over the parts. The
    slope and intercept in the reason are Cox's.

    References
    ----------
    .. [1] Spiegelhalter, D. J. (1986), Statistics in Medicine 5, 421-433.
    .. [2] Arrieta-Ibarra, I. et al. (2022), Metrics of calibration for
       probabilistic predictions, Journal of Machine Learning Research 23 (351).
    .. [3] Cox, D. R. (1958), Biometrika 45, 562-565.
    .. [4] Kumar, A., Liang, P., Ma, T. (2019), Verified uncertainty
       calibration, NeurIPS.

    Examples
    --------
    >>> said = np.tile([0.2, 0.8], 1000)
    >>> seen = np.arange(2000) // 2 % 10 < np.tile([2, 8], 1000)
    >>> calibrated(said, seen).outcome, calibrated(said**2, seen).outcome
    (<Outcome.PASS: 'pass'>, <Outcome.FAIL: 'fail'>)
    """
    alpha = level_of(alpha)
    least = amount("min_effect", min_effect, most=1.0) if margin is None else amount("margin", margin, most=1.0)
    target = rows_of("y", y)
    rows = paired("probabilities", target, {"probability": rows_of("probability", probability, len(target))}, None)
    names = [str(name) for name in np.unique(target)]
    classical = margin is None and least == 0
    parts = _parts(
        rows.y,
        rows.predictions[0],
        names,
        least=least,
        turning=_TURNING if margin is None else 1.0,
        alpha=alpha,
        classical=classical,
    )
    worst = min(parts, key=lambda part: (part.p_value, -part.found.estimate))
    p_value = min(1.0, worst.p_value * len(parts))
    ruled_out = margin is not None and max(part.found.high for part in parts) <= least
    outcome = _outcome(p_value <= alpha, ruled_out, margin, worst.found, alpha)
    return _verdict(parts, worst, outcome, p_value=p_value, margin=margin, least=least, alpha=alpha)


def _parts(
    y: NDArray[np.int64],
    table: Numbers,
    names: list[str],
    *,
    least: float,
    turning: float,
    alpha: float,
    classical: bool,
) -> list[_Part]:
    """Split the table into yes-or-no claims."""
    width = table.shape[1]
    if width == 2:
        claims = [("", table[:, 1], y == 1)]
    else:
        top = table.argmax(axis=1)
        claims = [(_TOP, table.max(axis=1), top == y)]
        labels = names if len(names) == width else [str(k) for k in range(width)]
        claims += [(f"class {labels[k]}", table[:, k], y == k) for k in range(width)]
    found = []
    for name, chance, happened in claims:
        one_sign = least * turning if name == _TOP else least
        measured = of_chances(chance, happened, margin=one_sign, turning=least * turning, alpha=alpha / len(claims))
        p_values = [measured.p_value, *(_classical(chance, happened) if classical else [])]
        found.append(_Part(name, chance, happened, measured, min(1.0, min(p_values) * len(p_values))))
    return found


def _classical(chance: Numbers, happened: NDArray[np.bool_]) -> list[float]:
    kuiper = cumulative_p_values(chance, happened)[1] if np.sum(chance * (1 - chance)) > _LEAST_SPREAD else 1.0
    return [spiegelhalter(chance, happened)[1], kuiper]


def _outcome(shown: bool, ruled_out: bool, margin: float | None, found: Systematic, alpha: float) -> Outcome:
    if shown:
        return Outcome.FAIL
    if margin is not None:
        return Outcome.PASS if ruled_out else Outcome.UNDECIDED
    return Outcome.UNDECIDED if found.detectable > _GROSS else Outcome.PASS


def _verdict(
    parts: list[_Part],
    worst: _Part,
    outcome: Outcome,
    *,
    p_value: float,
    margin: float | None,
    least: float,
    alpha: float,
) -> Verdict:
    found, n = worst.found, worst.chance.size
    needed = None
    if outcome is Outcome.UNDECIDED:
        wanted = least if margin is not None else _GROSS
        needed = more_rows(n, found.low, found.high, found.estimate, wanted) if margin is not None else None
        needed = needed or max(1, round(n * ((found.detectable / _GROSS) ** 2 - 1)))
    evidence = Evidence(
        estimate=found.estimate,
        low=min(found.low, found.estimate),
        high=found.high,
        level=1 - 2 * alpha,
        p_value=p_value,
        limit=found.limit,
        n=n,
        method="signed calibration error, saddlepoint tail",
        detectable=found.detectable,
        rows_needed=needed,
        worst=_worst(parts) if outcome is Outcome.FAIL else (),
        plot=_plot(worst),
    )
    within = f" by more than {number(least)}" if least else ""
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=f"probabilities are not off{within}",
        reason=_reason(worst, outcome, evidence, alpha, margin is not None),
        evidence=evidence,
        remedy=_remedy(outcome, worst),
        alpha=alpha,
    )


def _reason(worst: _Part, outcome: Outcome, evidence: Evidence, alpha: float, by_margin: bool) -> str:
    found = worst.found
    intercept, slope, _ = recalibration(worst.chance, worst.happened)
    of = f" of {worst.name}" if worst.name else ""
    if outcome is Outcome.FAIL:
        sides = [f"{number(abs(found.above))} too {'high' if found.above < 0 else 'low'}"]
        if found.cut is not None:
            at = number(found.cut)
            low = f"{number(abs(found.below))} too {'high' if found.below < 0 else 'low'}"
            sides = [f"{sides[0]} above {at}", f"{low} up to it"]
        cox = f"recalibrated they have slope {slope:.2f} and intercept {intercept:.2f}, not 1 and 0"
        return f"probabilities{of} are {found.words}: on average {' and '.join(sides)}; {cox}"
    if by_margin:
        inside = "wholly within" if outcome is Outcome.PASS else "astride"
        return f"the interval of the error is {inside} the margin {number(evidence.limit)}"
    if outcome is Outcome.UNDECIDED:
        return f"not even a gross error would show at alpha {number(alpha)} on {evidence.n} rows"
    beyond = f" beyond {number(evidence.limit)}" if evidence.limit else ""
    return f"no error{beyond} is shown: p = {number(evidence.p_value)} is above alpha {number(alpha)}"


def _remedy(outcome: Outcome, worst: _Part) -> str:
    if outcome is Outcome.UNDECIDED:
        return "give more rows"
    if outcome is not Outcome.FAIL:
        return ""
    if worst.found.words in ("too high", "too low"):
        return "were the classes resampled or weighted in training? correct the probabilities for the true shares"
    return "recalibrate on rows the model has not seen: sklearn.calibration.CalibratedClassifierCV"


def _worst(parts: list[_Part]) -> tuple[dict[str, Any], ...]:
    order = sorted(parts, key=lambda part: (part.p_value, -part.found.estimate))[:_WORST]
    rows = []
    for part in order:
        about = {"of": part.name} if part.name else {}
        low, high = part.found.low, part.found.high
        error: dict[str, Any] = {"error": part.found.estimate, "low": low, "high": high, "they are": part.found.words}
        rows.append({**about, **error, "p_value": part.p_value})
    return tuple(rows)


def _plot(part: _Part) -> dict[str, Any]:
    """Said beside seen, in bins of equally many rows."""
    order = np.argsort(part.chance, kind="stable")
    bins = [rows for rows in np.array_split(order, _BARS) if rows.size]
    said = [float(part.chance[rows].mean()) for rows in bins]
    seen = [float(part.happened[rows].mean()) for rows in bins]
    labels = [f"{k + 1}: {share:.3g}" for k, share in enumerate(said)]
    return share_bars("mean probability (said = reference, seen = current)", labels, said, seen, y="share of positives")
