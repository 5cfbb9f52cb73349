"""One question about a named subject as a pytest item: asked, held to the policy of the run, and told."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from os import PathLike
from typing import Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback, TerminalRepr

from mlqa.errors import MlqaError, UsageError
from mlqa.verdict import CheckFailed, Verdict, require

__all__ = ["AskedItem", "Questions", "SubjectNode"]

Questions = Mapping[str, Callable[[], Verdict]]


class SubjectNode(pytest.Collector):
    """A subject; its name is that of ``[tool.mlqa.subjects.NAME]``."""

    settings: Mapping[str, Any]
    line: int


class AskedItem(pytest.Item):
    """One default check of a subject.

    What differs between tables and models is where the questions come from,
    and how their arguments are named in pyproject.toml.
    """

    check: str
    subject: SubjectNode
    about: str
    nothing: str

    def questions(self) -> Questions | UsageError:
        """Return what can be asked, or why nothing can; read once in a session."""
        raise NotImplementedError

    def as_setting(self, error: UsageError) -> UsageError:
        """Name what cannot be used as pyproject.toml names it."""
        raise NotImplementedError

    def setup(self) -> None:
        """Read the subject, unless another question has; what cannot be read is no answer."""
        found = self.questions()
        if isinstance(found, UsageError):
            pytest.fail(str(found), pytrace=False)

    def runtest(self) -> None:
        """Ask, and hold the answer to the policy of the run."""
        found = self.questions()
        if isinstance(found, UsageError):
            raise found
        if self.check not in found:
            pytest.skip(f"{self.check} has nothing to ask of {self.nothing}")
        try:
            verdict = found[self.check]()
        except UsageError as error:
            raise self.as_setting(error) from error
        require(verdict)

    def reportinfo(self) -> tuple[PathLike[str] | str, int | None, str]:
        """Return pyproject.toml, the line of the subject (from 0) and the id without the file."""
        return self.path, self.subject.line - 1, self.nodeid.split("::", 1)[-1]

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> TerminalRepr | str:  # noqa: ARG002  # pytest passes it
        """Show which tables were asked, then the block, the message or the traceback of a check that broke."""
        error = excinfo.value
        if isinstance(error, pytest.fail.Exception):
            return str(error)
        told = str(error) if isinstance(error, MlqaError | CheckFailed) else _traced(error)
        text = f"{self.path.name}, subject {self.subject.name!r}: {self.about}\n\n{told}"
        # pytest's own form, which reaches xdist's controller whole
        shown = ReprTraceback([ReprEntryNative([f"{text}\n"])], extraline=None, style="native")
        return ReprExceptionInfo(shown, ReprFileLocation(str(self.path), self.subject.line, _headline(error)))


def _traced(error: BaseException) -> str:
    """Write the traceback of a check that broke, from where it was asked."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename != __file__:
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace or error.__traceback__)).rstrip()


def _headline(error: BaseException) -> str:
    """Return one line for pytest's short summary."""
    if isinstance(error, CheckFailed):
        return f"{error.verdict.outcome.name} {error.verdict.check}: {error.verdict.reason}"
    return f"{type(error).__name__}: {error}".splitlines()[0]
