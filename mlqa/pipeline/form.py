"""Reads pipeline.toml (its form is in `mlqa.pipeline.graph`), or takes one notebook as a pipeline."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError, nearest
from mlqa.gate import Policy
from mlqa.pipeline.graph import Pipeline, Step, ordered
from mlqa.pipeline.parameters import declared, fit, plain

__all__ = ["one_step", "read_pipeline", "read_toml"]

_TOP = {"pipeline": dict, "parameters": dict, "steps": dict, "demo": dict}
_STEP = {"notebook": str, "parameters": dict, "inputs": dict, "outputs": dict, "gate": dict, "timeout": (int, float)}
_GATE = {"strict": bool, "expect": list, "forbid_empty": bool}
_OPTIONS = {"parameters": "-p", "inputs": "-i"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def read_pipeline(
    file: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Pipeline:
    """Read a pipeline.toml and check it against its notebooks.

    Parameters
    ----------
    file : path
    parameters : dict, optional
        Values that win over those of the file, in every step that has a
        parameter of that name.
    inputs : dict of str to path, optional
        Files to read in place of an input's own; relative to the working
        directory.

    Returns
    -------
    Pipeline

    Raises
    ------
    UsageError
        Before anything runs: for a key, parameter or input that does not
        exist, a missing notebook or file, two steps that write one path, or a
        circle.
    """
    path = Path(file).resolve()
    content = read_toml(path)
    tables = content.get("steps", {})
    if not tables:
        raise UsageError("steps", str(file), "at least one [steps.NAME] table", "describe a step", "none")
    given = {"parameters": dict(parameters or {}), "inputs": dict(inputs or {})}
    shared = content.get("parameters", {})
    steps = [_step(name, table, path.parent, shared, given) for name, table in tables.items()]
    _all_used("[parameters] ", shared, [step.parameters for step in steps], [declared(s.notebook) for s in steps])
    _all_used("-p ", given["parameters"], [step.parameters for step in steps], [declared(s.notebook) for s in steps])
    _all_used("-i ", given["inputs"], [step.inputs for step in steps], [step.inputs for step in steps])
    return ordered(str(content.get("pipeline", {}).get("name", path.parent.name)), path, steps)


def one_step(
    notebook: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> Pipeline:
    """Take one notebook as a pipeline of one step; arguments as in :func:`read_pipeline`."""
    path = Path(notebook).resolve()
    given = {"parameters": dict(parameters or {}), "inputs": dict(inputs or {})}
    table = {"notebook": path.name, **given}
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-_") or "notebook"
    step = _step(name, table, path.parent, {}, given)
    return ordered(name, path, [step])


def read_toml(path: Path) -> dict[str, Any]:
    """Read a pipeline.toml and check its keys and their types."""
    if not path.is_file():
        inner = path / "pipeline.toml"
        hint = f"did you mean {str(inner)!r}?" if inner.is_file() else "check the path"
        got = "a folder" if path.is_dir() else "no file"
        raise UsageError("pipeline", str(path), "a pipeline.toml or a notebook", hint, got)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("pipeline", str(path), "valid TOML", str(error), "damage") from error
    _typed("", content, _TOP)
    for name, table in content.get("steps", {}).items():
        if not _NAME.fullmatch(name):
            raise UsageError("steps", name, "a name of letters, digits, - and _", "rename the step", "other characters")
        if not isinstance(table, dict):
            raise UsageError(f"steps.{name}", table, f"a table [steps.{name}]", "describe the step")
        _typed(f"[steps.{name}] ", table, _STEP)
        _typed(f"[steps.{name}] gate.", table.get("gate", {}), _GATE)
        for kind in ("inputs", "outputs"):
            _typed(f"[steps.{name}] {kind}.", table.get(kind, {}), None)
    return content


def _typed(where: str, table: Mapping[str, Any], form: Mapping[str, Any] | None) -> None:
    """Refuse unknown keys and values of another type; without a form, every value is a text."""
    for key, value in table.items():
        if form is not None and key not in form:
            raise UsageError(f"{where}{key}", value, "a known key", nearest(key, list(form)), "an unknown key")
        wanted = str if form is None else form[key]
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            name = "number" if isinstance(wanted, tuple) else wanted.__name__
            raise UsageError(f"{where}{key}", value, f"a value of type {name}", "mend the pipeline's file")


def _step(name: str, table: Mapping[str, Any], root: Path, shared: Mapping[str, Any], given: Mapping[str, Any]) -> Step:
    """Make one step and check its names against the notebook's parameters."""
    where = f"[steps.{name}] "
    if "notebook" not in table:
        raise UsageError(f"{where}notebook", None, "the path of a notebook", 'write notebook = "NAME.ipynb"', "none")
    notebook = root / table["notebook"]
    known = declared(notebook)
    declared_inputs = dict(table.get("inputs", {}))
    replaced = {key: path for key, path in _absolute(given["inputs"]).items() if key in declared_inputs}
    inputs = {key: _inside(path, root) for key, path in {**declared_inputs, **replaced}.items()}
    outputs = dict(table.get("outputs", {}))
    common = {key: value for key, value in shared.items() if key in known}
    own = table.get("parameters", {})
    winning = {key: value for key, value in given["parameters"].items() if key in known or key in own}
    values = {key: plain(f"{where}parameters.{key}", value) for key, value in {**common, **own, **winning}.items()}
    tables = {"parameters": values, "inputs": inputs, "outputs": outputs}
    _fitting(where, tables, known, {"parameters": set(winning), "inputs": set(replaced)})
    return Step(
        name=name,
        notebook=notebook,
        parameters=values,
        inputs=inputs,
        outputs=outputs,
        policy=Policy(**table.get("gate", {})),
        timeout=_seconds(where, table.get("timeout")),
    )


def _fitting(
    where: str,
    tables: Mapping[str, Mapping[str, Any]],
    known: Mapping[str, Any],
    typed: Mapping[str, set[str]],
) -> None:
    """Refuse a name that the notebook does not have, or that is given twice; `typed` were given by -p and -i."""
    seen: dict[str, str] = {}
    for kind, named in tables.items():
        for key, value in named.items():
            label = f"{_OPTIONS[kind]} {key}" if key in typed.get(kind, ()) else f"{where}{kind}.{key}"
            fit(label, key, value, known)
            if key in seen:
                got = f"also in {seen[key]}"
                hint = f"it is one of the {kind}: " + ("use -i" if kind == "inputs" else "its path stands in the file")
                raise UsageError(label, value, "each name once", hint, got)
            seen[key] = kind


def _inside(path: str, root: Path) -> str:
    """Write a path below the pipeline's folder as relative to it, so that it is known for what a step writes."""
    there = os.path.normpath(root / path)
    return Path(there).relative_to(root).as_posix() if Path(there).is_relative_to(root) else path


def _seconds(where: str, timeout: float | None) -> float | None:
    if timeout is not None and timeout <= 0:
        raise UsageError(f"{where}timeout", timeout, "a number of seconds above 0", "leave it out for none")
    return timeout


def _absolute(inputs: Mapping[str, str] | None) -> dict[str, str]:
    return {name: Path(path).resolve().as_posix() for name, path in (inputs or {}).items()}


def _all_used(
    where: str,
    given: Mapping[str, Any],
    taken: list[Mapping[str, Any]],
    known: list[dict[str, Any]] | list[Mapping[str, Any]],
) -> None:
    """Refuse a name that no step took."""
    for name in given:
        if not any(name in names for names in taken):
            names = sorted({other for table in known for other in table})
            hint = nearest(name, names) if names else "no step has one"
            raise UsageError(f"{where}{name}", given[name], "a name that some step has", hint, "no such name")
