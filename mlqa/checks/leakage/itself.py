"""Which columns give the label away, and which only measure something like it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from mlqa.checks.leakage.predictive import Told
from mlqa.checks.leakage.rows import Labelled
from mlqa.stats.association import correlations, spearman_interval
from mlqa.stats.single_feature import Gain, gain_of, gain_together, share_explained
from mlqa.subjects.codes import cells_of, ranks_of, target_of

__all__ = ["leaks", "limit_for"]

# by which a column has to explain more than all the others together
_MARGIN = 0.1
# shares of variance; numbers are often close to each other by nature, a class is seldom told by one column
_CLASSES, _NUMBERS = 0.75, 0.9
_CLASSES_BOTH, _NUMBERS_BOTH = 0.9, 0.95
_SAME_CLASSES, _SAME_ORDER = 0.95, 0.99


def limit_for(alone: Labelled, compared: bool) -> float:
    """Return the share of the label that one column may explain.

    Parameters
    ----------
    alone : Labelled
    compared : bool
        Whether there is a reference.
    """
    if compared:  # so in the reference too, it may be a property of the data: only what practically is the label
        return _CLASSES_BOTH if alone.target.classes else _NUMBERS_BOTH
    return _CLASSES if alone.target.classes else _NUMBERS


def leaks(
    found: list[Told],
    gains: dict[str, Gain],
    alone: Labelled,
    target: str,
    *,
    limit: float,
    both_ways: bool,
    alpha: float,
) -> list[Told]:
    """Say of each column whether it gives the label away.

    Parameters
    ----------
    found, gains
        From `told`.
    alone : Labelled
        The current rows.
    target : str
    limit : float
        Share that a column has to explain to be asked at all.
    both_ways : bool
        Whether the label has to explain the column too: what tells the label
        and more besides (a cause of death, of dying) is left alone.
    alpha : float in (0, 0.5)
        Shared among the columns.
    """
    level = 1.0 - 2.0 * alpha / max(1, len(found))
    same = {one.name for one in found if _is_label(one, alone, target, level)}
    return [
        replace(one, too_much=True)
        if one.name in same
        else _ahead(one, gains, alone, level, both_ways=both_ways, target=target)
        if one.least > limit
        else one
        for one in found
    ]


def _is_label(one: Told, alone: Labelled, target: str, level: float) -> bool:
    """Say whether a column is the label under another name, or the same order of rows."""
    frame = alone.rows.frame
    if alone.target.classes:
        return one.least > _SAME_CLASSES and _explained_by_label(one.name, alone, target) > _SAME_CLASSES
    if one.estimate < 0.5 or frame.get_column(one.name).dtype == pl.String:
        return False
    ranks = np.column_stack([ranks_of(frame.get_column(name)) for name in (one.name, target)])
    value = float(correlations(ranks)[0, 1])
    return min(map(abs, spearman_interval(value, alone.size, level))) > _SAME_ORDER


def _explained_by_label(name: str, alone: Labelled, target: str) -> float:
    """Return the share of a column that the label explains: of its classes, its ranks or its values."""
    series, label = alone.rows.frame.get_column(name), alone.rows.frame.get_column(target)
    given = target_of(series)
    if given is None:
        return 0.0
    cells = cells_of(alone.rows.column(target), text=label.dtype == pl.String)
    shares = [share_explained(gain_of(cells, given.values, alone.rows.fold))[0]]
    if not given.classes:
        values = series.fill_null(series.median()).to_numpy()
        low, high = np.quantile(values, [0.01, 0.99])
        if np.isfinite(high - low) and high > low:
            clipped = (np.clip(values, low, high) - low) / (high - low)
            shares.append(share_explained(gain_of(cells, clipped[:, None], alone.rows.fold))[0])
    return max(shares)


def _ahead(one: Told, gains: dict[str, Gain], alone: Labelled, level: float, *, both_ways: bool, target: str) -> Told:
    """Hold a column against all the others together."""
    guesses = [gain.guess for name, gain in gains.items() if name != one.name and gain.guess is not None]
    others = gain_together(guesses, alone.target.values, alone.rows.fold)
    mine = gains[one.name]
    ahead = share_explained(Gain(mine.spared - others.spared, mine.spread), level)[1] > _MARGIN
    if ahead and both_ways:
        ahead = _explained_by_label(one.name, alone, target) > _CLASSES
    return replace(one, others=max(0.0, share_explained(others)[0]), too_much=ahead)
