"""Reports read from outputs: data from a stranger."""

from __future__ import annotations

import pytest

from mlqa.errors import UsageError
from mlqa.ipynb.outputs import reports_in
from mlqa.report import Report
from mlqa.report.report import MIME
from mlqa.verdict import Outcome, Verdict

REPORT = Report.of(Verdict(check="demo.always", outcome=Outcome.PASS, claim="it holds", reason="it did"))


def displayed(value):
    return {"output_type": "display_data", "data": {MIME: value, "text/plain": "x"}, "metadata": {}}


def test_reports_are_found_in_order_among_other_outputs():
    stream = {"output_type": "stream", "name": "stdout", "text": "x"}
    assert reports_in([stream, displayed(REPORT.to_dict()), displayed(REPORT.to_json())]) == [REPORT, REPORT]


def test_json_text_in_lines_is_read():
    text = REPORT.to_json()
    assert reports_in([displayed([text[:10], text[10:]])]) == [REPORT]


@pytest.mark.parametrize("value", [None, 3, [], {}, {"schema": 99}, {"schema": 1, "cases": [{}]}, "__import__('os')"])
def test_a_damaged_report_is_refused(value):
    with pytest.raises(UsageError):
        reports_in([displayed(value)])


def test_what_has_no_data_is_passed_over():
    assert reports_in([{"output_type": "error"}, {"data": None}, {"data": []}]) == []


def test_too_many_reports_are_refused_not_passed_over():
    with pytest.raises(UsageError, match="at most 1000 of a cell"):
        reports_in([displayed(REPORT.to_dict())] * 1001)
