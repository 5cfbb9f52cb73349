"""How much of the label each thing gives away: measured alone, and against the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.leakage.rows import Labelled, Rows
from mlqa.stats.multiple import holm
from mlqa.stats.single_feature import Gain, gain_moved, gain_of, share_explained
from mlqa.subjects.pooled import Pooled

__all__ = ["LEVEL", "Codes", "Told", "told"]

Codes = Callable[[Pooled, str], NDArray[np.int64]]
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How much of the label one thing gives away.

    Attributes
    ----------
    name : str
    estimate, low, high : float
        Share of the label's variance explained out of fold, in current.
    least : float
        Lower end at the check's own level, shared among all that is asked.
    reference : float or None
        The same share in the reference.
    p_value : float in [0, 1]
        That current rows are explained no better than reference rows,
        corrected over all that is asked.
    others : float or None
        Share that all other columns together explain, where asked.
    too_much : bool
        Whether it gives the label away, whatever the reference says.
    """

    name: str
    estimate: float
    low: float
    high: float
    least: float
    reference: float | None = None
    p_value: float = 1.0
    others: float | None = None
    too_much: bool = False

    @property
    def rise(self) -> float:
        """How much more it explains than in the reference."""
        return 0.0 if self.reference is None else self.estimate - self.reference


def told(
    rows: Rows, names: list[str], codes: Codes, alpha: float, limit: float | None = None
) -> tuple[list[Told], dict[str, Gain]]:
    """Measure everything that is named.

    Parameters
    ----------
    rows : Rows
    names : list of str
    codes : callable
        From the rows and a name to cells, so that one rule serves both tables.
    alpha : float in (0, 0.5)
    limit : float or None
        Share that is too much.

    Returns
    -------
    found : list of Told
    gains : dict of str to Gain
        Of the current rows.
    """
    level = 1.0 - 2.0 * alpha / max(1, len(names))
    alone, fold = rows.alone.rows, rows.alone.rows.fold
    gains = {name: gain_of(codes(alone, name), rows.alone.target.values, fold) for name in names}
    found = []
    for name, gain in gains.items():
        estimate, low, high = share_explained(gain, LEVEL)
        least = share_explained(gain, level)[1]
        too_much = limit is not None and least > limit
        found.append(Told(name=name, estimate=estimate, low=low, high=high, least=least, too_much=too_much))
    if rows.both is None:
        return found, gains
    shared = [name for name in names if name in rows.shared or name not in rows.names]
    against = dict(zip(shared, _risen(rows.both, shared, codes)))
    joined = [
        replace(one, reference=against[one.name][0], p_value=against[one.name][1]) if one.name in against else one
        for one in found
    ]
    return joined, gains


def _risen(both: Labelled, names: list[str], codes: Codes) -> list[tuple[float, float]]:
    """Test every name against the reference, and measure it there."""
    current, values, fold = both.rows.current, both.target.values, both.rows.fold
    shares, p_values = [], []
    for name in names:
        cells = codes(both.rows, name)
        superiority, p_value = gain_moved(gain_of(cells, values, fold), current)
        p_values.append(p_value if superiority > 0.5 else 1.0)
        shares.append(share_explained(gain_of(cells[~current], values[~current], fold[~current]))[0])
    return list(zip(shares, holm(p_values).tolist()))
