"""One metamorphic relation asked of a model: replay, search, climb, judge, shrink, tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.invariance.applied import Perturbed, named, perturbed
from mlqa.checks.invariance.as_test import as_test
from mlqa.checks.invariance.climb import climbed
from mlqa.checks.invariance.counterexample import story_of, worst_rows
from mlqa.checks.invariance.expectation import Expectation, asked_by, guided_by
from mlqa.checks.invariance.judged import judged
from mlqa.checks.invariance.remembered import is_recorder, record_of, records_of, replayed
from mlqa.checks.invariance.search import Search, searched
from mlqa.checks.invariance.smallest import Smallest
from mlqa.checks.invariance.telling import claim_of, reason_of, refuse, remedy_of
from mlqa.stats.seeds import generator, seed_of
from mlqa.subjects.block import as_block, height
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed

__all__ = ["Prepare", "relation_verdict"]

# From the rows to those to start from and what is made of them; None where nothing can be.
Prepare = Callable[[Any], tuple[Any, list[Perturbed]] | None]


def relation_verdict(
    expectation: Expectation,
    model: Any,
    X: Any,
    perturb: Any,
    *,
    at_most: float,
    columns: Sequence[str] | None,
    alpha: float | None,
    seed: int,
    remembered: Any,
    prepare: Prepare | None = None,
) -> Verdict:
    """Ask whether a relation holds; the parameters are those of :func:`mlqa.unchanged_by`."""
    level, seed = level_of(alpha), seed_of(seed)
    refuse(at_most, expectation.change, columns)
    records, block = records_of(remembered), as_block(X)
    functions: Mapping[str, Any] = {perturb: None} if prepare else named(perturb)
    answer = partial(
        Verdict,
        check=expectation.check,
        claim=claim_of(expectation, list(functions), at_most, along=prepare is not None),
        alpha=level if at_most else None,
    )
    again = None if at_most else replayed(block, records, list(functions))
    if again is not None:
        search = searched(asked_by(expectation, model), expectation.differ, *again)
        if search.violated.any():
            return _answered(answer, expectation, search, _of_remembered(search), Outcome.FAIL, remembered)
    if prepare is None:
        rows, changes = block, [perturbed(block, name, one, columns, seed) for name, one in functions.items()]
    else:
        rows, changes = prepare(block) or (block, [])
    used = [one for one in changes if one.touches.any()]
    if not used:
        reason = f"{listed(list(functions))} changes no cell of {height(block)} rows: nothing was asked"
        remedy = "check the perturbation on a few rows: it should change what the claim is about"
        return answer(outcome=Outcome.SKIPPED, reason=reason, remedy=remedy)
    search = _searched(expectation, model, rows, used, None if at_most else seed)
    found, outcome = judged(search, at_most, level)
    if any(one.seeded or one.marks.choices for one in used):
        found["seed"] = seed
    idle = [one.name for one in changes if not one.touches.any()]
    return _answered(answer, expectation, search, found, outcome, remembered, idle)


def _searched(expectation: Expectation, model: Any, rows: Any, used: list[Perturbed], seed: int | None) -> Search:
    """Ask for all perturbed rows; with a seed, climb where a perturbation leaves a choice."""
    search = searched(asked_by(expectation, model), expectation.differ, rows, used)
    if seed is None or not any(one.marks.choices for one in used):
        return search
    guide = guided_by(expectation, model, search.before)
    return climbed(search, guide, generator(expectation.check, f"{height(rows)} rows", seed))


def _answered(
    answer: Callable[..., Verdict],
    expectation: Expectation,
    search: Search,
    found: dict[str, Any],
    outcome: Outcome,
    remembered: Any,
    idle: Sequence[str] = (),
) -> Verdict:
    """Put together the verdict, and offer its counterexample to whoever remembers."""
    worst, small = worst_rows(search)
    story, at_fault = story_of(small) if small else ("", ())
    if small is not None and outcome is Outcome.FAIL:
        _offered(expectation, small, worst, remembered)
    return answer(
        outcome=outcome,
        reason=reason_of(expectation, found, search, story, list(idle)),
        columns=at_fault if outcome is Outcome.FAIL else (),
        remedy=remedy_of(outcome, small),
        evidence=Evidence(**found, worst=tuple(worst)),
    )


def _offered(expectation: Expectation, small: Smallest, worst: list[dict[str, Any]], remembered: Any) -> None:
    """Write the counterexample as a test, and hand it to whoever remembers."""
    case = as_test(expectation, small)
    if case:
        worst[0]["pytest"] = case
    if is_recorder(remembered):
        remembered.offer(record_of(small), case)


def _of_remembered(search: Search) -> dict[str, Any]:
    """Count the remembered ones; they were chosen because they broke it, so that no rate follows."""
    n, hits = int(search.touched.sum()), int(search.violated.sum())
    return {"estimate": hits / n, "n": n, "limit": 0.0, "unit": "of remembered rows", "method": "replayed"}
