"""The kit for people who write checks: one call holds a check to the contract.

Imports verdicts, reports and subjects only; works for checks of anyone.
"""

from __future__ import annotations

import inspect
import itertools
import json
import math
import pickle
import re
from collections.abc import Callable, Mapping
from typing import Any

import narwhals as nw
import numpy as np

from mlqa import alpha as level
from mlqa.errors import UsageError
from mlqa.plain import LONGEST_SENTENCE, MOST_WORST
from mlqa.report import Report
from mlqa.subjects.table import digest_of, read_table
from mlqa.verdict import Outcome, Verdict

__all__ = ["assert_check_conforms"]

_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_MOST_BYTES = 100_000


def assert_check_conforms(check: Callable[..., Any], *args: Any, order_free: bool = True, **kwargs: Any) -> Verdict:
    """Run a check several times on the same arguments and hold it to the contract.

    Give it arguments for which the check answers, once per outcome it can
    give: a check that conforms where it passes may not where it fails.

    Parameters
    ----------
    check : callable
        Subject first, :class:`mlqa.Verdict` out.
    *args, **kwargs
        Handed to the check.
    order_free : bool
        Whether the order of rows must not matter. The rows of all tables and
        arrays of the same length are then shuffled alike; pass False for a
        check of time order, say.

    Returns
    -------
    Verdict
        What the check said of the arguments.

    Raises
    ------
    AssertionError
        Naming the first rule that is broken:

        - it returns a Verdict of an id ``family.claim``, with a claim, and a
          reason, of bounded size, whose numbers are finite and whose interval
          holds its estimate;
        - UNDECIDED and SKIPPED say why, and FAIL names something to do or the
          worst;
        - the same arguments give the same bytes, twice and shuffled (the
          latter: same outcome, estimate and columns);
        - no argument is modified;
        - it survives JSON and pickle;
        - the level is the argument's, else the one in force, and a level of
          0.5 or more is refused.

    Examples
    --------
    >>> from mlqa import Outcome, Verdict
    >>> def has_rows(table):
    ...     return Verdict(check="demo.has_rows", outcome=Outcome.PASS, claim="there are rows", reason=f"{len(table)}")
    >>> assert_check_conforms(has_rows, np.ones((3, 1))).outcome
    <Outcome.PASS: 'pass'>
    >>> assert_check_conforms(lambda table: True, np.ones((3, 1)))
    Traceback (most recent call last):
    AssertionError: <lambda> returned True, not a Verdict
    """
    name = str(getattr(check, "__name__", check))
    before = _prints(args, kwargs)
    verdict: Verdict = check(*args, **kwargs)
    if not isinstance(verdict, Verdict):
        raise AssertionError(f"{name} returned {verdict!r:.80}, not a Verdict")
    _hold(_prints(args, kwargs) == before, f"{name} modified an argument: {_differing(before, _prints(args, kwargs))}")
    _well_formed(verdict, name)
    _travels(verdict, name)
    again = check(*args, **kwargs)
    _hold(again.to_json() == verdict.to_json(), f"{name} said other things of the same arguments:\n{verdict}\n{again}")
    _level_respected(check, name, args, kwargs)
    if order_free:
        _order_free(check, name, verdict, args, kwargs)
    return verdict


def _hold(condition: bool, message: str) -> None:
    """Raise an AssertionError that hides this file."""
    __tracebackhide__ = True
    if not condition:
        raise AssertionError(message)


def _well_formed(verdict: Verdict, name: str) -> None:
    """Hold the verdict to what schema/verdict-1.json and its readers expect."""
    _hold(bool(_ID.fullmatch(verdict.check)), f"{name}: id {verdict.check!r} is not family.claim")
    _hold(isinstance(verdict.outcome, Outcome), f"{name}: {verdict.outcome!r} is no Outcome")
    for part in ("claim", "reason"):
        text = getattr(verdict, part)
        fine = isinstance(text, str) and 0 < len(text) <= LONGEST_SENTENCE
        _hold(fine, f"{name}: the {part} is not a sentence of at most {LONGEST_SENTENCE} characters: {text!r:.80}")
    _numbers(verdict, name)
    size = len(verdict.to_json())
    _hold(size <= _MOST_BYTES, f"{name}: a verdict of {size} bytes; give a few examples, not the rows")
    if verdict.outcome is Outcome.FAIL:
        told = verdict.remedy or verdict.evidence.worst or verdict.columns
        _hold(bool(told), f"{name}: FAIL without a remedy, a worst example or a column at fault")
    if verdict.outcome is Outcome.UNDECIDED:
        _hold(verdict.alpha is not None, f"{name}: UNDECIDED from a contract: true or false")


def _numbers(verdict: Verdict, name: str) -> None:
    """Hold the evidence's numbers to their ranges."""
    evidence = verdict.evidence
    for field in ("estimate", "low", "high", "level", "p_value", "limit", "detectable"):
        value = getattr(evidence, field)
        fine = value is None or (isinstance(value, (int, float)) and math.isfinite(value))
        _hold(fine, f"{name}: evidence.{field} is {value!r}, not a finite number or None")
    for field in ("n", "seed", "rows_needed"):
        value = getattr(evidence, field)
        fine = value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)
        _hold(fine, f"{name}: evidence.{field} is {value!r}, not a whole number of at least 0")
    _hold(evidence.p_value is None or 0 <= evidence.p_value <= 1, f"{name}: p_value {evidence.p_value} outside [0, 1]")
    _hold(evidence.level is None or 0 < evidence.level < 1, f"{name}: level {evidence.level} outside (0, 1)")
    ends = (evidence.low, evidence.estimate, evidence.high)
    inside = [end for end in ends if end is not None]
    slack = 1e-9 * max(map(abs, inside), default=0.0)
    ordered = all(a <= b + slack for a, b in itertools.pairwise(inside))
    _hold(ordered, f"{name}: the interval [{evidence.low}, {evidence.high}] does not hold {evidence.estimate}")
    _hold(len(evidence.worst) <= MOST_WORST, f"{name}: {len(evidence.worst)} worst examples, at most {MOST_WORST}")
    for row in evidence.worst:
        for key, value in row.items():
            fine = value is None or isinstance(value, (bool, int, float, str))
            _hold(fine, f"{name}: evidence.worst has {key!r}: {value!r:.80}, not a plain value")


def _travels(verdict: Verdict, name: str) -> None:
    """Hold the verdict to surviving JSON, a report and a pickle."""
    text = verdict.to_json()
    _hold(Verdict.from_dict(json.loads(text)).to_json() == text, f"{name}: the verdict changed on its way through JSON")
    report = Report.of(verdict)
    _hold(Report.from_json(report.to_json()).to_json() == report.to_json(), f"{name}: its report changed in JSON")
    _hold(pickle.loads(pickle.dumps(verdict)) == verdict, f"{name}: the verdict changed in a pickle")  # noqa: S301 - ours


def _level_respected(check: Callable[..., Any], name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    """Hold a check that takes alpha to using it."""
    if "alpha" not in inspect.signature(check).parameters:
        return
    free = {key: value for key, value in kwargs.items() if key != "alpha"}
    given = check(*args, **free, alpha=0.01)
    with level.using(0.02):
        in_force = check(*args, **free)
    seen = (given.alpha, in_force.alpha)
    _hold(seen in {(0.01, 0.02), (None, None)}, f"{name}: alpha is {seen} where (0.01, 0.02) were asked for")
    try:
        check(*args, **free, alpha=0.7)
    except UsageError:
        return
    raise AssertionError(f"{name}: alpha=0.7 was not refused with a UsageError")


def _order_free(
    check: Callable[..., Any], name: str, verdict: Verdict, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> None:
    """Hold the check to the same answer for shuffled rows."""
    moved = check(*[_shuffled(value) for value in args], **{key: _shuffled(value) for key, value in kwargs.items()})
    _hold(moved.outcome is verdict.outcome, f"{name}: shuffled rows give {moved.outcome}, not {verdict.outcome}")
    _hold(moved.columns == verdict.columns, f"{name}: shuffled rows blame {moved.columns}, not {verdict.columns}")
    for field in ("estimate", "p_value", "n"):
        old, new = getattr(verdict.evidence, field), getattr(moved.evidence, field)
        same = old == new or (None not in (old, new) and math.isclose(old, new, rel_tol=1e-6, abs_tol=1e-9))
        _hold(same, f"{name}: shuffled rows give evidence.{field} = {new}, not {old}")


def _shuffled(value: Any) -> Any:
    """Return rows in another order, the same one for all of one length; anything else as it is."""
    if isinstance(value, np.ndarray) and value.ndim:
        return value[_order(len(value))]
    if nw.dependencies.is_into_dataframe(value) or nw.dependencies.is_into_series(value):
        wrapped = nw.from_native(value, eager_only=True, allow_series=True)
        return wrapped[_order(len(wrapped)).tolist()].to_native()
    return value


def _order(rows: int) -> Any:
    return np.random.Generator(np.random.PCG64(rows)).permutation(rows)


def _prints(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Take a fingerprint of every argument that could be written into."""
    named = {f"argument {position}": value for position, value in enumerate(args)} | dict(kwargs)
    return {key: _print_of(value) for key, value in named.items()}


def _print_of(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return (value.dtype.str, value.shape, value.tolist() if value.dtype == object else value.tobytes())
    if nw.dependencies.is_into_dataframe(value):
        types = [str(dtype) for dtype in nw.from_native(value, eager_only=True).schema.values()]
        return (types, digest_of(read_table(value, rows=False)), repr(getattr(value, "index", None)))
    if nw.dependencies.is_into_series(value):
        return nw.from_native(value, series_only=True).to_list()
    return repr(value) if isinstance(value, (list, tuple, dict, set)) else None


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return ", ".join(key for key in before if before[key] != after[key])
