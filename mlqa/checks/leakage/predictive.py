"""How much of the label each thing gives away: measured alone, and against the reference."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.leakage.rows import Labelled, Rows
from mlqa.stats.multiple import holm
from mlqa.stats.reweighted import tenths, weights_as_now
from mlqa.stats.single_feature import Gain, gain_moved, gain_of, gain_together, share_explained, share_rose
from mlqa.subjects.pooled import Pooled

__all__ = ["LEVEL", "Codes", "Told", "told"]

Codes = Callable[[Pooled, str], NDArray[np.int64]]
LEVEL = 0.95
_LEAST = 0.01  # share explained, below which a ratio says nothing


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
    expected : float or None
        The largest share in the reference if it had current's labels, or
        current's values of the column, or labels told as much better as by the
        other columns together: what a shift, or noise, leads one to expect.
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
    expected: float | None = None
    p_value: float = 1.0
    others: float | None = None
    too_much: bool = False

    @property
    def rise(self) -> float:
        """How much more it explains than the reference leads one to expect."""
        known = [share for share in (self.reference, self.expected) if share is not None]
        return self.estimate - max(known) if known else 0.0


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
    return _compared(found, rows.both, set(shared), codes, alpha), gains


def _compared(found: list[Told], both: Labelled, shared: set[str], codes: Codes, alpha: float) -> list[Told]:
    """Test all that both tables have against the reference, and measure it there."""
    measured = {one.name: _against(one, both, codes) for one in found if one.name in shared}
    adjusted = holm([one.p_value for one in measured.values()]).tolist()
    joined = {one.name: replace(one, p_value=p_value) for one, p_value in zip(measured.values(), adjusted)}
    for name, one in joined.items():
        if one.p_value <= alpha and one.rise > 0.0:
            joined[name] = _among(one, both, [other for other in measured if other != name], codes)
    return [joined.get(one.name, one) for one in found]


def _against(one: Told, both: Labelled, codes: Codes) -> Told:
    """Measure one thing in the reference as it is, and as it were with current's shares; uncorrected p-value."""
    current, values, fold = both.rows.current, both.target.values, both.rows.fold
    cells = codes(both.rows, one.name)
    superiority, p_ranks = gain_moved(gain_of(cells, values, fold), current)
    now, was = (gain_of(cells[side], values[side], fold[side]) for side in (current, ~current))
    weighted = [weights_as_now(groups, current) for groups in (_groups(both), cells)]
    likely = [gain_of(cells[~current], values[~current], fold[~current], each) for each in weighted]
    return replace(
        one,
        reference=share_explained(was)[0],
        expected=max(share_explained(gain)[0] for gain in likely),
        p_value=min(1.0, 2.0 * min(p_ranks if superiority > 0.5 else 1.0, share_rose(was, now))),
    )


def _among(one: Told, both: Labelled, others: list[str], codes: Codes) -> Told:
    """Expect as much more of a column as of all others together: labels that were wrong hide what any column tells."""
    now, was = (_together(side, both, others, codes) for side in (both.rows.current, ~both.rows.current))
    if one.reference is None or one.expected is None or was <= 0.0 or now <= was:
        return one
    return replace(one, expected=max(one.expected, min(1.0, one.reference * now / max(was, _LEAST))))


def _together(side: NDArray[np.bool_], both: Labelled, names: list[str], codes: Codes) -> float:
    """Return the share of one table's labels that some columns explain together."""
    values, fold = both.target.values[side], both.rows.fold[side]
    gains = (gain_of(codes(both.rows, name)[side], values, fold) for name in names)
    guesses = [gain.guess for gain in gains if gain.guess is not None]
    return share_explained(gain_together(guesses, values, fold))[0] if guesses else 0.0


def _groups(both: Labelled) -> NDArray[np.int64]:
    """Return the label's class, or which tenth of the labels a number lies in."""
    values = both.target.values
    classes: NDArray[np.int64] = values.argmax(axis=1)
    return classes if both.target.classes else tenths(values[:, 0])
