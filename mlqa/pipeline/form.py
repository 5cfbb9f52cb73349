"""Reads pipeline.toml (its form is in `mlqa.pipeline.graph`), or takes one notebook as a pipeline."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError, nearest
from mlqa.gate import Policy
from mlqa.ipynb.parameters import annotated, declared, fit, plain
from mlqa.pipeline.graph import Pipeline, Step, ordered
from mlqa.pipeline.secrets import resolved
from mlqa.pipeline.toml import read_toml, resources_of

__all__ = ["one_step", "read_pipeline"]

_OPTIONS = {"parameters": "-p", "inputs": "-i", "secrets": "--secret"}
_PLAIN = ("retries", "retry_wait", "timeout", "cell_timeout")


def read_pipeline(
    file: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
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
    secrets : dict of str to str, optional
        References ``env:NAME`` or ``file:PATH`` that win over those of the file.

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
    given = {"parameters": dict(parameters or {}), "inputs": dict(inputs or {}), "secrets": dict(secrets or {})}
    shared = content.get("parameters", {})
    steps = [_step(name, table, path.parent, shared, given) for name, table in tables.items()]
    _all_used("[parameters] ", shared, [step.parameters for step in steps], [declared(s.notebook) for s in steps])
    _all_used("-p ", given["parameters"], [step.parameters for step in steps], [declared(s.notebook) for s in steps])
    _all_used("-i ", given["inputs"], [step.inputs for step in steps], [step.inputs for step in steps])
    known_secrets = [declared(s.notebook) for s in steps]
    _all_used("--secret ", dict.fromkeys(given["secrets"], "..."), [step.secrets for step in steps], known_secrets)
    about = {"name": path.parent.name, **content.get("pipeline", {})}
    return replace(ordered(str(about.pop("name")), path, steps), **about)


def one_step(
    notebook: str | Path,
    *,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Pipeline:
    """Take one notebook as a pipeline of one step; arguments as in :func:`read_pipeline`."""
    path = Path(notebook).resolve()
    given = {"parameters": dict(parameters or {}), "inputs": dict(inputs or {}), "secrets": dict(secrets or {})}
    table = {"notebook": path.name, **given}
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", path.stem).strip("-_") or "notebook"
    step = _step(name, table, path.parent, {}, given)
    return ordered(name, path, [step])


def _step(name: str, table: Mapping[str, Any], root: Path, shared: Mapping[str, Any], given: Mapping[str, Any]) -> Step:
    """Make one step and check its names against the notebook's parameters."""
    where = f"[steps.{name}] "
    if "notebook" not in table:
        raise UsageError(f"{where}notebook", None, "the path of a notebook", 'write notebook = "NAME.ipynb"', "none")
    notebook = root / table["notebook"]
    known, types = declared(notebook), annotated(notebook)
    declared_inputs = dict(table.get("inputs", {}))
    replaced = {key: path for key, path in _absolute(given["inputs"]).items() if key in declared_inputs}
    inputs = {key: _inside(path, root) for key, path in {**declared_inputs, **replaced}.items()}
    hidden = {key: value for key, value in given["secrets"].items() if key in known}
    secrets = {**table.get("secrets", {}), **hidden}
    common = {key: value for key, value in shared.items() if key in known and key not in secrets}
    own = table.get("parameters", {})
    winning = {key: value for key, value in given["parameters"].items() if key in known or key in own}
    values = {key: plain(f"{where}parameters.{key}", value) for key, value in {**common, **own, **winning}.items()}
    tables: dict[str, Any] = {"parameters": values, "inputs": inputs, "outputs": dict(table.get("outputs", {}))}
    typed = {"parameters": set(winning), "inputs": set(replaced), "secrets": set(hidden)}
    _secrets_read(where, secrets, known, root, typed["secrets"])
    _fitting(where, {**tables, "secrets": dict.fromkeys(secrets, "...")}, (known, types), typed)
    return Step(
        name=name,
        notebook=notebook,
        **tables,
        secrets=secrets,
        policy=Policy(**table.get("gate", {})),
        **_limits(where, table),
        **resources_of(where, table.get("resources", {})),
    )


def _secrets_read(
    where: str, secrets: Mapping[str, str], known: Mapping[str, Any], root: Path, typed: set[str]
) -> None:
    """Refuse a secret that cannot be read, before anything runs."""
    for key, reference in secrets.items():
        label = f"--secret {key}" if key in typed else f"{where}secrets.{key}"
        fit(label, key, "...", dict.fromkeys(known))
        resolved(label, reference, root)


def _fitting(
    where: str,
    tables: Mapping[str, Mapping[str, Any]],
    declares: tuple[Mapping[str, Any], Mapping[str, Any]],
    typed: Mapping[str, set[str]],
) -> None:
    """Refuse a name that the notebook does not have, or that is given twice; `typed` were given by options."""
    seen: dict[str, str] = {}
    known, types = declares
    for kind, named in tables.items():
        for key, value in named.items():
            label = f"{_OPTIONS[kind]} {key}" if key in typed.get(kind, ()) else f"{where}{kind}.{key}"
            if kind != "secrets":
                fit(label, key, value, known, types)
            if key in seen:
                got = f"also in {seen[key]}"
                hint = f"it is one of the {kind}: " + (
                    f"use {_OPTIONS[kind]}" if kind in ("inputs", "secrets") else "its path stands in the file"
                )
                raise UsageError(label, "..." if kind == "secrets" else value, "each name once", hint, got)
            seen[key] = kind


def _limits(where: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers that bound a step, checked."""
    for key in ("timeout", "cell_timeout"):
        if table.get(key) is not None and table[key] <= 0:
            raise UsageError(f"{where}{key}", table[key], "a number of seconds above 0", "leave it out for none")
    for key in ("retries", "retry_wait"):
        if table.get(key, 0) < 0:
            raise UsageError(f"{where}{key}", table[key], "a number of at least 0", "leave it out for none")
    return {key: table[key] for key in _PLAIN if key in table}


def _inside(path: str, root: Path) -> str:
    """Write a path below the pipeline's folder as relative to it, so that it is known for what a step writes."""
    there = os.path.normpath(root / path)
    return Path(there).relative_to(root).as_posix() if Path(there).is_relative_to(root) else path


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
