"""The sets of parameters a notebook is run with: from pyproject.toml and from its parameters cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from mlqa.errors import UsageError
from mlqa.ipynb.cells import Notebook, parameters_cell
from mlqa.ipynb.parameters import declared, fit, plain
from mlqa.plugin.options import OPTIONS

__all__ = ["label_of", "sets_of"]


def sets_of(notebook: Notebook, config: pytest.Config) -> list[dict[str, Any]]:
    """Return each set of parameters, checked against what the notebook declares; none for a plain run.

    Raises
    ------
    UsageError
        If a set is no table, names what the notebook has not, or gives a value
        of another type than the default.
    """
    found = [*_of_project(notebook.path, config), *_of_cell(notebook)]
    if not found:
        return []
    known = declared(notebook.path)
    checked: dict[str, dict[str, Any]] = {}
    for where, given in found:
        if not isinstance(given, Mapping) or not given:
            raise UsageError(where, given, "a table of parameters", "write it as { name = value }")
        one = {str(name): plain(f"{where} {name}", value) for name, value in given.items()}
        for name, value in one.items():
            fit(f"{where} {name}", name, value, known)
        checked[label_of(one)] = one
    return list(checked.values())


def label_of(parameters: Mapping[str, Any]) -> str:
    """Return how the ids of a set's items name it; no bracket or '::' in it, so that it can be given to pytest.

    Examples
    --------
    >>> label_of({"alpha": 0.5, "kind": "a b"})
    'alpha=0.5,kind=a-b'
    """
    return ",".join(f"{name}={re.sub(r'[^0-9A-Za-z_.+-]+', '-', str(value))}" for name, value in parameters.items())


def _of_project(path: Path, config: pytest.Config) -> list[tuple[str, Any]]:
    """Return the sets of ``[tool.mlqa.parameters]`` whose pattern fits the notebook's path from the root."""
    options = config.stash[OPTIONS]
    file = path.resolve()
    name = file.relative_to(options.root).as_posix() if file.is_relative_to(options.root) else file.as_posix()
    found: list[tuple[str, Any]] = []
    for pattern, sets in options.parameters.items():
        where = f'[tool.mlqa.parameters] "{pattern}"'
        if not isinstance(sets, list):
            raise UsageError(where, sets, "a list of tables", "write it as [{ name = value }]")
        if fnmatch(name, pattern):
            found += [(where, one) for one in sets]
    return found


def _of_cell(notebook: Notebook) -> list[tuple[str, Any]]:
    """Return the sets that the parameters cell has in its metadata, ``mlqa.parameters``."""
    cell = parameters_cell(notebook)
    sets = [] if cell is None else cell.settings.get("parameters", [])
    where = "mlqa.parameters of the parameters cell"
    if not isinstance(sets, list):
        raise UsageError(where, sets, "a list of tables", 'write it as [{"name": value}]')
    return [(where, one) for one in sets]
