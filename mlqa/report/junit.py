"""The report as JUnit XML, which every CI server reads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mlqa import wording
from mlqa.report.text import value_and_limit
from mlqa.verdict import Outcome

if TYPE_CHECKING:  # a report knows its views, not the other way
    from mlqa.report.report import Case, Report

__all__ = ["to_junit"]


def to_junit(report: Report) -> str:
    """Write a report as JUnit XML.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
        One test case for each case: ``failure`` where a verdict does not hold
        (UNDECIDED counts as `mlqa.strict` says), ``error`` for a crash,
        ``skipped`` where every verdict is. Each verdict is a property, each
        block part of ``system-out``.

    Examples
    --------
    >>> from mlqa.report import Report
    >>> from mlqa.verdict import Verdict
    >>> verdict = Verdict(check="demo.always", outcome=Outcome.PASS, claim="it holds", reason="so")
    >>> 'tests="1" failures="0"' in to_junit(Report.of(verdict))
    True
    """
    suite = ET.Element("testsuite", name="mlqa")
    for case in report.cases:
        suite.append(_testcase(case))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(len(suite.findall(f"testcase/{tag}"))))
    tests, seconds = len(report.cases), sum(case.seconds or 0.0 for case in report.cases)
    ordered = {"name": "mlqa", "tests": str(tests), **suite.attrib, "time": f"{seconds:.3f}"}
    suite.attrib.clear()
    suite.attrib.update(ordered)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _testcase(case: Case) -> ET.Element:
    classname, name = _names(case)
    element = ET.Element("testcase", classname=classname, name=name)
    if case.seconds is not None:
        element.set("time", f"{case.seconds:.3f}")
    if case.line is not None:
        element.set("line", str(case.line))
    if case.verdicts:
        _properties(element, case)
    _result(element, case)
    if case.verdicts:
        blocks = "\n\n".join(str(verdict) for verdict in case.verdicts)
        ET.SubElement(element, "system-out").text = _allowed(blocks)
    return element


def _names(case: Case) -> tuple[str, str]:
    """Split ``tests/test_a.py::TestB::test_c[d]`` as pytest's own JUnit file does."""
    path, bracket, parameters = case.source.partition("[")
    *parents, last = path.split("::")
    if not case.source:
        last = case.verdicts[0].check if case.verdicts else "crash"
    classname = ".".join(part.removesuffix(".py").replace("/", ".") for part in parents) or "mlqa"
    return _allowed(classname), _allowed(last + bracket + parameters)


def _properties(element: ET.Element, case: Case) -> None:
    """Add each verdict as one readable property."""
    holder = ET.SubElement(element, "properties")
    for verdict in case.verdicts:
        kind = wording.kind(verdict)
        value = f"{verdict.outcome.name} ({kind}, {value_and_limit(verdict)}): {verdict.reason}"
        ET.SubElement(holder, "property", name=_allowed(f"mlqa.{verdict.check}"), value=_allowed(value))


def _result(element: ET.Element, case: Case) -> None:
    """Add what keeps the test from being a plain pass."""
    failing = [verdict for verdict in case.verdicts if not verdict.holds()]
    if case.crash is not None:
        error = ET.SubElement(element, "error", type=_allowed(case.crash.type), message=_allowed(case.crash.message))
        error.text = _allowed(case.crash.traceback)
    elif failing:
        message = "; ".join(f"{verdict.outcome.name} {verdict.check}: {verdict.reason}" for verdict in failing)
        failure = ET.SubElement(element, "failure", type="mlqa", message=_allowed(message))
        failure.text = _allowed("\n\n".join(str(verdict) for verdict in failing))
    elif all(verdict.outcome is Outcome.SKIPPED for verdict in case.verdicts):
        reason = "; ".join(verdict.reason for verdict in case.verdicts)
        ET.SubElement(element, "skipped", message=_allowed(reason))


def _allowed(text: str) -> str:
    """Drop the characters that XML 1.0 cannot hold."""
    return "".join(char if _is_xml(ord(char)) else "\N{REPLACEMENT CHARACTER}" for char in text)


def _is_xml(code: int) -> bool:
    return code in (0x9, 0xA, 0xD) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
