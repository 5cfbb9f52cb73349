"""What is asked of deepchecks: suites and checks by name, with their conditions and arguments."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlqa.bridges.deepchecks.known import ALONE, CHECKS, OTHERWISE, SUITES
from mlqa.errors import UsageError, nearest

__all__ = ["Job", "planned"]


@dataclass(frozen=True, slots=True)
class Job:
    """One request: a suite, or the checks asked by name; each check with its conditions and arguments."""

    name: str
    checks: tuple[Mapping[str, Any], ...]


def planned(suite: str | Sequence[str], conditions: Any, arguments: Any, *, alone: bool = False) -> list[Job]:
    """Return the requests, in order: one for each suite, one for all single checks.

    Parameters
    ----------
    suite : str or sequence of str
    conditions, arguments
        As :func:`mlqa.deepchecks` takes them.
    alone : bool
        Whether there is one table only.

    Raises
    ------
    UsageError
        If a name is unknown, or a value cannot be written as JSON.

    Examples
    --------
    >>> [job.name for job in planned(["data_integrity", "FeatureDrift", "LabelDrift"], None, None)]
    ['data_integrity', 'checks']
    >>> planned("FeatureDrift", {"drift_score_less_than": 0.3}, None)[0].checks[0]["conditions"]
    {'drift_score_less_than': {'positional': [0.3], 'named': {}}}
    """
    names = [suite] if isinstance(suite, str) else list(suite)
    for name in names:
        if name not in SUITES and name not in CHECKS:
            known = [*SUITES, *CHECKS]
            raise UsageError("suite", name, "a suite or check of deepchecks", nearest(str(name), known), "another name")
    if not names:
        raise UsageError("suite", suite, "at least one suite or check", "pass 'full_suite', say", "none")
    only = names[0] if len(names) == 1 and names[0] in CHECKS else None
    own = _by_check("conditions", conditions, only)
    extra = _by_check("arguments", arguments, only)
    groups = {name: ALONE.get(name, SUITES[name]) if alone else SUITES[name] for name in names if name in SUITES}
    groups[only or "checks"] = tuple(name for name in names if name in CHECKS)
    return [
        Job(name, tuple(_asked(one, own, extra, OTHERWISE.get(name, {}).get(one, {})) for one in checks))
        for name, checks in groups.items()
        if checks
    ]


def _by_check(name: str, given: Any, only: str | None) -> dict[str, Any]:
    """Return conditions or arguments by check; what is meant for all of them under the empty name."""
    if given is None:
        return {}
    if only is not None and not (isinstance(given, Mapping) and set(given) == {only}):
        return {only: _written(name, given)}
    if not isinstance(given, Mapping):
        raise UsageError(name, given, "a mapping from checks", f"pass {name}={{'FeatureDrift': ...}}")
    if any(key in CHECKS for key in given):
        wrong = next((key for key in given if key not in CHECKS), None)
        if wrong is not None:
            raise UsageError(name, wrong, "a check of deepchecks", nearest(str(wrong), list(CHECKS)), "another name")
        return {key: _written(name, value) for key, value in given.items()}
    if name == "arguments":
        return {"": _written(name, given)}
    wrong = next(iter(given), "")
    if given:
        raise UsageError(name, wrong, "a check of deepchecks", nearest(str(wrong), list(CHECKS)), "another name")
    return {check: {} for check in CHECKS}


def _written(name: str, value: Any) -> Any:
    """Return a value if another process can be told it."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        hint = "functions and objects stay in this process: name scorers by text"
        raise UsageError(name, value, "numbers, texts, lists and mappings", f"{hint} ({error})") from error
    return value


def _asked(
    check: str, conditions: Mapping[str, Any], arguments: Mapping[str, Any], otherwise: Mapping[str, Any]
) -> dict[str, Any]:
    """Return one check as the worker is asked for it."""
    given: Any = conditions.get(check, otherwise.get("conditions", CHECKS[check]))
    pairs = given.items() if isinstance(given, Mapping) else [(one, {}) for one in _names(given)]
    return {
        "check": check,
        "conditions": {name.removeprefix("add_condition_"): _call(value) for name, value in pairs},
        "arguments": {**otherwise.get("arguments", {}), **arguments.get("", {}), **arguments.get(check, {})},
    }


def _names(given: Any) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _call(value: Any) -> dict[str, Any]:
    """Return how a condition is called: a mapping names its arguments, anything else is the first of them."""
    if isinstance(value, Mapping):
        return {"positional": [], "named": dict(value)}
    return {"positional": [] if value is None else [value], "named": {}}
