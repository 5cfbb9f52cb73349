"""Reports that the views are tried on: the samples of the contract, and one in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlqa.report import Case, Crash, Report
from mlqa.verdict import Evidence, Outcome, Verdict

SAMPLES = sorted((Path(__file__).parents[1] / "contract" / "samples").glob("*.json"))


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem)
def sample(request):
    return Report.from_json(request.param.read_text(encoding="utf-8"))


def _verdict(outcome, check, alpha=None, remedy="", **numbers):
    claim, reason = f"{check} holds", f"because {check}"
    evidence = Evidence(**numbers)
    return Verdict(
        check=check, outcome=outcome, claim=claim, reason=reason, alpha=alpha, evidence=evidence, remedy=remedy
    )


@pytest.fixture
def report():
    worse = _verdict(Outcome.FAIL, "regression.not_worse", 1e-4, "look", estimate=-0.024, limit=-0.01, n=1800)
    unsure = _verdict(Outcome.UNDECIDED, "drift.drift_free", 1e-4, estimate=0.1, n=20, rows_needed=4300)
    return Report(
        (
            Case(source="tests/test_a.py::test_model[a::b]", verdicts=(worse, unsure), seconds=0.5, line=7),
            Case(
                source="tests/test_a.py::TestB::test_schema", verdicts=(_verdict(Outcome.PASS, "quality.schema_holds"),)
            ),
            Case(source="tests/test_a.py::test_gone", verdicts=(_verdict(Outcome.SKIPPED, "demo.gone"),)),
            Case(source="tests/test_a.py::test_bad", crash=Crash(type="ValueError", message="no data", traceback="tb")),
        )
    )
