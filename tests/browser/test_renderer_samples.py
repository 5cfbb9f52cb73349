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
    lab.page.evaluate("() => document.querySelectorAll('.mlqa-Report details').forEach(each => { each.open = true; })")
    lab.until("() => [...document.querySelectorAll('.mlqa-Case')].every(row => row.childElementCount > 1)")
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
