"""The tests in a cell's text, found without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["TestName", "gives_more", "named", "parse", "test_names"]

_IPYTHON = [f"get_ipython().{name}" for name in ("run_line_magic", "run_cell_magic", "system", "getoutput")]
_LOUD = {"print", "display", *_IPYTHON}
_ACTING = {"filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail"}
_BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestName:
    """One test, or one class whose methods cannot be told from the text.

    Attributes
    ----------
    path : tuple of str
        ``("test_x",)``, ``("TestA", "test_y")`` or ``("TestA",)``.
    line : int
        First line, decorators included, from 1.
    node : ast.AST
        The definition.
    marks : tuple of str
        Names of the marks on it and on its classes, but for those pytest acts
        on when the test runs.
    """

    __test__ = False

    path: tuple[str, ...]
    line: int
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    marks: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The name as a report's case has it: ``TestA::test_y``."""
        return "::".join(self.path)


def parse(body: str, filename: str = "<cell>") -> ast.Module:
    """Parse a cell's text, in which IPython's ``%magic`` and ``!shell`` lines may stand.

    Raises
    ------
    SyntaxError
        With the line of the cell.
    """
    try:
        return ast.parse(body, filename)
    except (ValueError, RecursionError) as error:  # null bytes, a thousand brackets
        raise SyntaxError(str(error)) from None
    except SyntaxError as error:
        if not any(
            line.lstrip().startswith(("%", "!", "?")) or "= %" in line or "= !" in line for line in body.splitlines()
        ):
            raise
        from IPython.core.inputtransformer2 import TransformerManager

        ahead = len(body) - len(body.lstrip("\n"))
        try:
            # the transformer drops empty lines ahead; line numbers must stay those of the cell
            plain = str(TransformerManager().transform_cell(body))
            return ast.parse("\n" * ahead + plain, filename)
        except SyntaxError:
            raise error from None


def test_names(tree: ast.Module) -> tuple[TestName, ...]:
    """List the tests that pytest would find in a module of this text, in order.

    Examples
    --------
    >>> text = "def test_x(): ..." + chr(10) + "class TestA:" + chr(10) + "  def test_y(self): ..."
    >>> [name.source for name in test_names(parse(text))]
    ['test_x', 'TestA::test_y']
    """
    found: dict[tuple[str, ...], TestName] = {}
    for node in _definitions(tree.body):
        for name in _tests_of(node):
            found[name.path] = name  # a later definition of the same name replaces the earlier one
    return tuple(sorted(found.values(), key=lambda name: name.line))


test_names.__test__ = False  # type: ignore[attr-defined]  # so that pytest does not take it for a test


def named(name: str, sources: Sequence[str]) -> list[str]:
    """Return the cases that a test's name stands for: itself, its parameter sets, the methods of a class.

    Where there are none, a name with parameters stands for the cases that have
    more of them: those of a fixture do not show in the text.

    Examples
    --------
    >>> named("test_x", ["test_x[1]", "test_xy"]), named("TestA", ["TestA::test_y"])
    (['test_x[1]'], ['TestA::test_y'])
    >>> named("test_x[1]", ["test_x[fast-1]", "test_x[fast-2]"])
    ['test_x[fast-1]']
    """
    found = [source for source in sources if source == name or source.startswith((f"{name}[", f"{name}::"))]
    base, _, wished = name.partition("[")
    if found or not wished:
        return found
    inner = [(source, f"-{source[len(base) + 1 : -1]}-") for source in sources if source.startswith(f"{base}[")]
    return [source for source, parameters in inner if f"-{wished[:-1]}-" in parameters]


def gives_more(tree: ast.Module) -> bool:
    """Say whether the cell may give cases besides its named tests: bare checks, tests made or imported by name."""
    return any(_may_check(node) for node in _statements(tree.body))


def _statements(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Walk the statements that run at the top level, into blocks but not into definitions."""
    for node in body:
        yield node
        if isinstance(node, _BLOCKS):
            for name in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, name, []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)


def _definitions(body: Sequence[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in _statements(body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node


def _tests_of(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[TestName]:
    """List a function, the methods of a class, or a class that inherits tests we cannot see."""
    marks = tuple(_marks(node))
    line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    if not isinstance(node, ast.ClassDef):
        if node.name.startswith("test") and not _is_fixture(node):
            yield TestName(path=(node.name,), line=line, node=node, marks=marks)
        return
    unit = any(ast.unparse(base).endswith("TestCase") for base in node.bases)
    if not unit and (not node.name.startswith("Test") or _has(node, "__init__")):
        return
    inner = [name for child in _definitions(node.body) for name in _tests_of(child)]
    if node.bases or node.keywords:
        yield TestName(path=(node.name,), line=line, node=node, marks=marks)
        return
    for name in inner:
        path = (node.name, *name.path)
        yield TestName(path=path, line=name.line, node=name.node, marks=(*marks, *name.marks))


def _marks(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[str]:
    """List the marks by which a test may be selected."""
    for decorator in node.decorator_list:
        words = ast.unparse(decorator).partition("(")[0].split(".")
        if words[:2] == ["pytest", "mark"] and len(words) == 3 and words[2] not in _ACTING:
            yield words[2]


def _has(node: ast.ClassDef, name: str) -> bool:
    return any(isinstance(child, ast.FunctionDef) and child.name == name for child in node.body)


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator).split("(")[0] for decorator in node.decorator_list)


def _may_check(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if isinstance(node, ast.Expr):
        value = node.value
        called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
        return not isinstance(value, ast.Constant) and called not in _LOUD
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return any((name.asname or name.name).startswith(("test", "Test")) for name in node.names)
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id.startswith(("test", "Test")) for target in node.targets
    )
