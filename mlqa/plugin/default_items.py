"""The default checks of each named subject as pytest items: a subject is a node, each question an item."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback, TerminalRepr

from mlqa.checks import default
from mlqa.errors import MlqaError, UsageError
from mlqa.plugin.options import OPTIONS
from mlqa.plugin.subjects import setting, table_source
from mlqa.verdict import CheckFailed, Verdict, require

__all__ = ["subjects_of"]

_ROLES = ("target", "time", "id", "group", "categorical")
Questions = Mapping[str, Callable[[], Verdict]]
_ASKED = pytest.StashKey[dict[tuple[str, str], "Questions | UsageError"]]()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A table of a subject and the one it is compared with, by their keys.

    Attributes
    ----------
    current : str
    reference : str or None
    suffix : str
        What the ids of its items end with: nothing for the subject's current
        table, so that they stay as they are when other tables are named too.
    """

    current: str
    reference: str | None = None
    suffix: str = ""

    def __str__(self) -> str:
        return self.current if self.reference is None else f"{self.current} against {self.reference}"


def _pairs(subject: Mapping[str, Any]) -> Iterator[_Pair]:
    """Yield what a subject's tables are compared with; a table without another is asked alone."""
    for current, reference in (("current", "reference"), ("test", "train")):
        if current in subject and reference in subject:
            yield _Pair(current, reference, "" if current == "current" else f"[{reference}-{current}]")
            continue
        for key in (current, reference):
            if key in subject:
                yield _Pair(key, None, "" if key == "current" else f"[{key}]")


def subjects_of(file: pytest.File) -> Iterator[pytest.Collector]:
    """Yield a node for each subject of the project's pyproject.toml."""
    text = file.path.read_text(encoding="utf-8")
    for name, subject in file.config.stash[OPTIONS].subjects.items():
        node = _Subject.from_parent(file, name=name)
        node.settings, node.line = subject, _line(text, name)
        yield node


class _Subject(pytest.Collector):
    """A subject; its name is that of ``[tool.mlqa.subjects.NAME]``."""

    settings: Mapping[str, Any]
    line: int

    def collect(self) -> Iterable[pytest.Item]:
        """Yield one item for each default check of each of its tables; none of them is read."""
        roles = {f"has_{role}": self.settings.get(role) is not None for role in _ROLES if role != "categorical"}
        for pair in _pairs(self.settings):
            for check in default.questions_named(pair.reference is not None, **roles):
                name = f"{check}{pair.suffix}"
                # the id as text: pytest 9.2 keeps parameters apart in it, and --lf compares the parts
                item = _Question.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}")
                item.check, item.pair, item.subject = check, pair, self
                yield item


class _Question(pytest.Item):
    """One default check of one table."""

    check: str
    pair: _Pair
    subject: _Subject

    def setup(self) -> None:
        """Read the tables, unless another question has; what cannot be read is no answer."""
        found = _asked(self.config, self.subject, self.pair)
        if isinstance(found, UsageError):
            pytest.fail(str(found), pytrace=False)

    def runtest(self) -> None:
        """Ask, and hold the answer to the policy of the run."""
        found = _asked(self.config, self.subject, self.pair)
        if isinstance(found, UsageError):
            raise found
        if self.check not in found:
            pytest.skip(f"{self.check} has nothing to ask of these tables")
        try:
            verdict = found[self.check]()
        except UsageError as error:
            raise _as_setting(error, self.subject, self.pair) from error
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
        text = f"{self.path.name}, subject {self.subject.name!r}: {self.pair}\n\n{told}"
        # pytest's own form, which reaches xdist's controller whole
        shown = ReprTraceback([ReprEntryNative([f"{text}\n"])], extraline=None, style="native")
        return ReprExceptionInfo(shown, ReprFileLocation(str(self.path), self.subject.line, _headline(error)))


def _asked(config: pytest.Config, subject: _Subject, pair: _Pair) -> Questions | UsageError:
    """Build the questions about a pair of tables once in a session, so that each is read and profiled once."""
    kept = config.stash.setdefault(_ASKED, {})
    key = (subject.name, pair.current)
    if key not in kept:
        try:
            kept[key] = _questions(config, subject, pair)
        except UsageError as error:
            kept[key] = _as_setting(error, subject, pair)
    return kept[key]


def _questions(config: pytest.Config, subject: _Subject, pair: _Pair) -> Questions:
    """Hand tables and roles to the default checks."""
    current = table_source(config, subject.name, pair.current)
    reference = None if pair.reference is None else table_source(config, subject.name, pair.reference)
    roles = {role: subject.settings.get(role) for role in _ROLES}
    return default.questions(current, reference, **roles, seed=config.stash[OPTIONS].seed)


def _as_setting(error: UsageError, subject: _Subject, pair: _Pair) -> UsageError:
    """Name what cannot be used as pyproject.toml names it."""
    tables = {"current": pair.current, "reference": pair.reference or "reference"}
    if error.name not in {*tables, *_ROLES}:
        return error
    key = tables.get(error.name, error.name)
    given = subject.settings.get(key, error.given) if error.name in tables else error.given
    return UsageError(setting(subject.name, key), given, error.wanted, error.hint, error.got)


def _line(text: str, name: str) -> int:
    """Return the line of pyproject.toml where a subject begins; the first if it is written another way."""
    parts = r"\s*\.\s*".join(["tool", "mlqa", "subjects"])
    header = re.search(rf"^\s*\[\s*{parts}\s*\.\s*[\"']?{re.escape(name)}[\"']?\s*\]", text, re.MULTILINE)
    return 1 if header is None else text.count("\n", 0, header.end()) + 1


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
