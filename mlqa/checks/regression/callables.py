"""A metric of the user's own: its error by resampling, its tail by Student's t."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.regression.arrays import digest_of
from mlqa.checks.regression.metric import Metric
from mlqa.checks.regression.paired import Paired
from mlqa.errors import SubjectError, UsageError
from mlqa.stats.bootstrap import Resampled, resample
from mlqa.stats.counted import cells_of, resample_counts
from mlqa.stats.seeds import generator

__all__ = ["resampled"]

_DRAWS = 499
_MOST_CELLS = 256  # each is evaluated once; more of them cost more than rows do
_CHECK = "regression.not_worse"


def resampled(metric: Metric, rows: Paired, seed: int) -> Resampled:
    """Evaluate a callable on resampled rows, one value a prediction.

    Equal rows are drawn and evaluated together where the metric takes weights.

    Parameters
    ----------
    metric : Metric
        A wrapped callable.
    rows : Paired
    seed : int

    Raises
    ------
    SubjectError
        If it fails on more than a tenth of the resamples.
    """
    rows = rows.sorted()
    digest = "".join(digest_of(part) for part in (rows.y, *rows.predictions))
    chance = generator(_CHECK, digest, seed)
    try:
        by_counts = _by_counts(metric, rows)
        if by_counts is not None:
            return resample_counts(*by_counts, chance, draws=_DRAWS)

        def on(picked: NDArray[np.intp]) -> NDArray[np.float64]:
            return np.array([_quietly(metric, rows.y[picked], part[picked]) for part in rows.predictions])

        return resample(on, len(rows.y), chance, groups=rows.groups, draws=_DRAWS)
    except ArithmeticError as error:
        message = f"metric {metric.name!r} fails on more than a tenth of the resamples of these rows"
        raise SubjectError(f"{message}.\nHint: give more rows of each class, or a metric by name") from error


def _by_counts(metric: Metric, rows: Paired) -> tuple[Callable[..., NDArray[np.float64]], NDArray[np.int64]] | None:
    """Return the metrics as a function of counts of equal rows; None where that saves nothing or is not the same."""
    if metric.weighted is None or rows.groups is not None or any(part.ndim > 1 for part in (rows.y, *rows.predictions)):
        return None
    found = cells_of(rows.y, *rows.predictions, most=_MOST_CELLS)
    if found is None or 4 * found[1].size > rows.y.size:
        return None
    first, counts = found
    y, parts = rows.y[first], [part[first] for part in rows.predictions]

    def of(table: NDArray[np.float64]) -> NDArray[np.float64]:
        kept = [(row > 0, row[row > 0]) for row in table]
        return np.array([[_quietly(metric, y[some], part[some], rows) for part in parts] for some, rows in kept])

    plain = np.array([_quietly(metric, rows.y, part) for part in rows.predictions])
    same = np.allclose(of(counts[None, :].astype(np.float64))[0], plain, rtol=1e-9, atol=1e-12)
    return (of, counts) if same else None


def _quietly(metric: Metric, y: Any, prediction: Any, weight: Any = None) -> float:
    """Evaluate on resampled rows, where a class may be missing: not a number then."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if weight is not None and metric.weighted is not None:
                return metric.weighted(y, prediction, weight)
            return float(metric.parts(y, prediction)[0])
        except (SubjectError, UsageError):
            return float("nan")
