"""Every sample of the JSON contract, drawn by the real renderer: text stays text, nothing runs."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from labpage import LabPage
from labserver import LabServer

MIME = "application/vnd.mlqa.report+json"
SAMPLES = sorted((Path(__file__).parents[1] / "contract" / "samples").glob("*.json"))
OTHER_SCHEMAS = [{"schema": 7, "cases": []}, {"cases": "none"}, {"schema": 1, "cases": [None, {"verdicts": 3}]}]
WORDS = {"pass": "passed", "fail": "failed", "undecided": "undecided", "skipped": "skipped", "crash": "error"}
OPEN_ALL = """() => {
  const all = [...document.querySelectorAll('.mlqa-Report details')];
  all.forEach(each => { each.open = true; });
  return all.every(each => each.childElementCount > 1);
}"""  # what is folded is drawn when it is first opened: asked again until nothing new comes

pytestmark = pytest.mark.browser


def fnv1a(source: str) -> str:
    """The hash of a cell's text, written anew: a third opinion beside the kernel's and the browser's."""
    value = 0x811C9DC5
    for byte in source.strip(" \t\r\n").encode():
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{value:08x}"


def test_cell(report: object, name: str) -> nbformat.NotebookNode:
    """A test cell whose stored output holds a report, as if it had just run."""
    source = f"%%mlqa\n# {name} é\ndef test_{name}():\n    ...\n"
    cell = nbformat.v4.new_code_cell(source, execution_count=1)
    if isinstance(report, dict) and report.get("origin"):
        report = report | {"origin": {"cell_id": cell.id, "source_hash": fnv1a(source), "kernel": ""}}
    data = {MIME: report, "text/plain": f"text of {name}", "text/html": f"<b>html of {name}</b>"}
    cell.outputs = [nbformat.v4.new_output("display_data", data=data)]
    return cell


test_cell.__test__ = False  # type: ignore[attr-defined]  # a maker of cells, not a test


def write(server: LabServer, name: str, cells: list[nbformat.NotebookNode]) -> None:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, server.root / name)


def test_all_samples_are_drawn_and_none_of_their_text_runs(lab: LabPage, lab_home: LabServer) -> None:
    samples = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES}
    assert {"pass", "fail", "undecided", "skipped", "crash", "hostile"} <= set(samples)
    write(lab_home, "samples.ipynb", [test_cell(report, name) for name, report in samples.items()])
    dialogs: list[str] = []
    lab.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    lab.open("samples.ipynb")
    lab.until("n => document.querySelectorAll('.mlqa-Report > .mlqa-Card').length === n", len(samples))
    lab.until(OPEN_ALL)
    for card, report in zip(lab.page.locator(".mlqa-Report").all(), samples.values(), strict=True):
        assert_drawn(card.text_content() or "", report)
    forbidden = "script, iframe, img, b, i, a, style, object, [onerror], [onclick], [href]"
    assert lab.page.locator(".mlqa-Report").locator(forbidden).count() == 0
    assert dialogs == []
    assert lab.page.evaluate("() => ({}).polluted ?? null") is None
    lab.picture("samples")


def assert_drawn(shown: str, report: dict) -> None:
    """Outcome words, checks' reasons and raw markup, all there as text."""
    flat = " ".join(shown.split())
    for case in report["cases"]:
        assert WORDS[case["outcome"]] in flat
        for verdict in case["verdicts"]:
            assert WORDS[verdict["outcome"]] in flat
            assert verdict["kind"] in flat
            reason = " ".join(verdict["reason"].split())
            if reason.isprintable():
                assert reason in flat
            else:  # what could disguise a text is drawn as a replacement
                assert "\N{REPLACEMENT CHARACTER}" in flat
                assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in flat
        if case["crash"]:
            assert " ".join(case["crash"]["message"].split()) in flat
    if "<script>" in json.dumps(report):
        assert '<script>alert("mlqa")</script>' in flat


def test_cards_of_what_passed_are_closed_and_badges_tell_the_stored_outcomes(lab: LabPage, lab_home: LabServer) -> None:
    names = ["pass", "fail", "undecided", "skipped", "crash"]
    samples = [json.loads(path.read_text()) for name in names for path in SAMPLES if path.stem == name]
    write(lab_home, "outcomes.ipynb", [test_cell(report, name) for name, report in zip(names, samples, strict=True)])
    lab.open("outcomes.ipynb")
    lab.wait_for_states("pass", "fail", "undecided", "skipped", "crash")
    opened = lab.page.locator(".mlqa-Report > details").evaluate_all("all => all.map(each => each.open)")
    assert opened == [False, True, True, False, True]
    labels = lab.page.locator(".mlqa-Badge").evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")
    assert all(label.startswith("Tests of this cell: ") for label in labels)
    lab.show_panel()
    lab.picture("outcomes-light")
    lab.theme("JupyterLab Dark")
    lab.picture("outcomes-dark")


def test_a_counterexample_is_copied_as_a_test(lab: LabPage, lab_home: LabServer) -> None:
    report = next(json.loads(path.read_text(encoding="utf-8")) for path in SAMPLES if path.stem == "counterexample")
    write(lab_home, "counterexample.ipynb", [test_cell(report, "counterexample")])
    lab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    lab.open("counterexample.ipynb")
    lab.wait_for_states("fail")
    test = report["cases"][0]["verdicts"][0]["evidence"]["worst"][0]["pytest"]
    assert lab.page.locator(".mlqa-Test pre").text_content() == test
    assert "pytest" not in lab.page.locator(".mlqa-Worst thead").text_content()
    lab.page.get_by_role("button", name="Copy as a test").click()
    lab.page.get_by_role("button", name="Copied").wait_for()
    assert lab.page.evaluate("() => navigator.clipboard.readText()") == test
    lab.picture("counterexample")


def test_a_report_of_another_schema_is_named_and_its_text_form_shown(lab: LabPage, lab_home: LabServer) -> None:
    cells = [test_cell(report, f"odd_{index}") for index, report in enumerate(OTHER_SCHEMAS)]
    write(lab_home, "odd.ipynb", cells)
    lab.open("odd.ipynb")
    lab.wait_for_states("unread", "unread", "skipped")
    first, second, third = (card.text_content() or "" for card in lab.page.locator(".mlqa-Report").all())
    assert "schema 7" in first
    assert "text of odd_0" in first
    assert "damaged" in second
    assert "2 tests" in third


def verdict(outcome: str, **evidence: object) -> dict:
    """A verdict as small as can be read."""
    return {"check": "a.check", "outcome": outcome, "claim": "holds", "evidence": evidence}


def report_of(*cases: dict) -> dict:
    return {"schema": 1, "cases": list(cases), "origin": {}}


def test_what_failed_is_never_left_out_for_what_passed(lab: LabPage, lab_home: LabServer) -> None:
    many = [{"source": f"test_{n}", "verdicts": [verdict("pass")]} for n in range(600)]
    last = {"source": "test_last", "verdicts": [*[verdict("pass")] * 300, verdict("fail")]}
    write(lab_home, "many.ipynb", [test_cell(report_of(*many, last), "many"), test_cell(report_of(last), "last")])
    lab.open("many.ipynb")
    lab.wait_for_states("fail", "fail")
    first, second = (card.text_content() or "" for card in lab.page.locator(".mlqa-Card").all())
    assert "601 tests" in first
    assert "and 101 more, not drawn" in first
    assert "and 101 more, not drawn" in second


def test_of_many_failures_only_the_first_are_open(lab: LabPage, lab_home: LabServer) -> None:
    many = [{"source": f"test_{n}", "verdicts": [verdict("fail")]} for n in range(60)]
    write(lab_home, "open.ipynb", [test_cell(report_of(*many), "open")])
    lab.open("open.ipynb")
    lab.wait_for_states("fail")
    assert lab.page.locator(".mlqa-Case[open]").count() == 10


def test_numbers_are_drawn_with_care(lab: LabPage, lab_home: LabServer) -> None:
    sides = [{}, {"low": 0.1}, {"high": 0.9}, {"low": 0.1, "high": 0.9}]
    limits = [{"limit": 0.5}, {}, {"limit": 0.2}]
    drawn = [verdict("fail", estimate=0.2, p_value=0, **side, **limit) for limit in limits for side in sides]
    drawn[0]["evidence"]["worst"] = [{"test": "location", "p_value": 0, "column": "income"}]
    cases = [{"source": f"test_{n}", "verdicts": [each], "seconds": 119.8} for n, each in enumerate(drawn)]
    write(lab_home, "care.ipynb", [test_cell(report_of(*cases), "care")])
    lab.open("care.ipynb")
    lab.wait_for_states("fail")
    lab.until(OPEN_ALL)
    assert lab.page.locator(".mlqa-Interval").count() == 7  # not without a limit, nor where all values are one
    spots = ".mlqa-Interval :is(circle, line)"
    reach = lab.page.locator(spots).evaluate_all(
        "all => all.map(each => each.getBBox()).map(b => [b.x, b.x + b.width])"
    )
    assert all(left >= 0 and right <= 280 for left, right in reach)
    card = lab.page.locator(".mlqa-Card")
    assert "p < 1e-300" in card.inner_text()
    assert card.locator(".mlqa-Worst th").all_inner_texts() == ["column", "test", "p_value"]
    assert card.locator(".mlqa-Worst td").all_inner_texts() == ["income", "location", "< 1e-300"]
    assert card.locator(".mlqa-seconds").first.inner_text() == "2 min 0 s"
