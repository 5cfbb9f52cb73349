"""The question whether as few labels contradict their features as before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.drift.boosted import REMEDY, available, predict_boosted, ranked
from mlqa.checks.drift.encoded import FOLDS
from mlqa.checks.drift.fits import LEVEL, bounded, interval
from mlqa.checks.drift.labelled import FEW_ROWS, Labelled, labelled, too_few
from mlqa.checks.drift.relations import crossed
from mlqa.checks.drift.surprise import Surprise, chances_of, detectable, surprise
from mlqa.checks.skipped import skipped
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["label_noise_holds"]

_CHECK = "drift.label_noise_holds"
_CLAIM = "labels contradict their features in current no more often than in the reference, nor less"
_METHOD = "boosted trees and ridge of the label, cross-fitted over both tables, likelihood-ratio permutation test"
_UNIT = "of current rows"


def label_noise_holds(
    reference: Any,
    current: Any,
    *,
    target: str,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether labels contradict their features as rarely in both tables.

    Looks both ways: wrong labels that came in with current, and wrong labels
    in the reference (the training data), which a model learns. SKIPPED where a
    table has no labels or scikit-learn is not installed, UNDECIDED where few
    rows have one.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    target : str
        The label: classes, or a number.
    columns : list of str, optional
        Features; by default all that both tables have but times.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int of at least 0
        Of the choice of rows, where a table has more than 2,000.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows whose label looks
        wrong, less that of the reference: below 0 where the reference is the
        worse; ``columns`` names the target.

    Raises
    ------
    UsageError
        If a table cannot be read, or no table has the target or a column.

    Notes
    -----
    Null hypothesis: rows are exchangeable. The models are the same whoever
    holds a row, so the permutation test is exact but for the saddlepoint
    approximation of its tail. A broken row, to which each loss is compared,
    has the other of two classes, or the label of another row.

    Examples
    --------
    >>> import numpy as np, polars as pl
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=1200)
    >>> table = pl.DataFrame({"x": x, "z": rng.normal(size=1200), "y": x + 0.3 * rng.normal(size=1200) > 0})
    >>> label_noise_holds(table[:600], table[600:], target="y").outcome
    <Outcome.PASS: 'pass'>
    >>> noisy = table[:600].with_columns(y=pl.col("y") ^ pl.Series(rng.random(600) < 0.2))
    >>> label_noise_holds(noisy, table[600:], target="y").remedy
    "check the reference labels 'y' that a model contradicts most"
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    rows = labelled(_CHECK, reference, current, target, columns, seed)
    if isinstance(rows, str):
        return skipped(_CHECK, _CLAIM, rows, alpha=alpha)
    if not available():
        return skipped(_CHECK, _CLAIM, "scikit-learn is not installed", alpha=alpha, remedy=REMEDY)
    if min(rows.sides) < FEW_ROWS:
        return too_few(_CHECK, _CLAIM, _METHOD, rows, alpha)
    every = np.arange(rows.rows.current.size)
    found = surprise(rows.rows, rows.label, _predicted(rows), every, flipped=True)
    return _judged(rows, found, target, alpha, seed)


def _predicted(rows: Labelled) -> NDArray[np.float64]:
    """Return the mean of two models' predictions, each row by models that have not seen it."""
    encoded, label = rows.rows, rows.label
    linear = crossed(encoded, [label])[0]
    target = encoded.targets[:, encoded.parts[label]]
    features = ranked(np.delete(encoded.values, label, axis=1))
    boosted = linear.copy()
    for fold in range(FOLDS):
        inside = encoded.folds == fold
        if inside.any() and not inside.all():
            boosted[inside] = predict_boosted(features, target, ~inside, inside, numeric=encoded.numeric[label])
    mean: NDArray[np.float64] = (
        (linear + boosted) / 2.0 if encoded.numeric[label] else (chances_of(linear) + chances_of(boosted)) / 2.0
    )
    return mean


def _judged(rows: Labelled, found: Surprise, target: str, alpha: float, seed: int) -> Verdict:
    """Say in which table labels contradict the features, and how many."""
    p_value = min(1.0, 2.0 * min(found.current, found.reference))
    failed = p_value <= alpha
    low, high = interval(found)
    worse, other = ("current", "the reference") if found.current < found.reference else ("reference", "current")
    share = number(round(100 * min(1.0, abs(found.share))))
    seen = detectable(found, alpha / 2.0)
    reason = (
        f"about {share} % of the {worse} labels {target!r} contradict the features, beyond what {other} has"
        if failed
        else f"labels {target!r} contradict the features about as often in both tables"
        if seen <= 1.0
        else f"no difference is shown; the features tell too little of {target!r} for one to be seen surely"
    )
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        claim=_CLAIM,
        reason=reason,
        evidence=Evidence(
            estimate=bounded(found.share),
            low=low,
            high=high,
            level=LEVEL,
            p_value=p_value,
            unit=_UNIT,
            n=sum(rows.sides),
            method=_METHOD,
            seed=seed,
            detectable=seen if seen <= 1.0 else None,
            worst=({"column": target, "share": bounded(found.share), "worse in": worse},) if failed else (),
        ),
        columns=(target,) if failed else (),
        remedy=f"check the {worse} labels {target!r} that a model contradicts most" if failed else "",
        alpha=alpha,
    )
