"""Whether predicted values are right on average."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mlqa.alpha import level_of
from mlqa.checks.performance.limits import amount, more_rows, where
from mlqa.checks.regression.arrays import rows_of
from mlqa.checks.regression.paired import paired
from mlqa.report.bars import share_bars
from mlqa.stats.systematic import Systematic, of_values
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["errors_unbiased"]

_CHECK = "performance.errors_unbiased"
_GROSS = 1.0
_TURNING = 2.0
_BARS = 8


def errors_unbiased(
    prediction: Any,
    y: Any,
    *,
    margin: float | None = None,
    min_effect: float = 0.1,
    alpha: float | None = None,
) -> Verdict:
    """Predicted values are right on average: not too high or low, too extreme or timid.

    Without a margin it FAILs when a systematic error larger than `min_effect`
    is shown. With one it FAILs when an error beyond the margin is shown, PASSes
    when one is ruled out, and is UNDECIDED between the two.

    Parameters
    ----------
    prediction, y : sequence, Series or array, shape (n,)
    margin : float of at least 0, in the unit of `y`, optional
        Largest systematic error that is accepted.
    min_effect : float of at least 0, unit: standard deviations of the errors
        Without a margin: an error of one sign up to it is no alarm, nor one
        that turns (too high for large values and too low for small ones, or the
        reverse) up to twice as much.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the largest mean error over eight cuts of the
        predictions, counted with one sign above the cut and the other below, in
        the unit of `y`.

    Raises
    ------
    UsageError
        If these are no numbers, or the rows differ.

    Notes
    -----
    Student's t with Hall's correction for skewed errors, Bonferroni over cuts
    and signs. A few huge errors widen the interval; see
    :func:`mlqa.no_huge_errors` for those.

    References
    ----------
    .. [1] Mincer, J., Zarnowitz, V. (1969), The evaluation of economic
       forecasts, in Economic forecasts and expectations, NBER.

    Examples
    --------
    >>> y = np.arange(1000.0) % 100
    >>> noise = np.tile([-2.0, 2.0, -1.0, 1.0], 250)
    >>> errors_unbiased(y + noise, y).outcome, errors_unbiased(y + noise + 1, y).reason
    (<Outcome.PASS: 'pass'>, 'predictions are too high: by 1 on average')
    """
    alpha = level_of(alpha)
    target = rows_of("y", y)
    rows = paired("values", target, {"prediction": rows_of("prediction", prediction, len(target))}, None)
    f, errors = rows.predictions[0], rows.y - rows.predictions[0]
    spread = float(errors.std())
    if margin is None:
        least = amount("min_effect", min_effect, hint="pass a share of the errors' standard deviation") * spread
        found = of_values(f, rows.y, margin=least, turning=least * _TURNING, alpha=alpha)
    else:
        least = amount("margin", margin, hint="pass the largest error you accept, in the unit of y")
        found = of_values(f, rows.y, margin=least, alpha=alpha)
    if found.estimate == 0 and spread == 0:
        outcome = Outcome.PASS
    elif found.p_value <= alpha:
        outcome = Outcome.FAIL
    elif margin is not None:
        outcome = Outcome.PASS if found.high <= least else Outcome.UNDECIDED
    else:
        outcome = Outcome.UNDECIDED if not found.detectable <= least + _GROSS * spread else Outcome.PASS
    return _answer(found, outcome, f, rows.y, margin is not None, alpha)


def _answer(found: Systematic, outcome: Outcome, f: Any, y: Any, by_margin: bool, alpha: float) -> Verdict:
    n, needed = y.size, None
    spread = float((y - f).std())
    if outcome is Outcome.UNDECIDED:
        needed = more_rows(n, found.low, found.high, found.estimate, found.limit) if by_margin else None
        reach = found.detectable - found.limit
        if not by_margin and math.isfinite(reach) and spread > 0:
            needed = max(1, math.ceil(n * ((reach / spread) ** 2 - 1)))
    finite = math.isfinite(found.high)
    evidence = Evidence(
        estimate=found.estimate,
        low=min(found.low, found.estimate) if finite else None,
        high=max(found.high, found.estimate) if finite else None,
        level=1 - 2 * alpha if finite else None,
        p_value=found.p_value,
        limit=found.limit,
        n=n,
        method="signed mean error, Student's t",
        detectable=found.detectable if math.isfinite(found.detectable) else None,
        rows_needed=needed,
        worst=({"they are": found.words, "error": found.estimate, "in standard deviations": found.estimate / spread},)
        if outcome is Outcome.FAIL and spread > 0
        else (),
        plot=_plot(f, y),
    )
    remedy = (
        "was the target transformed, or the unit changed? correct the predictions, or train with this part of the data"
    )
    limit = number(found.limit)
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=f"predicted values are not off by more than {limit}" if found.limit else "predicted values are not off",
        reason=_reason(found, outcome, by_margin, alpha, n),
        evidence=evidence,
        remedy=remedy if outcome is Outcome.FAIL else "give more rows" if outcome is Outcome.UNDECIDED else "",
        alpha=alpha,
    )


def _reason(found: Systematic, outcome: Outcome, by_margin: bool, alpha: float, n: int) -> str:
    if outcome is Outcome.FAIL and found.cut is None:
        return f"predictions are {found.words}: by {number(found.estimate)} on average"
    if outcome is Outcome.FAIL:
        sides = [
            f"{number(abs(part))} too {'high' if part < 0 else 'low'} {side} {number(found.cut)}"
            for part, side in ((found.above, "above"), (found.below, "up to"))
        ]
        return f"predictions are {found.words}: on average {' and '.join(sides)}"
    if by_margin:
        return f"the interval of the error is {where(outcome)} the margin {number(found.limit)}"
    if outcome is Outcome.UNDECIDED:
        return f"not even an error of one standard deviation would show at alpha {number(alpha)} on {n} rows"
    beyond = f" beyond {number(found.limit)}" if found.limit else ""
    return f"no error{beyond} is shown: p = {number(found.p_value)} is above alpha {number(alpha)}"


def _plot(f: Any, y: Any) -> dict[str, Any]:
    """Mean prediction beside mean target, in bins of equally many rows."""
    bins = [part for part in np.array_split(np.argsort(f, kind="stable"), _BARS) if part.size]
    said = [float(f[part].mean()) for part in bins]
    labels = [f"{k + 1}: {value:.3g}" for k, value in enumerate(said)]
    title = "mean prediction (reference) and target (current)"
    return share_bars(title, labels, said, [float(y[part].mean()) for part in bins], y="mean")
