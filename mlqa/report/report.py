"""The report: an ordered tuple of verdicts with where they came from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError
from mlqa.report.files import write_report
from mlqa.report.html import to_fragment
from mlqa.report.text import to_text
from mlqa.verdict import Outcome, Verdict

__all__ = ["MIME", "SCHEMA", "Case", "Crash", "Origin", "Report"]

MIME = "application/vnd.mlqa.report+json"
SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """An exception that kept a test from answering: never an outcome.

    Attributes
    ----------
    type : str
        Name of the exception's class.
    message : str
    traceback : str
        Plain text.
    """

    type: str
    message: str
    traceback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test (or one bare check) and the verdicts it gave.

    Attributes
    ----------
    source : str
        Where it came from: a pytest id, a cell's test, or empty.
    verdicts : tuple of Verdict
    crash : Crash or None
    seconds : float or None
        Duration; the only part of a report that differs between equal runs.
    line : int or None
        First line of the test in its file or cell, from 1.
    """

    source: str = ""
    verdicts: tuple[Verdict, ...] = ()
    crash: Crash | None = None
    seconds: float | None = None
    line: int | None = None

    @property
    def outcome(self) -> str:
        """``crash``, ``fail``, ``undecided``, ``pass`` or ``skipped``: the first that any verdict has."""
        if self.crash is not None:
            return "crash"
        found = {verdict.outcome for verdict in self.verdicts}
        ranked = (Outcome.FAIL, Outcome.UNDECIDED, Outcome.PASS, Outcome.SKIPPED)
        return str(next((o for o in ranked if o in found), Outcome.SKIPPED).value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The notebook cell a report was made in, so that a stale one can be told.

    Attributes
    ----------
    cell_id : str
        Id of the cell, or empty where the front end sent none.
    source_hash : str
        FNV-1a 32 of the cell's text, eight hexadecimal digits (:func:`mlqa.ipynb.cells.source_hash`).
    kernel : str
        Id of the kernel process; another one means the kernel restarted.
    """

    cell_id: str = ""
    source_hash: str = ""
    kernel: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Verdicts in order, grouped by the test they came from.

    Parameters
    ----------
    cases : tuple of Case
    origin : Origin or None
        Set where the report is a notebook cell's output.

    Examples
    --------
    >>> verdict = Verdict(check="demo.always", outcome=Outcome.PASS, claim="it holds", reason="it did")
    >>> report = Report.of(verdict)
    >>> report.ok, len(report.verdicts)
    (True, 1)
    >>> Report.from_json(report.to_json()) == report
    True
    """

    cases: tuple[Case, ...] = ()
    origin: Origin | None = None

    @classmethod
    def of(cls, *verdicts: Verdict, source: str = "") -> Report:
        """Gather bare verdicts, one case each."""
        return cls(tuple(Case(source=source, verdicts=(verdict,)) for verdict in verdicts))

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, in order."""
        return tuple(verdict for case in self.cases for verdict in case.verdicts)

    @property
    def ok(self) -> bool:
        """Whether nothing crashed and every verdict holds (UNDECIDED counts as `strict` says)."""
        held = [bool(verdict) for verdict in self.verdicts]  # all of them: a test that asks has judged each one
        return all(held) and all(case.crash is None for case in self.cases)

    @property
    def alpha_spent(self) -> float:
        """Sum of the levels of the statistical verdicts: the report's false-alarm budget."""
        return sum(v.alpha for v in self.verdicts if v.alpha is not None and v.outcome is not Outcome.SKIPPED)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return to_text(self)

    def __repr__(self) -> str:
        found = ", ".join(f"{count} {name}" for name, count in self.counts().items() if count)
        return f"<Report {found or 'empty'}>"

    def counts(self) -> dict[str, int]:
        """Count the verdicts by outcome, and the crashes."""
        found = Counter(verdict.outcome.value for verdict in self.verdicts)
        found["crash"] = sum(case.crash is not None for case in self.cases)
        return {name: found[name] for name in ("pass", "fail", "undecided", "skipped", "crash")}

    def save(self, path: str | Path) -> Path:
        """Write the report as ``.html``, ``.json``, ``.md`` or ``.xml`` (JUnit), as the path ends; whole or not at all.

        Raises
        ------
        UsageError
            If the path ends in anything else.
        """
        return write_report(self, path)

    def _repr_mimebundle_(self, **_asked: Any) -> dict[str, Any]:
        """Return what a notebook shows: a card where there is our extension, else a table."""
        return {MIME: self.to_dict(), "text/html": to_fragment(self), "text/plain": to_text(self)}

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of ``schema/verdict-1.json``, as plain values."""
        return {
            "schema": SCHEMA,
            "origin": None if self.origin is None else _fields(self.origin),
            "cases": [
                {
                    "source": case.source,
                    "outcome": case.outcome,
                    "verdicts": [verdict.to_dict() for verdict in case.verdicts],
                    "crash": None if case.crash is None else _fields(case.crash),
                    "seconds": None if case.seconds is None else round(case.seconds, 6),
                    "line": case.line,
                }
                for case in self.cases
            ],
        }

    def to_json(self) -> str:
        """Return the report as JSON text; equal reports give equal bytes."""
        return json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """Read what :meth:`to_dict` wrote.

        Raises
        ------
        UsageError
            If it is not a report, or one of a later schema.
        """
        if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
            given = data.get("schema") if isinstance(data, Mapping) else data
            raise UsageError("schema", given, f"a report of schema {SCHEMA}", "upgrade mlqa, or pass an mlqa report")
        try:
            origin = data.get("origin")
            return cls(
                tuple(
                    Case(
                        source=case["source"],
                        verdicts=tuple(Verdict.from_dict(verdict) for verdict in case["verdicts"]),
                        crash=Crash(**case["crash"]) if case.get("crash") else None,
                        seconds=case.get("seconds"),
                        line=case.get("line"),
                    )
                    for case in data["cases"]
                ),
                Origin(**origin) if origin else None,
            )
        except (KeyError, TypeError) as error:
            wanted = "the JSON form of schema/verdict-1.json"
            raise UsageError("report", data, wanted, f"it is damaged ({error!r})") from error

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Read what :meth:`to_json` wrote."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise UsageError("report", text, "JSON", f"pass a file that mlqa wrote ({error})") from error
        return cls.from_dict(data)


def _fields(value: Any) -> dict[str, Any]:
    """Return the attributes of a flat value."""
    return {name: getattr(value, name) for name in value.__slots__}
