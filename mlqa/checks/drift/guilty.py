"""Of many columns that no longer fit the others, the few that explain it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from mlqa.checks.drift.encoded import Encoded
from mlqa.checks.drift.relations import Relation, relations

__all__ = ["guilty"]

_SUSPECTS = 4
_MOST = 8
_ASKED = 12  # broken columns by which suspects are told apart: asking all of hundreds would take minutes
_ALIKE = 0.05  # of the evidence: what two columns may differ by and explain as much


def guilty(encoded: Encoded, found: Mapping[int, Relation], level: float) -> list[int]:
    """Return the columns at fault, worst first.

    Every column predicted from a broken one fits worse too. So of the
    suspects, the one without which the others fit best is at fault; then again
    without it, until all fit.

    Parameters
    ----------
    encoded : Encoded
    found : mapping of column to Relation
        Of all columns.
    level : float
        At most which the p-value of a column is an alarm.
    """
    named: list[int] = []
    alarms = _broken(found.values(), level)
    every = [relation.column for relation in alarms]  # leaving out a column breaks no other
    broken = alarms[:_ASKED]
    while broken and len(named) < _MOST:
        if len(broken) == 1 and len(every) <= _ASKED:
            return [*named, broken[0].column]
        suspects = [relation.column for relation in broken[:_SUSPECTS]]
        asked = [relation.column for relation in broken]
        left = {column: _without(encoded, [*named, column], asked, level) for column in suspects}
        weights = {column: _evidence(rest, level) for column, rest in left.items()}
        best = min(suspects, key=lambda column: (weights[column], suspects.index(column)))
        named.append(best)
        rest = left[best]
        if not rest and len(every) > _ASKED:
            rest = _without(encoded, named, every, level)[:_ASKED]
        if not rest:
            return named + _as_likely(suspects, best, weights, _evidence(broken, level))
        broken = rest
    return named


def _as_likely(suspects: Sequence[int], best: int, weights: Mapping[int, float], all_of_it: float) -> list[int]:
    """Return the one more column that explains all as well, where two columns are only known by each other."""
    equal = [column for column in suspects if column != best and weights[column] <= _ALIKE * all_of_it]
    return equal[:1]


def _without(encoded: Encoded, dropped: list[int], asked: Sequence[int], level: float) -> list[Relation]:
    """Return what is still broken if some columns are neither asked nor learnt from."""
    columns = [column for column in asked if column not in dropped]
    return _broken(relations(encoded.without(dropped), columns, level), level) if columns else []


def _broken(found: Iterable[Relation], level: float) -> list[Relation]:
    """Return the alarms, the least likely first."""
    alarms = [relation for relation in found if relation.p_value <= level]
    return sorted(alarms, key=lambda relation: (relation.p_value, relation.column))


def _evidence(broken: Sequence[Relation], level: float) -> float:
    """Add up how far beyond the level the alarms are, in powers of ten."""
    return sum(math.log10(level) - math.log10(max(relation.p_value, 1e-300)) for relation in broken)
