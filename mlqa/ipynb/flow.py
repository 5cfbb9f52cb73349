"""Which cells need what another cell gives: names defined and used, read from the text. Conservative."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from mlqa.ipynb.cells import body_of
from mlqa.ipynb.names import parse

__all__ = ["Flow", "Lost", "flow_of", "parted"]

_HIDDEN = {"exec", "eval", "globals", "locals", "vars", "get_ipython", "__import__", "setattr", "compile"}
_BUILTIN = frozenset(dir(builtins)) | {"display", "In", "Out", "_", "__"}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What goes into a text and what comes out.

    Attributes
    ----------
    uses : frozenset of str
        Names read when it runs.
    binds : frozenset of str
        Names it gives a value to, whatever branch is taken.
    touches : frozenset of str
        Names whose objects it may change, or may give a value to.
    later : dict of str to frozenset of str
        For each function or class: the names its body reads once it is called.
    imports : frozenset of str
        Of the bound names, modules and what is taken from them: used, never changed.
    opaque : bool
        Whether the text does not tell: magics, ``exec``, a star import, another language.
    """

    uses: frozenset[str] = frozenset()
    binds: frozenset[str] = frozenset()
    touches: frozenset[str] = frozenset()
    later: dict[str, frozenset[str]] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    opaque: bool = False


def flow_of(source: str, test: str = "") -> Flow:
    """Read what a cell needs and gives.

    Parameters
    ----------
    source : str
    test : str
        A test of the cell, ``TestA::test_m[1]``: what it needs is added to what the top level does.

    Examples
    --------
    >>> found = flow_of("total = prices.sum()")
    >>> sorted(found.uses), sorted(found.binds)
    (['prices'], ['total'])
    """
    body = body_of(source)
    try:
        tree = parse(body)
    except SyntaxError:
        return Flow(opaque=True)
    reader = _Reader()
    for node in tree.body:
        reader.statement(node, sure=True)
    opaque = reader.opaque or bool(reader.uses & _HIDDEN) or body.lstrip().startswith("%%")
    uses = set(reader.uses)
    if test:
        uses |= reader.later.get(test.split("::", maxsplit=1)[0].split("[", maxsplit=1)[0], set())
    return Flow(
        uses=frozenset(uses - _BUILTIN),
        binds=frozenset(reader.binds),
        touches=frozenset((reader.touches | reader.binds) - {""}),
        later={name: frozenset(names - _BUILTIN) for name, names in reader.later.items()},
        imports=frozenset(reader.imports),
        opaque=opaque,
    )


def parted(source: str, line: int) -> tuple[Flow, Flow]:
    """Read a cell that failed at a line: what was done before the statement there, and what was not.

    Examples
    --------
    >>> before, after = parted("import os" + chr(10) + "x = f()", 2)
    >>> sorted(before.binds), sorted(after.binds)
    (['os'], ['x'])
    """
    try:
        body = parse(body_of(source)).body
    except SyntaxError:
        return Flow(), flow_of(source)
    begins = [min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", ()))]) for node in body]
    first = max((begin for begin in begins if begin <= line), default=1)
    lines = source.splitlines()
    return flow_of("\n".join(lines[: first - 1])), flow_of("\n".join(lines[first - 1 :]))


class Lost:
    """What a failing cell leaves in doubt; a class because each later cell adds to it or mends it.

    Attributes
    ----------
    names : dict of str to str
        The names in doubt, each with the reason.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.all: str = ""
        self._later: dict[str, frozenset[str]] = {}
        self._imported: set[str] = set()

    def why_not(self, flow: Flow) -> str:
        """Say why a text cannot run, or nothing."""
        if self.all:
            return self.all
        if not self.names:
            return ""
        if flow.opaque:
            return next(iter(self.names.values()))
        reached = self._reached(flow.uses, {**self._later, **flow.later})
        return next((self.names[name] for name in sorted(reached) if name in self.names), "")

    def lose(self, flow: Flow, reason: str) -> None:
        """Take note of a cell that failed or was not run."""
        if flow.opaque:
            self.all = self.all or reason
        for name in flow.binds | (flow.touches - self._imported):
            self.names.setdefault(name, reason)

    def keep(self, flow: Flow) -> None:
        """Take note of a cell that ran: what it gives a value to is mended."""
        for name in flow.binds:
            self.names.pop(name, None)
            self._later.pop(name, None)
        self._later.update(flow.later)
        self._imported = (self._imported - flow.binds) | flow.imports

    @staticmethod
    def _reached(names: Iterable[str], later: dict[str, frozenset[str]]) -> set[str]:
        """Follow functions to the names that their bodies read."""
        found: set[str] = set()
        left = list(names)
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left.extend(later.get(name, ()))
        return found


class _Reader:
    """Reads statements in order; a class because what was bound before decides what is used."""

    def __init__(self) -> None:
        self.uses: set[str] = set()
        self.binds: set[str] = set()
        self.touches: set[str] = set()
        self.later: dict[str, set[str]] = {}
        self.imports: set[str] = set()
        self.opaque = False

    def statement(self, node: ast.AST, *, sure: bool) -> None:
        """Read one statement; what is inside a block may not run."""
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._definition(node, sure)
            return
        inner = [child for name in ("body", "orelse", "finalbody", "handlers") for child in _listed(node, name)]
        for child in ast.iter_child_nodes(node):
            if child not in inner:
                self._expression(child)
        self._targets(node, sure)
        for child in inner:
            self.statement(child, sure=sure and isinstance(node, (ast.With, ast.AsyncWith)))

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, sure: bool) -> None:
        for part in [*node.decorator_list, *getattr(node, "bases", ())]:
            self._expression(part)
        self.later.setdefault(node.name, set()).update(_read_in(node))
        self._bind(node.name, sure)

    def _expression(self, node: ast.AST) -> None:
        for child in ast.walk(node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load) and child.id not in self.binds:
                self.uses.add(child.id)
            if isinstance(child, (ast.Attribute, ast.Subscript)) and not isinstance(child.ctx, ast.Load):
                self.touches.add(_owner(child))
            if isinstance(child, ast.Call):
                self._call(child)
            if isinstance(child, ast.NamedExpr):
                self.touches.add(child.target.id)

    def _call(self, node: ast.Call) -> None:
        """Note what a call may change: a method its object, a function what it is given, but for Python's own."""
        if isinstance(node.func, ast.Attribute):
            self.touches.add(_owner(node.func))
        elif isinstance(node.func, ast.Name) and node.func.id in _BUILTIN:
            return
        self.touches |= {part.id for part in node.args if isinstance(part, ast.Name)}

    def _targets(self, node: ast.AST, sure: bool) -> None:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                self.opaque |= alias.name == "*"
                name = (alias.asname or alias.name).split(".")[0]
                self.imports.add(name)
                self._bind(name, sure)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.stmt | ast.excepthandler):
                continue
            inner = [one.target for one in ast.walk(child) if isinstance(one, ast.comprehension)]
            own = {part for one in inner for part in ast.walk(one)}  # names of a comprehension are its own
            for part in ast.walk(child):
                if part not in own and isinstance(part, ast.Name) and isinstance(part.ctx, (ast.Store, ast.Del)):
                    self._bind(part.id, sure and not isinstance(node, (ast.For, ast.AugAssign)))
                    if isinstance(node, ast.AugAssign):
                        self.uses.add(part.id)

    def _bind(self, name: str, sure: bool) -> None:
        (self.binds if sure else self.touches).add(name)


def _listed(node: ast.AST, name: str) -> Iterator[ast.AST]:
    found = getattr(node, name, None)
    if isinstance(found, list):
        yield from (child for child in found if isinstance(child, ast.stmt | ast.excepthandler))


def _owner(node: ast.AST) -> str:
    """Return the name an attribute or an item is taken of."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _read_in(node: ast.AST) -> set[str]:
    """List what a body reads, and its arguments: a test's are names of the notebook."""
    inside = list(ast.walk(node))
    names = {child.id for child in inside if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Load)}
    for given in [child.args for child in inside if isinstance(child, _FUNCTIONS)]:
        names |= {one.arg for one in [*given.posonlyargs, *given.args, *given.kwonlyargs]}
    return names
