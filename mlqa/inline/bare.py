"""Checks that stand in a cell without a test function around them."""

from __future__ import annotations

import ast
import time
from dataclasses import replace
from types import TracebackType

from mlqa.report import Case, Report
from mlqa.report.case import LONGEST_MESSAGE, case_of, words_of
from mlqa.verdict import Verdict, judged

__all__ = ["NAME", "BareChecks", "wrapped"]

NAME = "@mlqa_bare"  # no name that a cell could write


class BareChecks:
    """What the cell's top level answers, in order; callable from the cell's rewritten text.

    Attributes
    ----------
    cases : list of mlqa.report.Case
    """

    def __init__(self) -> None:
        self.cases: list[Case] = []

    def __call__(self, line: int) -> _Statement:
        """Answer ``with NAME(line)``."""
        return _Statement(self.cases, line)


class _Statement:
    """One statement, as a ``with`` block around it: its value, what it judged and how it failed."""

    def __init__(self, cases: list[Case], line: int) -> None:
        self.cases = cases
        self.line = line
        self.value: object = None
        self._asserted = False
        self._judging = judged()

    def __enter__(self) -> _Statement:
        self._began = time.perf_counter()
        self._seen = self._judging.__enter__()
        return self

    def give(self, value: object) -> None:
        """Take the value of an expression."""
        self.value = value

    def asserted(self) -> None:
        """Note that an assertion was reached and held."""
        self._asserted = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Swallow a failed assertion, so that one bare check does not hide the next."""
        self._judging.__exit__(None, None, None)
        seconds = time.perf_counter() - self._began
        source = f"line {self.line}"
        if isinstance(error, AssertionError):
            failing = any(not verdict.holds() for verdict in self._seen)
            message = "" if failing else " ".join(words_of(error).split())[:LONGEST_MESSAGE] or "the assertion failed"
            self._add(source, self._seen, seconds, "failed", message)
            return True
        if error is None and isinstance(self.value, Report):
            for case in self.value.cases:
                self._take(f"{source}: {case.source}" if case.source else source, case)
        elif error is None and isinstance(self.value, Verdict):
            self._take(source, Case(verdicts=(self.value,), seconds=seconds))
        elif error is None and (self._seen or self._asserted):
            self._add(source, self._seen, seconds, "passed", "")
        return False

    def _take(self, source: str, case: Case) -> None:
        """Add a case that stands for itself; in a strict cell UNDECIDED fails here too."""
        found = case.verdicts
        if case.crash is None and not all(verdict.holds() for verdict in found):
            found = case_of("", verdicts=found, phase_outcome="failed").verdicts
        self.cases.append(replace(case, source=source, verdicts=found, line=self.line))

    def _add(self, source: str, seen: list[Verdict], seconds: float, outcome: str, message: str) -> None:
        self.cases.append(
            case_of(source, verdicts=seen, phase_outcome=outcome, message=message, seconds=seconds, line=self.line)
        )


class _Wrapper(ast.NodeTransformer):
    """Puts the top level's expressions and assertions into ``with`` blocks."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant):  # a docstring must stay one
            return node
        given = ast.Expr(ast.Call(_attribute("give"), [node.value], []))
        return _block(node, [given])

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        return _block(node, [node, ast.Expr(ast.Call(_attribute("asserted"), [], []))])


def wrapped(tree: ast.Module) -> ast.Module:
    """Let every bare check of a cell answer to the `BareChecks` that is called `NAME` in its namespace."""
    return ast.fix_missing_locations(_Wrapper().visit(tree))  # type: ignore[no-any-return]  # a module stays a module


def _attribute(name: str) -> ast.Attribute:
    return ast.Attribute(ast.Name(f"{NAME}_it", ast.Load()), name, ast.Load())


def _block(node: ast.stmt, body: list[ast.stmt]) -> ast.With:
    """Build ``with NAME(line) as NAME_it: body``, at the place of `node`."""
    call = ast.Call(ast.Name(NAME, ast.Load()), [ast.Constant(node.lineno)], [])
    block = ast.With([ast.withitem(call, ast.Name(f"{NAME}_it", ast.Store()))], body)
    for child in (block, call, *body[-1:]):
        ast.copy_location(child, node)
    return block
