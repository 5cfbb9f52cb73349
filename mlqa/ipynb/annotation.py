"""What the annotation of a parameter accepts, read from its text: no kernel is asked.

Understood are ``int float str bool None Path date datetime dict``, ``Literal``,
``Optional``, unions, ``list[...] tuple[...] dict[...] Sequence[...]``, and ranges:
``Annotated[int, range(1, 11)]``, ``Annotated[float, (0, 1)]`` (both ends
included) or the bounds of annotated-types, ``Annotated[float, Ge(0), Lt(1)]``.
What else stands there accepts everything.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

__all__ = ["refusal"]

_PLAIN: dict[str, tuple[str, Callable[[Any], bool]]] = {}
_LISTS = {"list", "tuple", "Sequence", "Iterable", "Collection", "List", "Tuple", "set", "frozenset"}
_BOUNDS: dict[str, tuple[str, Callable[[Any, Any], bool]]] = {
    "Ge": ("at least", lambda value, bound: value >= bound),
    "Gt": ("above", lambda value, bound: value > bound),
    "Le": ("at most", lambda value, bound: value <= bound),
    "Lt": ("below", lambda value, bound: value < bound),
    "MinLen": ("of a length of at least", lambda value, bound: len(value) >= bound),
    "MaxLen": ("of a length of at most", lambda value, bound: len(value) <= bound),
}


def refusal(annotation: ast.expr, value: Any) -> str | None:
    """Say what would have been accepted, or None where the value is.

    Parameters
    ----------
    annotation : ast.expr
    value : object
        Plain: a text, number, truth value, None, list or dict of them.

    Returns
    -------
    str or None

    Examples
    --------
    >>> def ask(text, value):
    ...     return refusal(ast.parse(text, mode="eval").body, value)
    >>> ask("Literal['a', 'b']", "c"), ask("list[int]", [1, "x"]), ask("int | None", None)
    ("one of 'a', 'b'", 'a list of int', None)
    >>> ask("Annotated[float, (0, 1)]", 1.5), ask("Annotated[int, Ge(1)]", 0)
    ('a float from 0 to 1', 'an int of at least 1')
    """
    return None if _fits(annotation, value) else _worded(annotation)


def _name(node: ast.expr) -> str:
    """Return the last part of a dotted name, or nothing."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Constant):
        return "None" if node.value is None else ""
    return node.id if isinstance(node, ast.Name) else ""


def _parts(node: ast.expr) -> list[ast.expr]:
    """Return what stands between the brackets."""
    if not isinstance(node, ast.Subscript):
        return []
    return list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]


def _union(node: ast.expr) -> list[ast.expr]:
    """Return the members of ``A | B``, ``Union`` or ``Optional``; none where it is no union."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*(_union(node.left) or [node.left]), *(_union(node.right) or [node.right])]
    outer = _name(node.value) if isinstance(node, ast.Subscript) else ""
    if outer == "Optional":
        return [*_parts(node), ast.Constant(None)]
    return _parts(node) if outer == "Union" else []


def _quoted(node: ast.expr) -> ast.expr:
    """Read an annotation that is written as a text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            return ast.parse(node.value, mode="eval").body
        except SyntaxError:
            return ast.Name("Any")
    return node


def _fits(annotation: ast.expr, value: Any) -> bool:
    node = _quoted(annotation)
    members = _union(node)
    if members:
        return any(_fits(member, value) for member in members)
    if not isinstance(node, ast.Subscript):
        wanted = _PLAIN.get(_name(node))
        return wanted is None or wanted[1](value)
    return _fits_generic(node, value)


def _fits_generic(node: ast.Subscript, value: Any) -> bool:
    outer, parts = _name(node.value), _parts(node)
    if outer == "Literal":
        return any(type(value) is type(choice) and value == choice for choice in _choices(node))
    if outer == "Annotated":
        return _fits(parts[0], value) and all(_within(bound, value) for bound in parts[1:])
    if outer in _LISTS:
        return isinstance(value, (list, tuple)) and _items_fit(outer, parts, list(value))
    if outer in ("dict", "Dict", "Mapping") and len(parts) == 2:
        return isinstance(value, dict) and all(_fits(parts[1], item) for item in value.values())
    return True


def _items_fit(outer: str, parts: list[ast.expr], items: list[Any]) -> bool:
    fixed = outer in ("tuple", "Tuple") and not _open_ended(parts)
    if fixed:
        return len(items) == len(parts) and all(_fits(part, item) for part, item in zip(parts, items))
    return all(_fits(parts[0], item) for item in items)


def _open_ended(parts: list[ast.expr]) -> bool:
    return len(parts) == 2 and isinstance(parts[1], ast.Constant) and parts[1].value is ...


def _choices(node: ast.expr) -> list[Any]:
    try:
        return [ast.literal_eval(part) for part in _parts(node)]
    except (ValueError, TypeError):
        return []


def _bound_of(node: ast.expr) -> list[tuple[str, Any]]:
    """Read one piece of ``Annotated`` as bounds; nothing where it says none."""
    try:
        if isinstance(node, ast.Tuple) and len(node.elts) == 2:
            low, high = ast.literal_eval(node)
            return [(kind, bound) for kind, bound in (("Ge", low), ("Le", high)) if bound is not None]
        if isinstance(node, ast.Call):
            given = [ast.literal_eval(argument) for argument in node.args]
            named = {str(word.arg): ast.literal_eval(word.value) for word in node.keywords}
            return _called(_name(node.func), given, named)
    except (ValueError, TypeError):
        pass
    return []


def _called(name: str, given: list[Any], named: dict[str, Any]) -> list[tuple[str, Any]]:
    if name == "range" and 1 <= len(given) <= 2:
        low, high = (0, *given) if len(given) == 1 else given
        return [("Ge", low), ("Le", high - 1)]
    if name in ("Interval", "Field"):
        return [(key.capitalize(), bound) for key, bound in named.items() if key in ("ge", "gt", "le", "lt")]
    bounds = [*given, *named.values()]
    return [(name, bounds[0])] if name in _BOUNDS and len(bounds) == 1 else []


def _within(node: ast.expr, value: Any) -> bool:
    try:
        return value is None or all(_BOUNDS[kind][1](value, bound) for kind, bound in _bound_of(node))
    except TypeError:
        return False


def _worded(annotation: ast.expr) -> str:
    """Say in words what an annotation accepts."""
    node = _quoted(annotation)
    members = _union(node)
    if members:
        return " or ".join(_worded(member) for member in members)
    if not isinstance(node, ast.Subscript):
        return _PLAIN[_name(node)][0] if _name(node) in _PLAIN else ast.unparse(node)
    outer, parts = _name(node.value), _parts(node)
    if outer == "Literal":
        return "one of " + ", ".join(repr(choice) for choice in _choices(node))
    if outer == "Annotated":
        return f"{_worded(parts[0])} {_bounds_worded(parts[1:])}".strip()
    return f"a {outer.lower()} of {', '.join(ast.unparse(part) for part in parts)}"


def _bounds_worded(nodes: list[ast.expr]) -> str:
    bounds = [bound for node in nodes for bound in _bound_of(node)]
    if [kind for kind, _ in bounds] == ["Ge", "Le"]:
        return f"from {bounds[0][1]} to {bounds[1][1]}"
    words = [f"{'of ' if kind in ('Ge', 'Le') else ''}{_BOUNDS[kind][0]} {bound}" for kind, bound in bounds]
    return " and ".join(words)


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _iso(kind: type[date]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            return isinstance(value, str) and kind.fromisoformat(value) is not None
        except ValueError:
            return False

    return fits


_PLAIN.update(
    {
        "int": ("an int", _whole),
        "float": ("a float", lambda value: _number(value) and not math.isnan(value)),
        "str": ("a str", lambda value: isinstance(value, str)),
        "bool": ("a bool", lambda value: isinstance(value, bool)),
        "None": ("None", lambda value: value is None),
        "Path": ("a path", lambda value: isinstance(value, str) and bool(value) and "\0" not in value),
        "date": ("a date such as '2026-01-31'", _iso(date)),
        "datetime": ("a time such as '2026-01-31T12:00'", _iso(datetime)),
        "list": ("a list", lambda value: isinstance(value, (list, tuple))),
        "tuple": ("a list", lambda value: isinstance(value, (list, tuple))),
        "dict": ("a table", lambda value: isinstance(value, dict)),
    }
)
