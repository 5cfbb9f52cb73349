"""The text that stands for a run of a suite or a check: ours where there is one, else the bridge."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from mlqa.bridges.deepchecks.known import CHECKS, LIVE
from mlqa.bridges.deepchecks.migrate.meaning import OURS, SUITES, Ours
from mlqa.bridges.deepchecks.migrate.reading import Asked, Group, Table

__all__ = ["Run", "Written", "written"]


_OF_SUITES = ("is_comparative", "task_type")  # which the tables and the model tell


@dataclass(frozen=True, slots=True)
class Run:
    """What a call of ``run`` was given: the tables, the model and predictions, as texts."""

    train: Table | None
    test: Table | None
    model: str = ""
    said: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """The text instead, whether it is one verdict, and what to tell the user."""

    text: str
    verdict: bool
    note: str


def written(thing: Asked | Group, run: Run) -> Written | None:
    """Return the text for a run, or None where there is nothing to ask."""
    if run.train is None and run.test is None:
        return None
    if isinstance(thing, Asked):
        return _check(thing, run) or _bridge(thing.check, (thing,), run)
    return _suite(thing, run) or _bridge(thing.suite, thing.checks, run, thing.arguments)


def _suite(group: Group, run: Run) -> Written | None:
    """Write a default suite as our default checks."""
    if group.suite not in SUITES or run.said or any("scorer" in one for one in group.arguments):
        return None
    note = f"{group.suite}: {SUITES[group.suite]}"
    if group.arguments:
        note += f"; its arguments are dropped ({', '.join(group.arguments)}): mlqa takes all rows"
    tables, model = _tables_asked(run), _model_asked(run)
    if group.suite in ("data_integrity", "train_test_validation"):
        return Written(tables, False, note)
    if model is None or (group.suite == "full_suite" and not run.model):
        return None
    if group.suite == "model_evaluation":
        return Written(model, False, note)
    return Written(f"mlqa.Report((*{tables}.cases, *{model}.cases))", False, note)


def _tables_asked(run: Run) -> str:
    """Write ``mlqa.check``: what is judged first, the reference behind it."""
    first, second = (run.test, run.train) if run.test and run.train else (run.train or run.test, None)
    assert first is not None  # noqa: S101 - asked by the caller
    return _call("check", [first.frame, *([second.frame] if second else [])], _roles(run))


def _model_asked(run: Run) -> str | None:
    """Write ``mlqa.model_check`` of pandas frames; None without a model or a label."""
    unseen, trained = (run.test, run.train) if run.test else (run.train, None)
    roles = _roles(run)
    if not run.model or "target" not in roles or unseen is None:
        return None
    aside = ", ".join(roles[role] for role in ("target", "id", "time") if role in roles)
    given = [run.model, f"{unseen.frame}.drop(columns=[{aside}])", f"{unseen.frame}[{roles['target']}]"]
    named = {}
    if trained is not None:
        named = {
            "X_train": f"{trained.frame}.drop(columns=[{aside}])",
            "y_train": f"{trained.frame}[{roles['target']}]",
        }
    return _call("model_check", given, named)


def _check(asked: Asked, run: Run) -> Written | None:
    """Write a check as ours where one asks the same and every limit of the user's can be kept."""
    ours, roles = OURS.get(asked.check), _roles(run)
    if ours is None or asked.arguments.keys() - {"n_samples", "random_state"} or run.said:
        return None
    limits = {}
    for name, given in asked.conditions.items():
        if given == "{}":
            continue
        if name not in ours.limits or given.startswith("{"):
            return None
        limits[ours.limits[name]] = given
    if any(role not in roles for role in ours.roles):
        return None
    frames = _given(ours, run, roles)
    if frames is None:
        return None
    columns = {"columns": f"[{roles['target']}]"} if asked.check == "NewLabelTrainTest" and "target" in roles else {}
    text = _call(ours.name, frames, {**{role: roles[role] for role in ours.roles}, **columns, **limits})
    return Written(text, True, f"{asked.check} -> {ours.name}: {ours.changed}")


def _given(ours: Ours, run: Run, roles: Mapping[str, str]) -> list[str] | None:
    """Write the first arguments: the tables without the columns that are no features; None where they do not fit."""
    aside = ", ".join(roles[role] for role in ours.aside if role in roles and role not in ours.roles)
    tables = [table.frame for table in (run.train, run.test) if table is not None]
    frames = [f"{frame}.drop(columns=[{aside}])" if aside else frame for frame in tables]
    if ours.takes == "model":
        return [run.model, frames[-1]] if run.model else None
    return frames if len(frames) == {"one": 1, "two": 2}[ours.takes] else None


def _bridge(suite: str, checks: tuple[Asked, ...], run: Run, arguments: Mapping[str, str] | None = None) -> Written:
    """Write the same question through the bridge, its arguments and conditions kept."""
    first = repr(suite) if suite else "[" + ", ".join(repr(one.check) for one in checks) + "]"
    named = {side: table.frame for side, table in (("train", run.train), ("test", run.test)) if table is not None}
    named |= _roles(run)
    if run.model:
        named["model"] = run.model
    named |= run.said or {}
    if checks:
        named |= _by_check(suite, checks)
    kept = [f"{key!r}: {value}" for key, value in (arguments or {}).items() if key not in _OF_SUITES]
    if kept:
        named["arguments"] = "{" + ", ".join(kept) + "}"
    note = f"{suite or 'the suite'} stays deepchecks', run beside mlqa by mlqa.deepchecks"
    bare = [one.check for one in checks if not one.conditions and CHECKS[one.check]]
    if bare:
        note += f"; {', '.join(bare)} had no condition and now has that of deepchecks' own suites"
    live = [f"{one.check} ({LIVE[one.check] or 'skipped'})" for one in checks if one.check in LIVE]
    if live:
        note += f"; answered by mlqa's own check: {', '.join(live)}"
    return Written(_call("deepchecks", [first], named), False, note)


def _by_check(suite: str, checks: tuple[Asked, ...]) -> dict[str, str]:
    """Write conditions and arguments, by check where there are several."""
    conditions = {one.check: one.conditions for one in checks if one.conditions}
    arguments = {one.check: one.arguments for one in checks if one.arguments}
    found = {}
    for key, by_check in (("conditions", conditions), ("arguments", arguments)):
        texts = {check: "{" + ", ".join(f"{k!r}: {v}" for k, v in one.items()) + "}" for check, one in by_check.items()}
        if texts and suite:
            found[key] = texts[suite]
        elif texts:
            found[key] = "{" + ", ".join(f"{check!r}: {text}" for check, text in texts.items()) + "}"
    return found


def _roles(run: Run) -> dict[str, str]:
    """Return the columns that the datasets name, those of train first."""
    test, train = (table.roles if table else {} for table in (run.test, run.train))
    return {**test, **train}


def _call(name: str, given: list[str], named: Mapping[str, str]) -> str:
    text = f"mlqa.{name}({', '.join([*given, *(f'{key}={value}' for key, value in named.items())])})"
    ast.parse(text)  # what cannot be read again is never written
    return text
