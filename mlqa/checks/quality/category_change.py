"""One column of categories in two tables: which came, which went, and how surprising that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.quality.spelling import spelled_alike
from mlqa.stats.counts import fisher_test, newcomer_test
from mlqa.stats.unseen import newcomer_rows_tail
from mlqa.subjects.column_profile import ColumnProfile
from mlqa.subjects.values import joined_values

__all__ = ["CategoryChange", "New", "category_change"]

_FEWEST_ROWS = 100
_FEW = 20
_LIKE_SHARES = 0.01
_SURELY_GONE = 0.01
_MATCHED = 20

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A category that the reference has not.

    Attributes
    ----------
    label : str
    rows : int
    spelling_of : str or None
        A known category that differs in its spelling only.
    renamed_from : str or None
        A category that went, of a like share.
    """

    label: str
    rows: int
    spelling_of: str | None = None
    renamed_from: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryChange:
    """What came and went in one column.

    Attributes
    ----------
    name : str
    n, m : int
        Values in reference and current.
    new : tuple of New
        The most frequent first.
    gone : tuple of (str, int)
        Categories that current has not, and their rows in the reference.
    rarest : int
        Rows of the reference's rarest category; 0 where the set cannot be taken
        for closed.
    respelled : int or None
        Rows of known categories in another spelling; None where the reference
        itself mixes spellings.
    p_came, p_went : float in [0, 1]
        Of what is new, and of what is gone, given the pooled counts.
    """

    name: str
    n: int
    m: int
    new: tuple[New, ...]
    gone: tuple[tuple[str, int], ...]
    rarest: int
    respelled: int | None
    p_came: float
    p_went: float

    @property
    def unseen(self) -> int:
        """Current rows in new categories."""
        return sum(entry.rows for entry in self.new)


def category_change(before: ColumnProfile, after: ColumnProfile) -> CategoryChange | str:
    """Compare the categories of a column.

    Parameters
    ----------
    before, after : ColumnProfile
        Of kind ``category`` or ``boolean``.

    Returns
    -------
    CategoryChange or str
        The reason, in a few words, if there is nothing to compare.
    """
    if before.values is None or after.values is None:
        return "no value in one of the tables"
    if not (before.values.complete and after.values.complete):
        return "too many values to keep"
    sides = (before, after)
    if all(side.values is not None and len(side.values.labels) > max(_FEW, side.present // 2) for side in sides):
        return "nearly every value distinct"
    labels, x, y = joined_values(before.values, after.values)
    n, m = int(x.sum()), int(y.sum())
    forms = spelled_alike(labels) if (x == 0).any() else []
    new, gone = _matched(labels, forms, x, y)
    known = [form for form, rows in zip(forms, x) if rows]
    mixed = len(set(known)) < len(known)
    return CategoryChange(
        name=before.name,
        n=n,
        m=m,
        new=new,
        gone=gone,
        rarest=_rarest(x[x > 0], n),
        respelled=None if mixed else sum(entry.rows for entry in new if entry.spelling_of is not None),
        p_came=min(1.0, 2.0 * min(float(newcomer_test(x, y, n, m).min()), newcomer_rows_tail(x, y, n, m))),
        p_went=float(newcomer_test(y, x, m, n).min()),
    )


def _rarest(known: Counts, n: int) -> int:
    """Return the rows of the rarest known category, 0 where there is too little to judge by."""
    return 0 if n < _FEWEST_ROWS or known.size < 2 else int(known.min())


def _matched(
    labels: list[str], forms: list[str], x: Counts, y: Counts
) -> tuple[tuple[New, ...], tuple[tuple[str, int], ...]]:
    """Say of every new category what it looks like: another spelling, or a category that went."""
    n, m = int(x.sum()), int(y.sum())
    known = {form: label for form, label, rows in zip(forms[::-1], labels[::-1], x[::-1]) if rows}
    went = np.flatnonzero(y == 0)
    certain = newcomer_test(y, x, m, n)[went] <= _SURELY_GONE
    leaving = went[certain][:_MATCHED].tolist()
    new = []
    for place, at in enumerate(np.flatnonzero(x == 0).tolist()):
        match = (was for was in leaving if _alike(int(x[was]), int(y[at]), n, m))
        old = next(match, None) if place < _MATCHED else None
        if old is not None:
            leaving.remove(old)
        was = None if old is None else labels[old]
        new.append(New(label=labels[at], rows=int(y[at]), spelling_of=known.get(forms[at]), renamed_from=was))
    return tuple(new), tuple((labels[at], int(x[at])) for at in went.tolist())


def _alike(was: int, now: int, n: int, m: int) -> bool:
    """Tell whether two categories may have one share."""
    return float(fisher_test([was], [now], n, m)[0]) > _LIKE_SHARES
