"""The question whether any single number holds a larger or smaller share of the rows than it did."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import answer
from mlqa.checks.drift.asked import both_profiles, share_of
from mlqa.checks.drift.moves import Column, Move, Sides
from mlqa.checks.drift.paired import Numbers, numbers_of, shown
from mlqa.checks.drift.question import LEVEL, Question, measured
from mlqa.stats.counts import attainable_p, fisher_test, newcomer_test
from mlqa.stats.power import newcomer_detectable
from mlqa.stats.rates import newcombe
from mlqa.stats.seeds import seed_of
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.verdict import Verdict

__all__ = ["point_masses_hold"]

_UNIT = "of rows at one value"
_NEWCOMERS = 0.5  # of the level, for values that the reference has not
_PEAK = 8.0
_BARS = 10
_MOVES = 10
_QUESTION = Question(
    check="drift.point_masses_hold",
    claim="no single number is more or less frequent than in the reference",
    fault="holds one value at another rate",
    nothing="no change of one value's share larger than {}",
    methods={"": "exact test per value, Holm over the columns; Newcombe interval"},
    smallest={"": newcomer_detectable},
    remedy="look at the rows of {} with that value: a code for missing, a stuck sensor, or filled in",
)

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


def point_masses_hold(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    min_effect: float = 0.01,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether a single number became more, or less, frequent: a code for missing, a stuck sensor, a filled hole.

    FAIL where a change of one value's share is shown at `alpha` and is larger
    than `min_effect`. UNDECIDED only where so few rows are there that not even
    half of them at one new value would show.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    columns : list of str, optional
        By default those that both tables have. Times are compared only if
        named here, as other times are usually no fault.
    min_effect : float in [0, 1), unit: share of rows
        Smallest change that matters. A value that lies apart from all of the
        reference's (-999, say) is news at any share, and exempt.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all columns together.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the change of the share of the value that
        changed most clearly; ``evidence.worst`` names it.

    Raises
    ------
    UsageError
        If a table, column or `min_effect` cannot be used.

    Notes
    -----
    Fisher's test for every value, Bonferroni over those that could have shown
    as much [1]_; and once more for values that the reference has not, where
    frequent ones cost nothing. Of a column with more than 4,096 distinct
    values, cells of neighbouring ones are tested where they hold many more
    rows than those beside them.

    References
    ----------
    .. [1] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.

    Examples
    --------
    >>> import polars as pl
    >>> reference = pl.DataFrame({"age": [20 + i % 60 for i in range(900)]})
    >>> verdict = point_masses_hold(reference, pl.DataFrame({"age": [20 + i % 60 for i in range(870)] + [-999] * 30}))
    >>> verdict.columns, verdict.evidence.worst[0]["what"]
    (('age',), 'share of -999')
    """
    level_of(alpha), seed_of(seed)
    limit = share_of("min_effect", min_effect, "0.01 leaves changes of one point in peace")
    before, after = both_profiles(reference, current)
    found = measured(before, after, columns, partial(_masses, times=columns is not None), alpha)
    return answer(_QUESTION, found, min_effect=limit)


def _masses(before: ColumnProfile, after: ColumnProfile, *, times: bool) -> Column | str:
    """Test the values of one column."""
    numbers = numbers_of(before, after, times=times)
    if isinstance(numbers, str):
        return numbers
    n, m = numbers.rows
    tested = _candidates(numbers)
    x, y = numbers.counted.x[tested], numbers.counted.y[tested]
    p_values = _p_values(x, y, n, m)
    order = np.lexsort((-np.abs(y / m - x / n), p_values))[:_MOVES]
    moves = tuple(_move(numbers, int(tested[at]), float(p_values[at])) for at in order)
    top = int(tested[order[0]])
    was, now = int(numbers.counted.x[top]), int(numbers.counted.y[top])
    low, high = (float(end[0]) for end in newcombe([was], n, [now], m, LEVEL))
    change = now / m - was / n
    low, high = (low, high) if change >= 0 else (-high, -low)
    return Column(
        name=numbers.name,
        unit=_UNIT,
        effect=abs(change),
        low=min(low, abs(change)),
        high=high,
        rows=(n, m),
        tests=2,
        moves=moves,
        sides=_bars(numbers, tested[order]),
    )


def _candidates(numbers: Numbers) -> NDArray[np.intp]:
    """Return the places of the values to test, found without a look at whose rows they are."""
    pooled = numbers.counted.x + numbers.counted.y
    often = pooled > 1
    if not numbers.exact:
        beside = np.convolve(pooled, [0.25, 0.25, 0.0, 0.25, 0.25], mode="same")
        often &= pooled > _PEAK * (beside + 1.0)
    return np.flatnonzero(often) if often.any() else np.array([int(pooled.argmax())])


def _p_values(x: Counts, y: Counts, n: int, m: int) -> Floats:
    """Return a p-value for each value, corrected over all of them."""
    shares = fisher_test(x, y, n, m)
    least = np.sort(attainable_p(x + y, n, m))
    able = np.maximum(1, np.searchsorted(least, shares, side="right"))
    newcomers = newcomer_test(x, y, n, m) / _NEWCOMERS
    return np.minimum(1.0, np.minimum(shares * able / (1.0 - _NEWCOMERS), newcomers))


def _move(numbers: Numbers, at: int, p_value: float) -> Move:
    """Return the move of one value."""
    n, m = numbers.rows
    was, now = int(numbers.counted.x[at]) / n, int(numbers.counted.y[at]) / m
    value = _written(numbers, at)
    apart = was == 0.0 and not numbers.before.low <= value <= numbers.before.high
    what = f"share of {shown(numbers.show(value))}"
    return Move(
        test="value", p_value=p_value, effect=None if apart else abs(now - was), what=what, reference=was, current=now
    )


def _written(numbers: Numbers, at: int) -> float:
    """Return the value of a cell; of a cell that holds more than one, the shortest decimal number."""
    value = float(numbers.counted.values[at])
    if numbers.exact or not np.isfinite(value):
        return value
    width = abs(value) * 2.0 ** (max(numbers.before.shift, numbers.after.shift) - 53) + 1e-300
    short = (round(value, places) for places in range(12))
    return next((decimal for decimal in short if abs(decimal - value) <= width), value)


def _bars(numbers: Numbers, at: NDArray[np.intp]) -> Sides:
    """Return the shares of the values that changed most, and of all others."""
    at = at[:_BARS]
    n, m = numbers.rows
    x, y = numbers.counted.x[at] / n, numbers.counted.y[at] / m
    labels = [shown(numbers.show(_written(numbers, int(place)))) for place in at]
    sides = [(*side.round(6).tolist(), round(max(0.0, 1.0 - float(side.sum())), 6)) for side in (x, y)]
    return Sides(labels=(*labels, "all others"), reference=sides[0], current=sides[1])
