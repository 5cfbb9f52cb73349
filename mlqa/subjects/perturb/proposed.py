"""The perturbations of a table that a sound model must not feel."""

from __future__ import annotations

from typing import Any

from mlqa.subjects.perturb.marks import Perturb
from mlqa.subjects.perturb.resolution import resolution_of, unrounded
from mlqa.subjects.perturb.rows import duplicated, shuffled

__all__ = ["perturbations_for"]

_SHARE = 0.001  # of a column's step: far below what anyone wrote


def perturbations_for(X: Any, *, seed: int = 0) -> dict[str, Perturb]:
    """Propose the perturbations that should matter to no model, whatever the columns mean.

    Parameters
    ----------
    X : table or array, shape (n, d)
        Rows as the model gets them.
    seed : int of at least 0

    Returns
    -------
    dict of str to callable
        ``'rows in another order'`` and ``'every row twice'``, of which nothing
        may change; and, where columns show their rounding, ``'numbers moved by a
        thousandth of their rounding'``, of which few rows may change: a tree
        may split at a value that is written, and a nearest neighbour may tie.

    Notes
    -----
    Left out on purpose: case, white space, unicode forms, unseen categories
    and missing values. A one-hot encoder rightly takes ``'Basic'`` and
    ``'basic'`` for two categories; which of them mean the same is the user's
    to say.

    Examples
    --------
    >>> import polars as pl
    >>> list(perturbations_for(pl.DataFrame({"charge": [29.85, 20.1, 70.0]})))
    ['rows in another order', 'every row twice', 'numbers moved by a thousandth of their rounding']
    """
    proposed = {"rows in another order": shuffled(seed=seed), "every row twice": duplicated()}
    if resolution_of(X):
        proposed["numbers moved by a thousandth of their rounding"] = unrounded(X, share=_SHARE, seed=seed)
    return proposed
