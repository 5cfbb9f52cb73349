"""The question whether predictions are as often right as they were, everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from mlqa.alpha import level_of
from mlqa.checks.drift.asked import both_profiles, columns_asked
from mlqa.checks.drift.encoded import usable
from mlqa.checks.drift.losses import Losses, losses
from mlqa.checks.drift.slices import Slice, slices
from mlqa.report.bars import share_bars
from mlqa.stats.power import share_detectable
from mlqa.stats.rates import rise_p_value
from mlqa.stats.seeds import seed_of
from mlqa.stats.subset_sums import subset_sum_test
from mlqa.subjects.profile import Profile
from mlqa.subjects.table import known_names
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["predictions_hold"]

_CHECK = "drift.predictions_hold"
_CLAIM = "predictions are as close to the labels as in the reference, in every part of the rows"
_METHOD = "one-sided permutation test of the errors, all rows (half of alpha) and slices by one column (Holm)"
_FEWEST = 60  # labelled rows of either table
_ALL = 0.5  # of the level, for all rows together
_LEVELS = 50
_WORST = 8

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What was found in one part of the rows."""

    slice: Slice
    p_value: float
    was: float
    now: float


def predictions_hold(
    reference: Any,
    current: Any,
    *,
    target: str,
    predictions: Sequence[str],
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether a model's predictions are as close to the labels as in the reference, in every part of the rows.

    FAIL where they are worse in all rows, or in a part: a category, a quarter
    of the range of a number. SKIPPED where a table has no labels, or the
    outputs cannot be held against them; UNDECIDED where few rows have both.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    target : str
        The label: classes, or a number.
    predictions : list of str
        The column of predicted classes or values, or of the probability of the
        second of two classes; or the columns of the probabilities of all
        classes, in their order.
    columns : list of str, optional
        To cut slices by; by default all that both tables have.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all rows and slices.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the mean error of current less that of the
        reference, where that surprises most: the share of wrong classes, the
        absolute error, or one less the probability of the true class;
        ``columns`` names the predictions and what the worst slice is cut by.

    Raises
    ------
    UsageError
        If a table cannot be read, or lacks a column.

    Notes
    -----
    Null hypothesis: rows, with what the model said of them, are exchangeable.
    Of classes Fisher's exact test in each slice; else a permutation test of
    exponential scores [1]_ of the errors, whose tail is a saddlepoint
    approximation. At most 10,000 rows of each table.

    References
    ----------
    .. [1] Savage, I. R. (1956), Contributions to the theory of rank order
       statistics: the two-sample case, Annals of Mathematical Statistics 27,
       590-615.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> rng = np.random.default_rng(0)
    >>> right = rng.random((2, 800)) < [[0.9], [0.6]]
    >>> tables = [pl.DataFrame({"x": range(800), "y": "yes", "said": np.where(ok, "yes", "no")}) for ok in right]
    >>> predictions_hold(*tables, target="y", predictions=["said"]).outcome
    <Outcome.FAIL: 'fail'>
    >>> predictions_hold(tables[0], tables[0], target="y", predictions=["said"]).outcome
    <Outcome.PASS: 'pass'>
    """
    alpha, _ = level_of(alpha), seed_of(seed)
    before, after = both_profiles(reference, current)
    known_names([target, *predictions], list(dict.fromkeys([*before.columns, *after.columns])), name="predictions")
    names = columns_asked(before, after, columns)
    rows = _rows(before, after, target, list(predictions), names)
    if isinstance(rows, str):
        return _skipped(alpha, rows)
    frame, current_rows, found = rows
    sides = int((~current_rows).sum()), int(current_rows.sum())
    if min(sides) < _FEWEST:
        return _too_few(sides, alpha)
    cut = [name for name in names if name in frame.columns and name not in {target, *predictions}]
    parts = [Slice(column="", what="all rows", rows=np.ones(frame.height, dtype=bool)), *slices(frame, cut)]
    tested = [_tested(part, found, current_rows) for part in parts]
    return _judged(tested, found, tuple(predictions), sides, alpha)


def _skipped(alpha: float, reason: str) -> Verdict:
    remedy = "save it with rows=True or pass the table" if "holds no rows" in reason else ""
    return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=_CLAIM, reason=reason, remedy=remedy, alpha=alpha)


def _too_few(sides: tuple[int, int], alpha: float) -> Verdict:
    return Verdict(
        check=_CHECK,
        outcome=Outcome.UNDECIDED,
        claim=_CLAIM,
        reason=f"{sides[0]} and {sides[1]} rows with a label and a prediction are too few to tell",
        evidence=Evidence(n=sum(sides), method=_METHOD, rows_needed=sum(max(0, _FEWEST - side) for side in sides)),
        alpha=alpha,
    )


def _rows(
    before: Profile, after: Profile, target: str, predictions: list[str], names: Sequence[str]
) -> tuple[pl.DataFrame, NDArray[np.bool_], Losses] | str:
    """Return the rows of both tables that have a loss, which are current, and the losses; or why there are none."""
    if before.sample is None or after.sample is None:
        return "the profile holds no rows"
    needed = [target, *predictions]
    usual = usable(before, after, list(dict.fromkeys([*names, *needed])), times=True)
    lacking = [name for name in needed if name not in usual]
    if lacking:
        return f"{lacking[0]!r} is not of one kind, numbers or categories, in both tables"
    frame = pl.concat([before.sample.select(usual), after.sample.select(usual)], how="vertical_relaxed")
    found = losses(frame.get_column(target), [frame.get_column(name) for name in predictions])
    if isinstance(found, str):
        return found
    known = np.isfinite(found.values)
    current = np.arange(frame.height) >= before.sample.height
    kept = Losses(values=found.values[known], wrong=found.wrong)
    return frame.filter(pl.Series(known)), current[known], kept


def _tested(part: Slice, found: Losses, current: NDArray[np.bool_]) -> _Part:
    """Test whether errors are larger in current, in one part."""
    values, now = found.values[part.rows], current[part.rows]
    n, m = int((~now).sum()), int(now.sum())
    if min(n, m) == 0:
        return _Part(slice=part, p_value=1.0, was=0.0, now=0.0)
    if found.wrong:
        p_value = float(rise_p_value([int(values[~now].sum())], n, [int(values[now].sum())], m)[0])
    else:
        p_value = subset_sum_test(_scores(values), now)
    return _Part(slice=part, p_value=p_value, was=float(values[~now].mean()), now=float(values[now].mean()))


def _scores(values: Numbers) -> Numbers:
    """Return exponential scores of the ranks, on a few levels: large errors count most."""
    places = np.ceil(_LEVELS * (rankdata(values) - 0.5) / values.size) - 0.5
    scores: Numbers = -np.log1p(-places / _LEVELS)
    return scores


def _corrected(parts: list[_Part]) -> list[float]:
    """Correct p-values: all rows have half of the level, the slices share the other."""
    others = max(1, len(parts) - 1)
    return [min(1.0, parts[0].p_value / _ALL)] + [min(1.0, part.p_value * others / (1.0 - _ALL)) for part in parts[1:]]


def _judged(
    parts: list[_Part], found: Losses, predictions: tuple[str, ...], sides: tuple[int, int], alpha: float
) -> Verdict:
    """Say where predictions got worse."""
    corrected = _corrected(parts)
    order = sorted(range(len(parts)), key=lambda at: (corrected[at], at))
    top, failed = parts[order[0]], corrected[order[0]] <= alpha
    guilty = [at for at in order if corrected[at] <= alpha][:_WORST]
    seen = share_detectable(*sides, alpha * _ALL) if found.wrong else None
    what = "share of wrong predictions" if found.wrong else "mean error"
    said = f"the {what} in {{}} is {number(top.now)}, in the reference {number(top.was)}"
    where = f"the rows where {top.slice.what}" if top.slice.column else "all rows"
    cut_by = [top.slice.column] if failed and top.slice.column else []
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        claim=_CLAIM,
        reason=said.format(where) if failed else f"no larger error is shown, in all rows or in {len(parts) - 1} slices",
        evidence=Evidence(
            estimate=top.now - top.was,
            p_value=corrected[order[0]],
            unit=what,
            n=sum(sides),
            method=_METHOD,
            detectable=seen,
            worst=tuple(
                {"rows": parts[at].slice.what, "reference": parts[at].was, "current": parts[at].now} for at in guilty
            ),
            plot=_bars([parts[at] for at in guilty]) if failed and found.wrong else None,
        ),
        columns=(*predictions[:1], *cut_by) if failed else (),
        remedy=f"look at {where}: at their labels, at what the model gets of them, at its version" if failed else "",
        alpha=alpha,
    )


def _bars(parts: list[_Part]) -> dict[str, Any]:
    """Draw the share of wrong predictions in the worst parts."""
    labels = [part.slice.what for part in parts]
    was, now = ([round(getattr(part, side), 6) for part in parts] for side in ("was", "now"))
    return share_bars("part of the rows", labels, was, now, y="share of wrong predictions")
