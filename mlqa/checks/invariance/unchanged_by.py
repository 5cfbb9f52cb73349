"""Predictions under a perturbation that should not matter."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.invariance.applied import named, perturbed
from mlqa.checks.invariance.counterexample import worst_rows
from mlqa.checks.invariance.search import Search, searched
from mlqa.errors import UsageError
from mlqa.stats.proportion import at_most_p_value, clopper_pearson, detectable_rate, rows_needed
from mlqa.stats.seeds import seed_of
from mlqa.subjects.block import as_block, height
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["unchanged_by"]

_CHECK = "invariance.unchanged_by"
_BOUND = 0.95


def unchanged_by(
    model: Any,
    X: Any,
    perturb: Any,
    *,
    at_most: float = 0.0,
    change: float | None = None,
    columns: Sequence[str] | None = None,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Predictions stay what they are when a change that should not matter is made.

    With ``at_most=0`` this is a search, and a contract: one changed prediction
    is a FAIL, and a PASS says how rare one can still be. With a limit above 0
    the rate of changed rows is compared with it; UNDECIDED where the interval
    straddles the limit.

    Parameters
    ----------
    model : callable or object
        A function from a table to predictions, or an object with ``predict`` or
        ``predict_proba``. Called once on `X`, once on all perturbed rows
        together (100,000 rows at most a call), and a few times on one row's
        variants.
    X : table or array, shape (n, d)
        Rows to predict, handed to the model in the kind they have. Not
        modified.
    perturb : callable, list or dict of callables
        From table to table of the same shape and columns; see
        :mod:`mlqa.subjects.perturb`. One that takes ``seed`` is given it.
    at_most : float, unit: share of rows, in [0, 1)
        Limit on the rate of changed rows, among those a perturbation touches.
    change : float of at least 0, optional
        Absolute change of a numeric prediction above which it counts; of a
        probability, where the model gives them. By default labels that differ
        count, and numbers that differ by more than rounding.
    columns : list of str, optional
        Only these are given to `perturb`; by default the whole table.
    alpha : float in (0, 0.5), optional
        Level with a limit above 0; see :func:`mlqa.alpha.level_of`.
    seed : int of at least 0
        Handed to perturbations that take it.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of touched rows that any perturbation
        changes, ``evidence.n`` the touched rows, ``evidence.worst`` the largest
        changes; the first of them shrunk to the fewest cells, and its columns
        in ``columns``. SKIPPED where no perturbation touches any cell.

    Raises
    ------
    UsageError
        If an argument cannot be used, or a perturbation returns another shape.
    SubjectError
        If the model or a perturbation raises.

    Notes
    -----
    Interval: Clopper-Pearson [1]_; the test is exact, one-sided. A row is one
    trial, however many perturbations it is given.

    References
    ----------
    .. [1] Clopper, C. J. and Pearson, E. S. (1934), The use of confidence or
       fiducial limits illustrated in the case of the binomial, Biometrika 26,
       404-413.
    .. [2] Ribeiro, M. T. et al. (2020), Beyond accuracy: behavioral testing of
       NLP models with CheckList, ACL, 4902-4912.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.arange(12.0).reshape(6, 2)
    >>> verdict = unchanged_by(lambda X: X[:, 0] > 4, X, lambda X: X + [0, 100])
    >>> verdict.outcome, verdict.evidence.n
    (<Outcome.PASS: 'pass'>, 6)
    >>> print(unchanged_by(lambda X: X[:, 0] > 4, X, {"one more": lambda X: X + 1}).reason)
    1 of 6 rows change; row 2, 'one more': '0' 4 -> 5 turns False into True;
    reverting any one cell restores the prediction
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    _refuse(at_most, change, columns)
    functions, block = named(perturb), as_block(X)
    changes = [perturbed(block, name, function, columns, seed) for name, function in functions.items()]
    ask = partial(
        Verdict, check=_CHECK, claim=_claim(list(functions), at_most, change), alpha=alpha if at_most else None
    )
    used = [one for one in changes if one.cells.any()]
    if not used:
        reason = f"{listed(list(functions))} changes no cell of {height(block)} rows: nothing was asked"
        remedy = "check the perturbation on a few rows: it should change what the claim is about"
        return ask(outcome=Outcome.SKIPPED, reason=reason, remedy=remedy)
    search = searched(model, block, used, change)
    worst, story, at_fault = worst_rows(search)
    found, outcome = _judged(search, at_most, alpha)
    return ask(
        outcome=outcome,
        reason=_reason(found, search, story, [one.name for one in changes if not one.cells.any()]),
        columns=at_fault if outcome is Outcome.FAIL else (),
        remedy=_remedy(outcome),
        evidence=Evidence(
            **found,
            method="Clopper-Pearson, one-sided" if not at_most else "exact binomial, Clopper-Pearson",
            seed=seed if any(one.seeded for one in used) else None,
            worst=worst,
        ),
    )


def _judged(search: Search, at_most: float, alpha: float) -> tuple[dict[str, Any], Outcome]:
    """Compare the rate with the limit."""
    n, hits = int(search.touched.sum()), int(search.violated.sum())
    found: dict[str, Any] = {"estimate": hits / n, "n": n, "limit": float(at_most), "unit": "of rows"}
    if not at_most:
        high = float(clopper_pearson(hits, n, level=_BOUND, sides=1)[1])
        return {**found, "low": 0.0, "high": high, "level": _BOUND}, Outcome.FAIL if hits else Outcome.PASS
    low, high = (float(end) for end in clopper_pearson(hits, n, level=1.0 - alpha, sides=1))
    found |= {"low": low, "high": high, "level": 1.0 - 2.0 * alpha}
    found |= {
        "p_value": float(at_most_p_value(hits, n, at_most)),
        "detectable": detectable_rate(n, at_most, alpha=alpha),
    }
    if low > at_most:
        return found, Outcome.FAIL
    if high <= at_most:
        return found, Outcome.PASS
    return {**found, "rows_needed": rows_needed(hits, n, at_most, alpha=alpha)}, Outcome.UNDECIDED


def _refuse(at_most: float, change: float | None, columns: Sequence[str] | None) -> None:
    """Raise for an argument that cannot be used."""
    if not _is_number(at_most) or not 0 <= at_most < 1:
        raise UsageError("at_most", at_most, "a share of rows in [0, 1)", "pass 0.01 for one row in a hundred")
    if change is not None and (not _is_number(change) or change < 0):
        raise UsageError("change", change, "a number of at least 0, or None", "pass the largest change you accept")
    if columns is not None and (isinstance(columns, str) or not len(columns)):
        raise UsageError(
            "columns", columns, "a list of column names", f"write [{columns!r}]" if columns else "name one"
        )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _claim(functions: list[str], at_most: float, change: float | None) -> str:
    who = "no prediction is" if not at_most else f"at most {number(100 * at_most)} % of predictions are"
    far = "" if change is None else f" by more than {number(change)}"
    return f"{who} changed{far} by {listed(functions)}"


def _reason(evidence: dict[str, Any], search: Search, story: str, idle: list[str]) -> str:
    """Say what was counted, the smallest counterexample, and what was odd."""
    hits, n, limit = int(search.violated.sum()), evidence["n"], evidence["limit"]
    parts = [f"{hits} of {n} rows change"]
    if not hits and not limit:
        parts[0] = f"0 of {n}: rate below {number(_up(evidence['high']))} at {100 * _BOUND:g} %"
    elif limit:
        where = "above" if evidence["low"] > limit else "within" if evidence["high"] <= limit else "astride"
        parts[0] += f": the interval is {where} the limit {number(limit)}"
    if story:
        parts.append(story)
    if search.unsteady:
        parts.append(f"{search.unsteady} untouched rows change too: the model is not deterministic")
    if idle:
        parts.append(f"{listed(idle)} changes no cell")
    return "; ".join(parts)


def _up(bound: float) -> float:
    """Round a bound up to two digits, so that the sentence stays true."""
    digits = 1 - math.floor(math.log10(bound))
    return float(math.ceil(round(bound * 10.0**digits, 6)) / 10.0**digits)


def _remedy(outcome: Outcome) -> str:
    if outcome is Outcome.FAIL:
        return "normalise those cells before the model, or train with such variants"
    return "add rows, or accept a higher limit" if outcome is Outcome.UNDECIDED else ""
