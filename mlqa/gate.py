"""Policy + expected checks + Report -> go or no-go. Level 3: reads Reports only.

A missing verdict is not a pass: a gate that was asked nothing says no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlqa.errors import UsageError
from mlqa.report import Case, Report
from mlqa.verdict import Outcome, Verdict

__all__ = ["CRASHED", "GO", "NO_GO", "Decision", "Policy", "gate"]

GO, NO_GO, CRASHED = 0, 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a gate asks of a report.

    Attributes
    ----------
    strict : bool
        Whether UNDECIDED counts against it.
    expect : tuple of str
        Check ids (``family.claim``) or names of tests that must have a verdict.
    forbid_empty : bool
        Whether a report in which nothing was answered is a no-go; one whose
        verdicts are all SKIPPED answers nothing.

    Raises
    ------
    UsageError
        If `expect` is one string instead of several, or holds an empty name.
    """

    strict: bool = False
    expect: tuple[str, ...] = ()
    forbid_empty: bool = True

    def __post_init__(self) -> None:
        for name in ("strict", "forbid_empty"):
            if not isinstance(getattr(self, name), bool):
                raise UsageError(name, getattr(self, name), "true or false", f"write {name} = true")
        named: object = self.expect
        if isinstance(named, str) or any(not isinstance(name, str) or not name for name in self.expect):
            raise UsageError(
                "expect", self.expect, "a list of check ids or test names", 'write expect = ["family.claim"]'
            )
        object.__setattr__(self, "expect", tuple(dict.fromkeys(self.expect)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a gate said.

    Attributes
    ----------
    go : bool
    reasons : tuple of str
        One sentence for each thing that stood in the way; empty on go.
    exit_code : int
        0 go, 1 no-go, 3 a test crashed.
    """

    go: bool
    reasons: tuple[str, ...] = ()
    exit_code: int = GO

    def to_dict(self) -> dict[str, Any]:
        """Return the decision as plain values."""
        return {"go": self.go, "reasons": list(self.reasons), "exit_code": self.exit_code}


def gate(report: Report, policy: Policy | None = None) -> Decision:
    """Decide whether a pipeline may go on from what its checks said.

    Parameters
    ----------
    report : Report
    policy : Policy, optional
        By default: not strict, nothing named, and empty is a no-go.

    Returns
    -------
    Decision
        ``go`` only if something was answered, every expected check or test has
        a verdict, none is FAIL (or UNDECIDED, under a strict policy) and no
        test crashed.

    Examples
    --------
    >>> verdict = Verdict(check="demo.always", outcome=Outcome.PASS, claim="it holds", reason="it did")
    >>> gate(Report.of(verdict)).go
    True
    >>> gate(Report.of(verdict), Policy(expect=("quality.schema_holds",))).reasons
    ("'quality.schema_holds' was expected and has no verdict",)
    >>> gate(Report()).exit_code
    1
    """
    policy = Policy() if policy is None else policy
    crashes = [_crash_sentence(case) for case in report.cases if case.crash is not None]
    reasons = [*crashes, *_against(report, policy), *_missing(report, policy)]
    answered = any(v.outcome is not Outcome.SKIPPED for v in report.verdicts)
    if policy.forbid_empty and not answered and not crashes:
        reasons.append("nothing was answered: " + _why_empty(report))
    code = CRASHED if crashes else NO_GO if reasons else GO
    return Decision(go=not reasons, reasons=tuple(reasons), exit_code=code)


def _against(report: Report, policy: Policy) -> list[str]:
    """Word each verdict that does not hold."""
    return [_verdict_sentence(v, policy) for v in report.verdicts if not v.holds(strictly=policy.strict)]


def _verdict_sentence(verdict: Verdict, policy: Policy) -> str:
    strictly = " under a strict policy" if verdict.outcome is Outcome.UNDECIDED and policy.strict else ""
    remedy = f"; next: {verdict.remedy}" if verdict.remedy else ""
    return f"{verdict.check} is {verdict.outcome.name}{strictly}: {verdict.reason}{remedy}"


def _crash_sentence(case: Case) -> str:
    crash = case.crash
    told = "" if crash is None else f"{crash.type}: {crash.message}"
    return f"{case.source or 'a test'} crashed: {told}"


def _missing(report: Report, policy: Policy) -> list[str]:
    """Name what was expected and gave no verdict; a crash is told elsewhere."""
    answered = {verdict.check for verdict in report.verdicts}
    for case in report.cases:
        if case.verdicts or case.crash is not None:
            answered |= _names(case.source)
    return [f"{name!r} was expected and has no verdict" for name in policy.expect if name not in answered]


def _names(source: str) -> set[str]:
    """Return every name a case answers to: ``file::TestA::test_x[case]`` is ``TestA::test_x`` and ``test_x`` too."""
    parts = (source.split("[", 1)[0] if source.endswith("]") else source).split("::")
    inner = {"::".join(parts[i:j]) for i in range(len(parts)) for j in range(i + 1, len(parts) + 1)}
    return {source, *inner}


def _why_empty(report: Report) -> str:
    if report.verdicts:
        return f"all {len(report.verdicts)} verdicts are SKIPPED"
    return "there is no verdict"
