"""What the result of a step depends on, as digests: equal parts, equal result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from mlqa import records
from mlqa.ipynb.parameters import finite
from mlqa.pipeline.graph import Step
from mlqa.pipeline.imports import code_of, modules_of, project_of
from mlqa.settings import read_settings

__all__ = ["changes", "code_files", "key_of", "made_of"]

_DATA = ("reference", "current", "train", "test", "model")
_FIXTURES = tuple(f"mlqa_{name}" for name in (*_DATA, "subject", "predictions"))


def made_of(step: Step, inputs: Mapping[str, str], known: MutableMapping[str, Any]) -> dict[str, Any]:
    """Return the parts that a step's result is made of.

    Parameters
    ----------
    step : Step
    inputs : dict of str to str
        Path to digest of what it reads.
    known : dict
        Digests of earlier calls; see `mlqa.records.digest_of_path`.

    Returns
    -------
    dict
        ``notebook``, ``parameters``, ``secrets`` (references), ``inputs``,
        ``outputs`` (paths), ``modules``, ``settings``, ``environment``, ``gate``.
    """
    notebook = json.loads(step.notebook.read_text(encoding="utf-8"))
    code = code_of(notebook)
    root = project_of(step.notebook.parent)
    return {
        "notebook": _digest([code, notebook.get("metadata", {}).get("kernelspec", {}).get("name")]),
        "parameters": finite(dict(step.parameters)),
        "secrets": dict(step.secrets),
        "inputs": dict(inputs),
        "outputs": dict(step.outputs),
        "modules": {_below(file, root): records.digest_of_path(file, known) for file in _modules(step, code)},
        "settings": _settings(step, code, known),
        "environment": _environment(),
        "gate": _digest([asdict(step.policy), _own_code()]),
    }


def key_of(parts: Mapping[str, Any]) -> str:
    """Return one digest of all parts."""
    return _digest(parts)


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Say in words what differs between the parts of two steps."""
    for kind, what in (("parameters", "parameter"), ("secrets", "secret"), ("inputs", "input"), ("modules", "module")):
        before, after = old.get(kind, {}), new.get(kind, {})
        for name in sorted({*before, *after}):
            if name not in before:
                yield f"{what} {name} is new"
            elif name not in after:
                yield f"{what} {name} is gone"
            elif before[name] != after[name]:
                told = f": {before[name]!r} -> {after[name]!r}" if kind == "parameters" else ""
                yield f"{what} {name} changed{told}"
    words = {
        "notebook": "its code changed",
        "outputs": "its outputs have other names",
        "settings": "settings, baselines or subjects of [tool.mlqa] changed",
        "environment": "the installed packages changed",
        "gate": "its gate, or the code of mlqa, changed",
    }
    yield from (told for kind, told in words.items() if old.get(kind) != new.get(kind))


def code_files(step: Step) -> tuple[Path, ...]:
    """Return the files of code that a step stands on: its notebook and the project's modules."""
    code = code_of(json.loads(step.notebook.read_text(encoding="utf-8")))
    return (step.notebook, *_modules(step, code), *_baselines(step))


def _modules(step: Step, code: list[dict[str, Any]]) -> tuple[Path, ...]:
    return modules_of([cell["source"] for cell in code], step.notebook.parent)


def _baselines(step: Step) -> list[Path]:
    """Return the recorded baselines of a step's project."""
    root, settings = read_settings(step.notebook.parent)
    folder = root / settings["baselines"]
    return sorted(file for file in folder.rglob("*.json") if file.is_file()) if folder.is_dir() else []


def _settings(step: Step, code: list[dict[str, Any]], known: MutableMapping[str, Any]) -> str:
    """Digest what the notebook's tests take from outside it: settings, baselines and, where asked for, subjects."""
    root, settings = read_settings(step.notebook.parent)
    parts: list[Any] = [{name: value for name, value in settings.items() if name not in ("pipeline", "report")}]
    text = "\n".join(cell["source"] for cell in code)
    if "mlqa_baseline" in text or "mlqa_baseline" in "".join(_conftests(step)):
        parts += [[file.name, records.digest_of_path(file, known)] for file in _baselines(step)]
    if any(name in text for name in _FIXTURES):
        named = [str(subject[key]) for subject in settings["subjects"].values() for key in _DATA if key in subject]
        parts += [[name, records.digest_of_path(root / name, known)] for name in named if (root / name).exists()]
    return _digest(parts)


def _conftests(step: Step) -> Iterator[str]:
    for file in modules_of([], step.notebook.parent):
        yield file.read_text(encoding="utf-8", errors="replace")


def _below(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.as_posix()


@cache
def _environment() -> str:
    found = records.environment()
    return _digest([found["python"], found["system"], found["digest"]])


@cache
def _own_code() -> str:
    """Digest the code of the checks and the gate, which is ours."""
    folder = Path(__file__).parents[1]
    return _digest([[str(p.relative_to(folder)), records.digest_of_path(p)] for p in sorted(folder.rglob("*.py"))])


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
