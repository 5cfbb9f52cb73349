"""A relation in which one direction is wrong: along a column, or under a perturbation."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from mlqa.checks.invariance.along import worst_pairs
from mlqa.checks.invariance.applied import Perturbed
from mlqa.checks.invariance.expectation import Expectation, asked_by
from mlqa.checks.invariance.relation import relation_verdict
from mlqa.errors import UsageError
from mlqa.verdict import Verdict

__all__ = ["directed_verdict"]

_FEWEST, _MOST = 2, 1000


def directed_verdict(
    expectation: Expectation,
    model: Any,
    X: Any,
    perturb: Any,
    *,
    at_most: float,
    columns: Sequence[str] | None,
    points: int,
    alpha: float | None,
    seed: int,
    remembered: Any,
) -> Verdict:
    """Ask whether predictions move one way only; the parameters are those of :func:`mlqa.increases_with`."""
    if isinstance(points, bool) or not isinstance(points, int) or not _FEWEST <= points <= _MOST:
        raise UsageError("points", points, f"a whole number in [{_FEWEST}, {_MOST}]", "leave it out for 20")
    along = isinstance(perturb, str)
    if along and columns is not None:
        raise UsageError("columns", columns, "None where a column is named", "leave it out")

    def prepare(block: Any) -> tuple[Any, list[Perturbed]] | None:
        ask = asked_by(expectation, model)
        pairs = worst_pairs(ask, block, perturb, expectation.direction, points)
        return None if pairs is None else (pairs[0], [pairs[1]])

    asked = partial(relation_verdict, expectation, model, X, perturb, at_most=at_most, columns=columns)
    return asked(alpha=alpha, seed=seed, remembered=remembered, prepare=prepare if along else None)
