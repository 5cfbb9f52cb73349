"""The ids of a parametrized test, as far as its text alone tells them."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Sequence

__all__ = ["ids_of"]


def ids_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> tuple[str, ...]:
    """Return the ids pytest gives to a test's parameter sets, where all of them are literals.

    Returns
    -------
    tuple of str
        Such as ``("1-a", "2-a")``; empty where the test is not parametrized or
        only the kernel can tell.

    Examples
    --------
    >>> text = "@pytest.mark.parametrize('x', [1, 'b'])" + chr(10) + "def test_x(x): ..."
    >>> ids_of(ast.parse(text).body[0])
    ('1', 'b')
    """
    if isinstance(node, ast.ClassDef):
        return ()
    columns: list[list[str]] = []
    covered: set[str] = set()
    for decorator in reversed(node.decorator_list):  # pytest reads the lowest decorator first
        if not ast.unparse(decorator).startswith("pytest.mark.parametrize("):
            continue
        names, ids = _one(decorator)
        if not ids or len(set(ids)) < len(ids):
            return ()
        covered.update(names)
        columns.append(ids)
    others = {argument.arg for argument in node.args.args} - covered - {"self"}
    if any(name.startswith("mlqa_") for name in others):  # these fixtures have parameters of their own
        return ()
    return tuple("-".join(row) for row in itertools.product(*columns)) if columns else ()


def _one(decorator: ast.expr) -> tuple[list[str], list[str]]:
    """Read one ``parametrize(names, values, ids=[...])``; no ids where it is not all literal."""
    if not isinstance(decorator, ast.Call) or len(decorator.args) != 2:
        return [], []
    given = {word.arg: word.value for word in decorator.keywords}
    values = decorator.args[1]
    try:
        names = _names(ast.literal_eval(decorator.args[0]))
        wished = ast.literal_eval(given.pop("ids")) if "ids" in given else None
    except (ValueError, TypeError):
        return [], []
    if given or not isinstance(values, (ast.List, ast.Tuple)):
        return [], []
    if wished is not None:
        known = isinstance(wished, (list, tuple)) and len(wished) == len(values.elts)
        return names, [str(word) for word in wished] if known and all(_simple(word) for word in wished) else []
    ids = [_row(names, value, index) for index, value in enumerate(values.elts)]
    return names, [text for text in ids if text is not None] if None not in ids else []


def _names(given: object) -> list[str]:
    words = given.split(",") if isinstance(given, str) else list(given)  # type: ignore[call-overload]  # a literal
    return [str(word).strip() for word in words if str(word).strip()]


def _row(names: Sequence[str], value: ast.expr, index: int) -> str | None:
    """Return the id of one set of values, or None where the text does not tell."""
    if isinstance(value, ast.Call):
        if ast.unparse(value.func) != "pytest.param":
            return None
        words = {word.arg: word.value for word in value.keywords}
        name = words.get("id")
        if name is not None:
            return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None
        cells = value.args
    elif len(names) == 1:
        cells = [value]
    elif isinstance(value, (ast.Tuple, ast.List)):
        cells = value.elts
    else:
        return None
    if len(cells) != len(names):
        return None
    parts = [_text(name, cell, index) for name, cell in zip(names, cells)]
    return None if None in parts else "-".join(part for part in parts if part is not None)


def _text(name: str, cell: ast.expr, index: int) -> str | None:
    try:
        value = ast.literal_eval(cell)
    except (ValueError, TypeError, SyntaxError):
        return None
    if isinstance(value, (list, tuple, dict, set)):
        return f"{name}{index}"
    return str(value) if _simple(value) else None


def _simple(value: object) -> bool:
    """Say whether pytest's id of a value is its plain text."""
    if isinstance(value, str):
        return value.isascii() and value.isprintable() and "::" not in value and value != ""
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, (bool, int))
