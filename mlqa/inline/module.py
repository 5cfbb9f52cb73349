"""A cell as a pytest module: its text is executed in the notebook's namespace and collected from there."""

from __future__ import annotations

import ast
import contextlib
import dis
import linecache
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from _pytest.assertion.rewrite import rewrite_asserts

from mlqa.inline.bare import NAME, BareChecks, wrapped
from mlqa.ipynb.cells import body_of
from mlqa.ipynb.names import parse
from mlqa.report import Case, Crash
from mlqa.report.case import LONGEST_MESSAGE, LONGEST_TRACEBACK, case_of, words_of

__all__ = ["REWRITER", "CellFolder", "CellText", "compiled"]

REWRITER = ("@py_builtins", "@pytest_ar")  # what rewritten assertions of the cell's functions go on using


@dataclass(slots=True, kw_only=True)
class CellText:
    """A cell on its way through pytest: what goes in and what its top level answered.

    Attributes
    ----------
    source : str
        Whole text, magic line included.
    filename : str
        Under which tracebacks know the cell.
    namespace : dict
        The notebook's variables; the cell's definitions are added.
    policy : callable
        ``config -> context manager`` that sets level and strictness for the top level.
    outside : callable
        ``() -> context manager`` that lets the top level print as any cell does.
    cases : list of mlqa.report.Case
        Of bare checks, or the crash of the top level.
    tree : ast.Module
    """

    source: str
    filename: str
    namespace: dict[str, Any]
    tree: ast.Module
    policy: Callable[[pytest.Config], contextlib.AbstractContextManager[Any]]
    outside: Callable[[], contextlib.AbstractContextManager[Any]]
    cases: list[Case] = field(default_factory=list)


def compiled(source: str, filename: str) -> ast.Module:
    """Parse a cell's text and make its lines known to tracebacks.

    Raises
    ------
    SyntaxError
        With the line of the cell; also for what only compiling finds out.
    """
    lines = source.splitlines(keepends=True)
    # no time stamp, so that linecache keeps it
    linecache.cache[filename] = (len(source), None, lines, filename)
    tree = parse(body_of(source), filename)
    compile(tree, filename, "exec", dont_inherit=True)
    return tree


class CellFolder(pytest.Directory):
    """The notebook's folder, in which the cell is the only module."""

    text: CellText

    def collect(self) -> Iterable[pytest.Collector]:
        """Yield the cell."""
        module = CellModule.from_parent(self, path=self.path / "cell", nodeid="cell")
        module.text = self.text
        yield module


class CellModule(pytest.Module):
    """The cell: as a module in tests/ would be, with the notebook's variables for fixtures."""

    text: CellText

    def _getobj(self) -> ModuleType:
        module = ModuleType("cell")
        own = self._execute()
        module.__dict__.update(_variables(self.text.namespace, _names_of_plugins(self.config)))
        module.__dict__.update({name: value for name, value in self.text.namespace.items() if is_fixture(value)})
        module.__dict__.update({name: self.text.namespace[name] for name in own if name in self.text.namespace})
        return module

    def _execute(self) -> list[str]:
        """Run the cell's top level; return the names it binds, none if it broke."""
        text, bare = self.text, BareChecks()
        tree = wrapped(text.tree)
        rewrite_asserts(tree, text.source.encode("utf-8", "surrogatepass"), text.filename, self.config)
        code = compile(tree, text.filename, "exec", dont_inherit=True)
        text.namespace[NAME] = bare
        try:
            with self._uncaptured(), text.policy(self.config):
                exec(code, text.namespace)  # noqa: S102  # this is what running a cell is
        except (Exception, SystemExit, pytest.skip.Exception, pytest.fail.Exception) as error:
            bare.cases.append(_broken(error, text.filename))
            return []
        finally:
            for name in [name for name in text.namespace if name.startswith("@") and name not in REWRITER]:
                del text.namespace[name]
            text.cases += bare.cases
        return list(_bound(code))

    @contextlib.contextmanager
    def _uncaptured(self) -> Iterator[None]:
        """Let the top level print as any cell does."""
        capture = self.config.pluginmanager.getplugin("capturemanager")
        disabled = contextlib.nullcontext() if capture is None else capture.global_and_fixture_disabled()
        with disabled, self.text.outside():
            yield


def is_fixture(value: object) -> bool:
    """Say whether a value is what ``@pytest.fixture`` returns, in pytest 8.3 (a function) as in 9."""
    if isinstance(value, FunctionType):
        return hasattr(value, "_pytestfixturefunction")
    return type(value).__name__ == "FixtureFunctionDefinition"


def _variables(namespace: Mapping[str, Any], kept: set[str]) -> dict[str, Any]:
    """Make a fixture of every variable of the notebook, but those whose names plugins hold."""
    found: dict[str, Any] = {}
    for name, value in namespace.items():
        if name.isidentifier() and not name.startswith("_") and name not in kept and not isinstance(value, ModuleType):
            # a session's fixture, so that conftest.py's own fixtures of any scope may ask for it
            found[f"@{name}"] = pytest.fixture(name=name, scope="session")(_giver(value))
    return found


def _giver(value: Any) -> Callable[[], Any]:
    def give() -> Any:
        return value

    return give


def _names_of_plugins(config: pytest.Config) -> set[str]:
    """Return the fixtures of pytest and its plugins, which nothing in a notebook shadows."""
    found = {"request"}
    for label, plugin in config.pluginmanager.list_name_plugin():
        if plugin is None or label.endswith("conftest.py"):
            continue
        holder = vars(plugin) if isinstance(plugin, ModuleType) else vars(type(plugin))
        for name, value in list(holder.items()):
            if is_fixture(value):
                marker = getattr(value, "_fixture_function_marker", None) or getattr(
                    value, "_pytestfixturefunction", None
                )
                found.add(getattr(marker, "name", None) or name)
    return found


def _bound(code: CodeType) -> Iterator[str]:
    """List the names a module's code binds, in order."""
    seen: set[str] = set()
    for step in dis.get_instructions(code):
        if step.opname in {"STORE_NAME", "STORE_GLOBAL"} and not step.argval.startswith("@"):
            if step.argval not in seen:
                yield step.argval
            seen.add(step.argval)


def _broken(error: BaseException, filename: str) -> Case:
    """Make a case of what ended the cell's top level early."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    line = frames[0].lineno if frames else None
    source = f"line {line}" if line else "cell"
    if isinstance(error, pytest.skip.Exception):
        return case_of(source, phase_outcome="skipped", message=str(error), line=line)
    if isinstance(error, pytest.fail.Exception):
        return case_of(source, phase_outcome="failed", message=str(error), line=line)
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != filename:
        trace = trace.tb_next
    text = "".join(traceback.format_exception(type(error), error, trace))
    crash = Crash(
        type=type(error).__name__, message=words_of(error)[:LONGEST_MESSAGE], traceback=text[-LONGEST_TRACEBACK:]
    )
    return Case(source=source, crash=crash, line=line)
