"""The engine's reading of an executed notebook; no kernel is started here."""

from __future__ import annotations

import json
import pickle

import pytest

from mlqa.gate import Decision, Policy
from mlqa.pipeline.engine import GateClosed, error_in, judge
from mlqa.report import Case, Report
from mlqa.report.report import MIME
from mlqa.verdict import Outcome, Verdict

CELL = "%%mlqa\ndef test_a(): ...\ndef test_b(): ..."


def output(*names: str, outcome: Outcome = Outcome.PASS) -> dict:
    verdict = Verdict(check="demo.holds", outcome=outcome, claim="it holds", reason="so")
    report = Report(tuple(Case(source=name, verdicts=(verdict,)) for name in names))
    return {"output_type": "display_data", "data": {MIME: report.to_dict()}, "metadata": {}}


@pytest.fixture
def executed(notebook):
    """An executed notebook: text of the cells, then outputs of each."""

    def make(*cells):
        content = json.loads(notebook(*(text for text, _ in cells)))
        for cell, (_, outputs) in zip(content["cells"], cells):
            cell["outputs"] = outputs
        return content

    return make


def test_reports_are_gathered_in_the_order_of_the_cells(executed):
    report, decision = judge(executed((CELL, [output("test_a", "test_b")]), ("1", [output("")])), Policy())
    assert [case.source for case in report.cases] == ["test_a", "test_b", ""]
    assert decision == Decision(go=True)


def test_a_test_of_the_notebook_without_verdict_is_a_no_go(executed):
    _, decision = judge(executed((CELL, [output("test_a")])), Policy())
    assert decision.reasons == ("'test_b' was expected and has no verdict",)
    assert decision.exit_code == 1


def test_a_test_of_the_same_name_in_another_cell_is_no_answer(executed):
    _, decision = judge(executed((CELL, [output("test_a", "test_b")]), (CELL, [output("test_a")])), Policy())
    assert decision.reasons == ("'test_b' was expected and has no verdict",)


def test_a_cell_that_was_not_run_is_a_no_go(executed):
    _, decision = judge(executed((CELL, [])), Policy())
    assert not decision.go
    assert "nothing was answered: there is no verdict" in decision.reasons


def test_a_cell_that_chooses_its_tests_is_not_asked_for_the_others(executed):
    cell = CELL.replace("%%mlqa", "%%mlqa -k test_a")
    assert judge(executed((cell, [output("test_a")])), Policy())[1].go


def test_a_cell_that_is_no_python_asks_for_nothing(executed):
    assert judge(executed(("%%mlqa\ndef test_a(:", [output("x")])), Policy())[1].go


def test_a_failure_is_told_once(executed):
    _, decision = judge(executed((CELL, [output("test_a", "test_b", outcome=Outcome.FAIL)])), Policy())
    assert decision == Decision(go=False, reasons=("demo.holds is FAIL: so",), exit_code=1)


def test_strict_reaches_every_cell(executed):
    cells = executed((CELL, [output("test_a", "test_b", outcome=Outcome.UNDECIDED)]))
    assert judge(cells, Policy())[1].go
    assert not judge(cells, Policy(strict=True))[1].go


def test_an_error_of_a_cell_is_told_first_and_is_no_verdict(executed):
    error = {"output_type": "error", "ename": "KeyError", "evalue": "'age'", "traceback": []}
    content = executed(("boom", [error]), (CELL, [output("test_a", "test_b")]))
    assert error_in(content) == "cell 1 raised KeyError: 'age'"
    assert judge(content, Policy())[1] == Decision(go=False, reasons=("cell 1 raised KeyError: 'age'",), exit_code=3)


def test_a_closed_gate_keeps_its_decision_across_processes():
    decision = Decision(go=False, reasons=("one", "two"), exit_code=1)
    error = pickle.loads(pickle.dumps(GateClosed(decision)))
    assert error.decision == decision
    assert str(error) == "the gate said no:\n  - one\n  - two"


def test_the_engine_is_papermills_own_with_a_gate():
    from papermill.engines import NBClientEngine

    from mlqa.pipeline import engine

    assert issubclass(engine.MlqaEngine, NBClientEngine)
    assert engine.MlqaEngine is engine.MlqaEngine
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        _ = engine.other
