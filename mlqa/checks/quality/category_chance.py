"""How surprising it is what came and went, over all columns of categories together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlqa.checks.quality.category_change import CategoryChange
from mlqa.stats.unseen import Set, fewest_unseen, richness, unseen_p_value

__all__ = ["CLOSED", "SURELY", "Chance", "chances", "fewest_new"]

# rows of the rarest category from which a set looks closed, and from which it does surely
CLOSED, SURELY = 12, 35
# shares of the level
_SURELY, _CLOSED, _OPEN, _RESPELLED, _GONE = 0.6, 0.15, 0.1, 0.08, 0.07
# fitted as `richness` was: 1 column of text in 70 has two spellings of one category
_RESPELLED_RICHNESS = 0.0012


@dataclass(frozen=True, slots=True)
class Chance:
    """Probability of what came, and of what went, in one column; corrected over all columns."""

    came: float
    went: float

    @property
    def p_value(self) -> float:
        """Of both."""
        return min(self.came, self.went)


def chances(compared: list[CategoryChange]) -> list[Chance]:
    """Judge each column in the company of the others.

    Parameters
    ----------
    compared : list of CategoryChange

    Notes
    -----
    The level is shared among five questions, and in each among the columns
    that are asked it: unseen rows in sets that surely look closed, and in those
    that do; new categories of open sets; other spellings; what went.
    """
    closed = [found for found in compared if found.rarest >= CLOSED]
    groups = {share: _sets(closed, share) for share in (_SURELY, _CLOSED)}
    spelled = [Set(found.n, found.m, _RESPELLED_RICHNESS) for found in compared if found.respelled is not None]
    many_open = len(compared) - len(closed)
    return [
        Chance(
            came=min(_came(found, groups, many_open), _respelled(found, spelled)),
            went=min(1.0, found.p_went * len(compared) / _GONE),
        )
        for found in compared
    ]


def fewest_new(found: CategoryChange, compared: list[CategoryChange], level: float) -> int:
    """Return the fewest rows of one new category that would show; more than the column has where none do."""
    if found.rarest >= CLOSED:
        share = _share(found)
        return fewest_unseen(_sets([other for other in compared if other.rarest >= CLOSED], share), share * level)
    many_open = sum(other.rarest < CLOSED for other in compared)
    return int(np.ceil(np.log(_OPEN / 2.0 * level / many_open) / np.log(found.m / (found.n + found.m))))


def _share(found: CategoryChange) -> float:
    return _SURELY if found.rarest >= SURELY else _CLOSED


def _sets(closed: list[CategoryChange], share: float) -> list[Set]:
    """Return the sets that share one part of the level."""
    return [Set(found.n, found.m, richness(found.rarest)) for found in closed if _share(found) == share]


def _came(found: CategoryChange, groups: dict[float, list[Set]], many_open: int) -> float:
    """Return how surprising a column's new categories are."""
    if found.rarest < CLOSED:
        return min(1.0, found.p_came * many_open / _OPEN)
    share = _share(found)
    return min(1.0, unseen_p_value(found.unseen, groups[share]) / share)


def _respelled(found: CategoryChange, spelled: list[Set]) -> float:
    """Return how surprising a column's new spellings are."""
    return min(1.0, unseen_p_value(found.respelled, spelled) / _RESPELLED) if found.respelled else 1.0
