"""Twenty model bugs and more: what the default checks find of them with no configuration, and what of their cures."""

from __future__ import annotations

import os

import pytest
from model_defects import COUNTED, DEFECTS

import mlqa
from mlqa.checks.answering import case_of
from mlqa.checks.model_default import model_questions
from mlqa.report import Report
from mlqa.verdict import Outcome

# What the defaults do not see, and why; a bug that is found after all has to leave this list.
UNSEEN: dict[str, str] = {}
LEAST = 18
_TABLE: dict[str, str] = {}


ELSEWHERE = "conformance.same_in_another_process"  # seconds each; asked of those whose bug is seen nowhere else
NEED_IT = {"salted hash of categories", "state lost in pickling"}


def said(defect, arguments):
    """Every verdict that fails; none may break."""
    if defect.name in NEED_IT:
        report = mlqa.model_check(**arguments)
    else:
        asked = model_questions(**arguments)
        report = Report(tuple(case_of(asked[name], name) for name in asked if name != ELSEWHERE))
    assert not [case.crash for case in report.cases if case.crash]
    return [verdict for verdict in report.verdicts if verdict.outcome is Outcome.FAIL]


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_is_found(defect):
    found = said(defect, defect.wrong())
    names = ", ".join(f"`{verdict.check.split('.')[1]}`" for verdict in found)
    _TABLE[defect.name] = f"| {defect.name} | {names or 'not found'} | {found[0].reason if found else ''} |"
    assert bool(found) == (defect.name not in UNSEEN)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_its_cure_is_sound(defect):
    assert said(defect, defect.right()) == []


def test_of_the_first_twenty_at_least_eighteen_are_found():
    assert len(COUNTED) == 20
    assert len(COUNTED) - sum(defect.name in UNSEEN for defect in COUNTED) >= LEAST


@pytest.fixture(scope="module", autouse=True)
def table(tmp_path_factory):
    """Keep the table of the README; shown with MLQA_SHOW_DEFECTS=1."""
    yield
    lines = ["| defect | found by | what the first says |", "|---|---|---|", *_TABLE.values()]
    (tmp_path_factory.getbasetemp() / "model_defects.md").write_text("\n".join(lines), encoding="utf-8")
    if os.environ.get("MLQA_SHOW_DEFECTS"):
        print("\n".join(lines))
