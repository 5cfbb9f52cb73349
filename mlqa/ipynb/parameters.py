"""The parameters of a notebook: what its ``parameters`` cell declares, and whether a value fits."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError, nearest
from mlqa.ipynb.annotation import refusal

__all__ = ["UNKNOWN", "annotated", "declared", "finite", "fit", "plain", "value_of"]

UNKNOWN = object()  # the default is an expression that only the kernel can evaluate
_PYTHON = {"True": True, "False": False, "None": None}


def declared(notebook: str | Path) -> dict[str, Any]:
    """Return the names that a notebook's ``parameters`` cell assigns, with their defaults.

    Parameters
    ----------
    notebook : path

    Returns
    -------
    dict of str to object
        `UNKNOWN` where the default is no literal. Empty without such a cell;
        as in papermill, only the first cell tagged ``parameters`` counts.

    Raises
    ------
    UsageError
        If the file is no notebook, or the cell is not Python.
    """
    found: dict[str, Any] = {}
    for node in _body(notebook):
        for target in _targets(node):
            if isinstance(target, ast.Name):
                found[target.id] = _literal(getattr(node, "value", None))
    return found


def annotated(notebook: str | Path) -> dict[str, ast.expr]:
    """Return the annotations of a notebook's ``parameters`` cell, by name; raises as :func:`declared`."""
    return {
        node.target.id: node.annotation
        for node in _body(notebook)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def value_of(text: str) -> Any:
    """Read a value from the command line: JSON where it is JSON, else the text itself.

    Examples
    --------
    >>> value_of("3"), value_of("1e-3"), value_of("true"), value_of("[1, 2]"), value_of("a b"), value_of('"3"')
    (3, 0.001, True, [1, 2], 'a b', '3')
    """
    if text in _PYTHON:
        return _PYTHON[text]
    try:
        return json.loads(text, parse_constant=_refuse)
    except ValueError:
        return text


def plain(where: str, value: Any) -> Any:
    """Turn a value into what a record and a notebook can hold; a date becomes its ISO text.

    Raises
    ------
    UsageError
        If it is something else than texts, numbers, truth values, None, dates,
        paths, and lists and tables of them.

    Examples
    --------
    >>> plain("-p day", [date(2026, 1, 31), {"deep": (1, 2.5)}])
    ['2026-01-31', {'deep': [1, 2.5]}]
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [plain(where, item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(where, item) for key, item in value.items()}
    if hasattr(value, "item") and getattr(value, "shape", None) == ():  # a number of numpy
        return plain(where, value.item())
    raise UsageError(where, value, "a text, number, truth value, date, list or table", "let the notebook read it")


def finite(value: Any) -> Any:
    """Write NaN and infinity as texts: JSON has neither."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def fit(
    where: str, name: str, value: Any, known: Mapping[str, Any], types: Mapping[str, ast.expr] | None = None
) -> None:
    """Refuse a parameter that the notebook does not have, or a value of another type than its default.

    Parameters
    ----------
    where : str
        What to call it in the error.
    name : str
    value : object
    known : dict
        As :func:`declared` returns.
    types : dict, optional
        As :func:`annotated` returns; where there is one, it decides instead of
        the default.

    Raises
    ------
    UsageError
        Naming the nearest parameter there is, or the type that was wanted.
    """
    if name not in known:
        hint = nearest(name, list(known)) if known else "tag the cell that assigns it 'parameters'"
        raise UsageError(where, value, "a parameter of the notebook", hint, "no such parameter")
    default = known[name]
    if types is not None and name in types:
        wanted = refusal(types[name], value)
        if wanted is not None:
            hint = _quote(value, wanted) or f"the notebook says {name}: {ast.unparse(types[name])}"
            got = None if wanted in ("a str", "an int", "a float", "a bool") else "another value"
            raise UsageError(where, value, wanted, hint, got)
        return
    if default is UNKNOWN or default is None or _same_kind(value, default):
        return
    hint = (_quote(value, "a str") if isinstance(default, str) else "") or f"its default is {default!r}"
    raise UsageError(where, value, f"a value of type {type(default).__name__}", hint)


def _quote(value: Any, wanted: str) -> str:
    """Say how a number becomes a text where one was wanted."""
    return f"""quote it: '"{value}"'""" if wanted == "a str" else ""


def _same_kind(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, (int, float))
    if isinstance(default, (list, tuple)):
        return isinstance(value, (list, tuple))
    return isinstance(value, type(default))


def _body(notebook: str | Path) -> list[ast.stmt]:
    """Return the statements of the first cell tagged ``parameters``."""
    for cell in _cells(Path(notebook)):
        if cell.get("cell_type") == "code" and "parameters" in cell.get("metadata", {}).get("tags", ()):
            source = cell.get("source", "")
            return _parsed(source if isinstance(source, str) else "".join(source), notebook)
    return []


def _parsed(source: str, notebook: str | Path) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError as error:
        hint = f"line {error.lineno}: {error.msg}"
        raise UsageError("parameters", str(notebook), "a 'parameters' cell in Python", hint, "other text") from error


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


def _literal(node: ast.expr | None) -> Any:
    try:
        return UNKNOWN if node is None else ast.literal_eval(node)
    except (ValueError, TypeError):
        return UNKNOWN


def _cells(notebook: Path) -> list[dict[str, Any]]:
    if not notebook.is_file():
        raise UsageError("notebook", str(notebook), "a notebook that exists", "mend the path", "no file")
    try:
        return list(json.loads(notebook.read_text(encoding="utf-8"))["cells"])
    except (ValueError, KeyError, TypeError) as error:
        hint = f"open it in JupyterLab and save it again ({type(error).__name__})"
        raise UsageError("notebook", str(notebook), "a notebook of format 4", hint, "damage") from error


def _refuse(text: str) -> None:
    raise ValueError(text)  # NaN and Infinity are no JSON
