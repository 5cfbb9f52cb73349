"""The smallest counterexample: the fewest changed cells of one row that still change its prediction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Shrunk", "shrunk"]

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shrunk:
    """What is left of a counterexample.

    Attributes
    ----------
    cells : bool array, shape (d,)
        The cells that stay changed.
    minimal : bool
        Whether it was seen that reverting any one of them restores the
        prediction.
    reproduced : bool
        Whether the row, asked again, changed its prediction again.
    """

    cells: Mask
    minimal: bool
    reproduced: bool


def shrunk(cells: Mask, violates: Callable[[Mask], Mask]) -> Shrunk:
    """Drop changed cells while the rest still violates.

    Parameters
    ----------
    cells : bool array, shape (d,)
        Cells that the perturbation changed.
    violates : callable
        From masks, shape (k, d), of cells to keep changed, to (k,): is the
        prediction still another one? One call is one batch for the model.

    Returns
    -------
    Shrunk
        1-minimal: no single cell can be reverted. Not of minimum size, which
        would need every subset.

    Notes
    -----
    Each round tries all single reverts in one batch, then drops in one more
    the longest run of them that can go together: at most d rounds, usually two
    or three.

    References
    ----------
    .. [1] Zeller, A. and Hildebrandt, R. (2002), Simplifying and isolating
       failure-inducing input, IEEE Transactions on Software Engineering 28,
       183-200.

    Examples
    --------
    >>> needs_both = lambda masks: masks[:, 0] & masks[:, 2]
    >>> shrunk(np.array([True, True, True, True]), needs_both).cells.tolist()
    [True, False, True, False]
    """
    kept = cells.copy()
    if not violates(kept[None, :])[0]:
        return Shrunk(kept, minimal=False, reproduced=False)
    while True:
        at = np.flatnonzero(kept)
        if not len(at):
            return Shrunk(kept, minimal=True, reproduced=True)
        reverted = np.repeat(kept[None, :], len(at), axis=0)
        reverted[np.arange(len(at)), at] = False
        spare = at[violates(reverted)]
        if not len(spare):
            return Shrunk(kept, minimal=True, reproduced=True)
        runs = np.repeat(kept[None, :], len(spare), axis=0)
        for position, column in enumerate(spare):
            runs[position:, column] = False
        # the first run reverts one spare cell, which was just seen to violate
        still = violates(runs)
        longest = max(int(np.flatnonzero(still)[-1]), 0) if still.any() else 0
        kept = runs[longest]
