"""Each test run so that its verdicts are seen, and put on its reports as plain values."""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import Any

import pytest

from mlqa.alpha import using
from mlqa.plugin import failure, recording
from mlqa.plugin.options import OPTIONS
from mlqa.verdict import CheckFailed, Outcome, Verdict, judged, strict

__all__ = ["JUDGED"]

JUDGED = pytest.StashKey[list[Verdict]]()
_PLACE = pytest.StashKey[int]()
_REPORTED = pytest.StashKey[int]()
_SKIPPED = pytest.StashKey[bool]()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test a number as they were found, before anything selects or shuffles them."""
    for place, item in enumerate(items):
        item.stash[_PLACE] = place


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run setup, test and teardown at our level and policy, and remember what is judged."""
    options = item.config.stash[OPTIONS]
    with using(options.alpha), strict(options.strict), judged() as seen:
        item.stash[JUDGED] = seen
        item.stash[_REPORTED] = 0
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Run the test; see to its baseline; skip it if all it has are SKIPPED verdicts."""
    try:
        result = yield
    except AssertionError:
        recording.propose(item)
        raise
    recording.finish(item)
    seen = item.stash[JUDGED]
    if seen and all(verdict.outcome is Outcome.SKIPPED for verdict in seen):
        item.stash[_SKIPPED] = True
        pytest.skip("; ".join(f"{verdict.check}: {verdict.reason}" for verdict in seen))
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Show a failed verdict whole, and send the verdicts of this phase along."""
    if call.excinfo is not None:
        call.excinfo = failure.without_our_frames(call.excinfo)
    new, seen = _new_verdicts(item, call.excinfo), item.stash[JUDGED]
    item.user_properties += [(f"mlqa.{verdict.check}", _property(verdict)) for verdict in new]
    # unittest keeps its errors on the item until pytest's own hook makes the report
    kept = getattr(item, "_excinfo", None)
    headline = failure.reword(kept[0] if kept and call.excinfo is None else call.excinfo, seen)
    report: pytest.TestReport = yield
    if item.stash.get(_SKIPPED, False) and report.skipped and call.when == "call":
        path, line, _ = item.reportinfo()
        report.longrepr = (os.fspath(path), (line or 0) + 1, f"Skipped: {call.excinfo.value}" if call.excinfo else "")
    if headline:
        failure.restyle(report, headline)
    payload = {"verdicts": [verdict.to_dict() for verdict in new], "notes": recording.notes(item)}
    payload["place"] = item.stash.get(_PLACE, 0)
    report.mlqa = {**payload, **failure.explain(report, call.excinfo, seen, headline)}  # type: ignore[attr-defined]  # TestReport takes extras
    return report


def _new_verdicts(item: pytest.Item, excinfo: pytest.ExceptionInfo[BaseException] | None) -> list[Verdict]:
    """Return what was judged since the last report, what the item put among its properties and what was raised."""
    seen, kept = item.stash[JUDGED], []
    for name, value in item.user_properties:
        if name == "mlqa" and isinstance(value, dict):
            seen.append(Verdict.from_dict(value))
        else:
            kept.append((name, value))
    item.user_properties[:] = kept
    if excinfo is not None and isinstance(excinfo.value, CheckFailed) and excinfo.value.verdict not in seen:
        seen.append(excinfo.value.verdict)  # judged in another thread
    new = seen[item.stash[_REPORTED] :]
    item.stash[_REPORTED] = len(seen)
    return new


def _property(verdict: Verdict) -> str:
    """Word a verdict for JUnit: one readable string."""
    kind = "contract" if verdict.alpha is None else f"alpha {verdict.alpha:g}"
    return f"{verdict.outcome.name} ({kind}): {verdict.reason}"
