"""Reads pipeline.toml, or ``[tool.mlqa.pipeline]`` of pyproject.toml, and checks its keys and types."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError, nearest

__all__ = ["found_in", "read_toml", "resources_of"]

_NUMBER = (int, float)
_PIPELINE = {"name": str, "jobs": int, "openlineage": str, "openlineage_key": str}
_TOP = {"pipeline": dict, "parameters": dict, "steps": dict, "demo": dict}
_STEP = {
    "notebook": str,
    "parameters": dict,
    "secrets": dict,
    "inputs": dict,
    "outputs": dict,
    "gate": dict,
    "retries": int,
    "retry_wait": _NUMBER,
    "timeout": _NUMBER,
    "cell_timeout": _NUMBER,
    "resources": dict,
}
_GATE = {"strict": bool, "expect": list, "forbid_empty": bool}
_RESOURCES = {"cpus": int, "memory": (str, int)}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_SIZE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([kKmMgGtT]?)(i?)[bB]?\s*")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a pipeline.toml, or the pipeline of a pyproject.toml, and check its keys and their types."""
    if not path.is_file():
        inner = path / "pipeline.toml"
        hint = f"did you mean {str(inner)!r}?" if inner.is_file() else "check the path"
        got = "a folder" if path.is_dir() else "no file"
        raise UsageError("pipeline", str(path), "a pipeline.toml or a notebook", hint, got)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("pipeline", str(path), "valid TOML", str(error), "damage") from error
    if path.name == "pyproject.toml":
        content = _of_project(content, path)
    _typed("", content, _TOP)
    _typed("[pipeline] ", content.get("pipeline", {}), _PIPELINE)
    if content.get("pipeline", {}).get("jobs", 1) < 1:
        raise UsageError("[pipeline] jobs", content["pipeline"]["jobs"], "a number of at least 1", "write jobs = 2")
    address = content.get("pipeline", {}).get("openlineage", "http://")
    if not address.startswith(("http://", "https://")):
        raise UsageError("[pipeline] openlineage", address, "an address http://...", "mend it", "another")
    for name, table in content.get("steps", {}).items():
        if not _NAME.fullmatch(name):
            raise UsageError("steps", name, "a name of letters, digits, - and _", "rename the step", "other characters")
        if not isinstance(table, dict):
            raise UsageError(f"steps.{name}", table, f"a table [steps.{name}]", "describe the step")
        _typed(f"[steps.{name}] ", table, _STEP)
        _typed(f"[steps.{name}] gate.", table.get("gate", {}), _GATE)
        _typed(f"[steps.{name}] resources.", table.get("resources", {}), _RESOURCES)
        for kind in ("inputs", "outputs", "secrets"):
            _typed(f"[steps.{name}] {kind}.", table.get(kind, {}), None)
    return content


def _typed(where: str, table: Mapping[str, Any], form: Mapping[str, Any] | None) -> None:
    """Refuse unknown keys and values of another type; without a form, every value is a text."""
    for key, value in table.items():
        if form is not None and key not in form:
            raise UsageError(f"{where}{key}", value, "a known key", nearest(key, list(form)), "an unknown key")
        wanted = str if form is None else form[key]
        if not isinstance(value, wanted) or (wanted is not bool and isinstance(value, bool)):
            name = "number" if wanted is _NUMBER else "text" if isinstance(wanted, tuple) else wanted.__name__
            shown = "..." if where.endswith("secrets.") else value
            raise UsageError(f"{where}{key}", shown, f"a value of type {name}", "mend the pipeline's file")


def found_in(folder: Path) -> Path:
    """Return the file that describes the pipeline of a folder.

    Raises
    ------
    UsageError
        If there is neither a pipeline.toml nor a pipeline in pyproject.toml.
    """
    if (folder / "pipeline.toml").is_file():
        return folder / "pipeline.toml"
    project = folder / "pyproject.toml"
    if project.is_file() and "[tool.mlqa.pipeline" in project.read_text(encoding="utf-8", errors="replace"):
        return project
    inner = folder / "notebooks" / "pipeline.toml"
    hint = f"did you mean {str(inner)!r}?" if inner.is_file() else "name the pipeline or the notebook"
    raise UsageError("pipeline", str(folder), "a folder with a pipeline.toml", hint, "none")


def resources_of(where: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``cpus`` and ``memory`` in bytes.

    Raises
    ------
    UsageError
        If `cpus` is below 1 or the memory is no size.

    Examples
    --------
    >>> resources_of("", {"memory": "2 GB", "cpus": 2})
    {'cpus': 2, 'memory': 2000000000}
    """
    cpus, memory = table.get("cpus"), table.get("memory")
    if cpus is not None and cpus < 1:
        raise UsageError(f"{where}resources.cpus", cpus, "a number of at least 1", "write cpus = 1")
    return {"cpus": cpus, "memory": None if memory is None else _bytes(f"{where}resources.memory", memory)}


def _bytes(where: str, size: str | int) -> int:
    found = _SIZE.fullmatch(str(size))
    count = 0
    if found:
        number, unit, binary = found.groups()
        count = int(float(number) * (1024 if binary else 1000) ** " KMGT".index(unit.upper() or " "))
    if count <= 0:
        raise UsageError(where, size, "a size such as '500 MB' or '2 GiB'", "write a number and a unit")
    return count


def _of_project(content: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """Return ``[tool.mlqa.pipeline]`` in the form of a pipeline.toml."""
    table = content.get("tool", {}).get("mlqa", {}).get("pipeline")
    if not isinstance(table, dict):
        hint = "describe it in [tool.mlqa.pipeline.steps.NAME], or name a pipeline.toml"
        raise UsageError("pipeline", str(path), "a table [tool.mlqa.pipeline]", hint, "none")
    own = {key: value for key, value in table.items() if key in _PIPELINE}
    return {"pipeline": own, **{key: value for key, value in table.items() if key not in _PIPELINE}}
