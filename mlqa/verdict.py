"""Check -> Verdict: the one concept of mlqa. Level 0: standard library only.

A check is a plain function that returns a :class:`Verdict`. pytest asserts it,
the notebook shows it, the pipeline gates on it.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from typing import Any

from mlqa import wording
from mlqa.errors import UsageError
from mlqa.plain import LONGEST_SENTENCE, MOST_WORST, cut, plain

__all__ = ["CheckFailed", "Evidence", "Outcome", "Verdict", "judged", "require", "strict"]

_strict: ContextVar[bool] = ContextVar("mlqa_strict", default=False)
_judged: ContextVar[list[Verdict] | None] = ContextVar("mlqa_judged", default=None)


class Outcome(enum.Enum):
    """What a check found. A crash is an exception, never an outcome."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    UNDECIDED = "undecided"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The numbers behind a verdict.

    Attributes
    ----------
    estimate : float or None
        What was measured, in `unit`.
    low, high : float or None
        Interval around it at `level`; None is unbounded on that side.
    level : float in (0, 1) or None
        Confidence level of the interval.
    p_value : float in [0, 1] or None
        Of the check's null hypothesis, after any correction inside the check.
    limit : float or None
        The line not to cross, in `unit`.
    unit : str
        Of estimate, interval and limit; empty for plain numbers.
    n : int or None
        Rows (or groups, where `method` says so) used.
    method : str
        Name of the test and of the interval.
    seed : int or None
        Only where random numbers were used.
    detectable : float or None
        Smallest change seen with 80 % power at the check's level, in `unit`.
    rows_needed : int or None
        Of an UNDECIDED verdict: about how many more rows would decide.
    worst : tuple of dict
        At most ten examples; values are numbers, strings, booleans or None.
    plot : dict or None
        A small Vega-Lite specification.
    """

    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    p_value: float | None = None
    limit: float | None = None
    unit: str = ""
    n: int | None = None
    method: str = ""
    seed: int | None = None
    detectable: float | None = None
    rows_needed: int | None = None
    worst: tuple[Mapping[str, Any], ...] = ()
    plot: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            object.__setattr__(self, field.name, plain(value))
        object.__setattr__(self, "worst", tuple(self.worst[:MOST_WORST]))


_NUMBERS = ("estimate", "low", "high", "level", "p_value", "limit", "n", "seed", "detectable", "rows_needed")


def _refuse_other_types(evidence: Mapping[str, Any]) -> None:
    """Refuse, in what was read, a number that is none: no gate may go green on it."""
    for name in _NUMBERS:
        value = evidence.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))):
            raise TypeError(f"{name} is no number")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer of a check.

    Attributes
    ----------
    check : str
        Stable id ``family.claim``.
    outcome : Outcome
    claim : str
        The sentence that should hold.
    reason : str
        Why the outcome is what it is, in one sentence.
    evidence : Evidence
    columns : tuple of str
        The columns at fault, worst first.
    remedy : str
        One thing to do next.
    alpha : float in (0, 0.5) or None
        Level of a statistical check; None for a contract (true or false, no
        error rate).

    Notes
    -----
    ``bool(verdict)`` is true for PASS and SKIPPED, false for FAIL, and true for
    UNDECIDED unless :func:`strict` is on: ``assert verdict`` is all a test needs.

    Examples
    --------
    >>> verdict = Verdict(check="demo.always", outcome=Outcome.PASS, claim="the sun rises", reason="it did")
    >>> bool(verdict)
    True
    """

    check: str
    outcome: Outcome
    claim: str
    reason: str
    evidence: Evidence = Evidence()
    columns: tuple[str, ...] = ()
    remedy: str = ""
    alpha: float | None = None

    def __post_init__(self) -> None:
        for name in ("check", "claim", "reason", "remedy"):
            object.__setattr__(self, name, cut(getattr(self, name), LONGEST_SENTENCE))
        object.__setattr__(self, "columns", tuple(cut(str(name)) for name in self.columns))
        object.__setattr__(self, "alpha", plain(self.alpha))

    @property
    def kind(self) -> str:
        """``'contract'`` or ``'statistical'``."""
        return "contract" if self.alpha is None else "statistical"

    def __bool__(self) -> bool:
        seen = _judged.get()
        if seen is not None and not any(self is other for other in seen):
            seen.append(self)
        return self.holds()

    def holds(self, *, strictly: bool | None = None) -> bool:
        """Say whether a gate may go green on this verdict, without recording that it was asked.

        Parameters
        ----------
        strictly : bool, optional
            Whether UNDECIDED counts against it; by default as :func:`strict` says.
        """
        if self.outcome is Outcome.UNDECIDED:
            return not (_strict.get() if strictly is None else strictly)
        return self.outcome is not Outcome.FAIL

    def __str__(self) -> str:
        return wording.block(self)

    def __repr__(self) -> str:
        return f"<Verdict {self.outcome.name} {self.check}: {self.reason}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(wording.block(self))

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form of ``schema/verdict-1.json``, as plain values."""
        evidence = {field.name: getattr(self.evidence, field.name) for field in fields(self.evidence)}
        evidence["worst"] = [dict(row) for row in self.evidence.worst]
        return {
            "check": self.check,
            "kind": self.kind,
            "outcome": self.outcome.value,
            "claim": self.claim,
            "reason": self.reason,
            "columns": list(self.columns),
            "remedy": self.remedy,
            "alpha": self.alpha,
            "evidence": evidence,
        }

    def to_json(self) -> str:
        """Return one line of JSON; equal verdicts give equal bytes."""
        return json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Verdict:
        """Read what :meth:`to_dict` wrote; unknown keys are left out.

        Raises
        ------
        UsageError
            If a required key is missing or an outcome is unknown.
        """
        known = {field.name for field in fields(Evidence)}
        try:
            evidence = {key: value for key, value in data.get("evidence", {}).items() if key in known}
            evidence["worst"] = tuple(evidence.get("worst") or ())
            _refuse_other_types(evidence)
            return cls(
                check=data["check"],
                outcome=Outcome(data["outcome"]),
                claim=data["claim"],
                reason=data["reason"],
                evidence=Evidence(**evidence),
                columns=tuple(data.get("columns", ())),
                remedy=data.get("remedy", ""),
                alpha=data.get("alpha"),
            )
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            raise UsageError(
                "verdict", data, "the JSON form of schema/verdict-1.json", f"it is damaged or not ours ({error!r})"
            ) from error


class CheckFailed(AssertionError):  # noqa: N818 - DESIGN names it; it reads as a sentence
    """A required check did not hold; carries its :attr:`verdict`."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(wording.block(verdict))

    def __reduce__(self) -> tuple[type[CheckFailed], tuple[Verdict]]:
        return type(self), (self.verdict,)


def require(verdict: Verdict) -> Verdict:
    """Return the verdict if it holds, else raise it.

    Raises
    ------
    CheckFailed
        With the whole block as its message; an ``AssertionError``.
    """
    __tracebackhide__ = True
    if not verdict:
        raise CheckFailed(verdict)
    return verdict


@contextmanager
def strict(on: bool = True) -> Iterator[None]:
    """Make UNDECIDED count as false inside a ``with`` block."""
    token = _strict.set(on)
    try:
        yield
    finally:
        _strict.reset(token)


@contextmanager
def judged() -> Iterator[list[Verdict]]:
    """Collect, in order, the verdicts that were asserted inside a ``with`` block.

    A verdict is judged when its truth is asked: ``assert verdict``,
    ``require(verdict)``, ``bool(verdict)``.
    """
    seen: list[Verdict] = []
    token = _judged.set(seen)
    try:
        yield seen
    finally:
        _judged.reset(token)
