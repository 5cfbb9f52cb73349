"""What a user's text says of deepchecks: datasets, suites, checks with their conditions, and the names they have."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from mlqa.bridges.deepchecks.known import CHECKS, SUITES

__all__ = ["Asked", "Group", "Table", "Words", "read"]

_RENAMED = {
    "CategoryMismatchTrainTest": "NewCategoryTrainTest",
    "TrainTestFeatureDrift": "FeatureDrift",
    "TrainTestLabelDrift": "LabelDrift",
    "TrainTestPredictionDrift": "PredictionDrift",
    "WholeDatasetDrift": "MultivariateDrift",
}
_ROLES = {"label": "target", "index_name": "id", "datetime_name": "time", "cat_features": "categorical"}


@dataclass(frozen=True, slots=True)
class Table:
    """A Dataset: the frame it was made of, and the roles of its columns, as texts of the source."""

    frame: str
    roles: dict[str, str]
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A check: its name, the texts of its arguments, its conditions with theirs."""

    check: str
    arguments: dict[str, str]
    conditions: dict[str, str] = field(default_factory=dict)
    chosen: bool = False  # a condition has arguments of the user's own


@dataclass(frozen=True, slots=True)
class Group:
    """A suite of theirs by name, or checks that the user grouped."""

    suite: str
    checks: tuple[Asked, ...] = ()
    arguments: dict[str, str] = field(default_factory=dict)


Thing = Table | Asked | Group
Words = dict[str, Thing]


def read(node: ast.expr, known: Words, imported: dict[str, str]) -> Thing | None:
    """Return what an expression is, or None where it is nothing of deepchecks or cannot be followed.

    Parameters
    ----------
    node : ast.expr
    known : dict
        What the names assigned before stand for.
    imported : dict
        Names in the text, and deepchecks' own names for them.
    """
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if not isinstance(node, ast.Call):
        return None
    function = node.func
    if isinstance(function, ast.Attribute) and function.attr.startswith("add_condition_"):
        return _with_condition(read(function.value, known, imported), node, function.attr)
    name = named(function, imported)
    readers: dict[str, Callable[[ast.Call], Thing | None]] = {
        "Dataset": _table,
        "Suite": partial(_group, known=known, imported=imported),
    }
    return readers[name](node) if name in readers else _asked(node, name)


def _asked(node: ast.Call, name: str) -> Asked | Group | None:
    """Read a default suite or a check, by its name."""
    if name in SUITES and not node.args and all(part.arg for part in node.keywords):
        return Group(name, (), {key: ast.unparse(value) for key, value in _named(node).items()})
    check = _RENAMED.get(name, name)
    if check in CHECKS and not node.args and all(part.arg for part in node.keywords):
        return Asked(check, {key: ast.unparse(value) for key, value in _named(node).items()})
    return None


def named(function: ast.expr, imported: dict[str, str]) -> str:
    """Return deepchecks' own name for what is called; empty where it is not of deepchecks."""
    if isinstance(function, ast.Name):
        return imported.get(function.id, "")
    if isinstance(function, ast.Attribute):
        root: ast.expr = function
        while isinstance(root, ast.Attribute):
            root = root.value
        if isinstance(root, ast.Name) and root.id in imported:
            return function.attr
    return ""


def _named(node: ast.Call) -> dict[str, ast.expr]:
    return {part.arg: part.value for part in node.keywords if part.arg}


def _table(node: ast.Call) -> Table | None:
    """Read ``Dataset(frame, label='y', ...)``; labels handed over as values cannot be followed."""
    parts = _named(node)
    given = [*node.args, *([parts.pop("df")] if "df" in parts else [])]
    if len(given) > 1 and "label" not in parts:
        parts["label"] = given[1]
    if not given or any(part.arg is None for part in node.keywords):
        return None
    roles = {_ROLES[key]: value for key, value in parts.items() if key in _ROLES}
    if any(not _is_name(value) for key, value in roles.items() if key != "categorical"):
        return None
    texts = {key: ast.unparse(value) for key, value in roles.items() if ast.unparse(value) != "None"}
    lost = tuple(f"{key}={ast.unparse(value)}" for key, value in parts.items() if key not in _ROLES)
    return Table(ast.unparse(given[0]), texts, lost)


def _is_name(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and (value.value is None or isinstance(value.value, str))


def _with_condition(thing: Thing | None, node: ast.Call, method: str) -> Thing | None:
    if not isinstance(thing, Asked) or any(part.arg is None for part in node.keywords):
        return None
    texts = [f"{key!r}: {ast.unparse(value)}" for key, value in _named(node).items()]
    if len(node.args) > 1 or (node.args and texts):
        return None
    given = ast.unparse(node.args[0]) if node.args else "{" + ", ".join(texts) + "}"
    conditions = {**thing.conditions, method.removeprefix("add_condition_"): given}
    return Asked(thing.check, thing.arguments, conditions, thing.chosen or given != "{}")


def _group(node: ast.Call, known: Words, imported: dict[str, str]) -> Group | None:
    """Read ``Suite('name', check, check, ...)``; a suite in it counts with all its checks."""
    found: list[Asked] = []
    for part in node.args[1:]:
        thing = read(part, known, imported)
        if isinstance(thing, Asked):
            found.append(thing)
        elif isinstance(thing, Group) and not thing.suite:
            found += thing.checks
        elif isinstance(thing, Group):
            found += [Asked(name, {}) for name in SUITES[thing.suite]]
        else:
            return None
    names = [one.check for one in found]
    return Group("", tuple(found)) if found and len(set(names)) == len(names) else None
