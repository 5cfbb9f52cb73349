"""The small plot of a verdict, drawn."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

import mlqa
from mlqa.report import Report
from mlqa.report.html import to_html
from mlqa.report.picture import to_svg
from mlqa.report.text import to_text
from mlqa.verdict import Evidence, Outcome, Verdict

SPACE = "{http://www.w3.org/2000/svg}"


def spec(labels, reference, current, title="income"):
    rows = [
        {"value": label, "table": table, "share": share}
        for table, shares in (("reference", reference), ("current", current))
        for label, share in zip(labels, shares)
    ]
    return {"data": {"values": rows}, "mark": "bar", "encoding": {"x": {"field": "value", "title": title}}}


def test_bars_stand_beside_each_other_to_scale():
    drawn = ElementTree.fromstring(to_svg(spec(["a", "b"], [0.5, 0.5], [1.0, 0.0])))
    heights = [float(bar.get("height")) for bar in drawn.iter(f"{SPACE}rect")][2:]  # two are the legend
    assert heights == [55.0, 110.0, 55.0, 0.0]
    assert "income" in "".join(drawn.itertext())


def test_names_are_text_whatever_they_hold():
    picture = to_svg(spec(["<script>alert(1)</script>", '"&'], [0.5, 0.5], [0.5, 0.5], title="<img src=x>"))
    drawn = ElementTree.fromstring(picture)
    assert {node.tag.removeprefix(SPACE) for node in drawn.iter()} <= {"svg", "title", "rect", "text", "path"}
    assert "<script" not in picture


@pytest.mark.parametrize(
    "plot",
    [
        None,
        {},
        {"data": {"url": "elsewhere"}},
        {"data": {"values": 5}},
        {"data": {"values": [{"value": "a", "table": "reference", "share": "many"}]}},
        spec(["a"], [float("nan")], [1.0]),
        spec(["a"], [-1.0], [2.0]),
        spec(["a"], [0.0], [0.0]),
        spec([], [], []),
    ],
)
def test_what_is_no_such_plot_is_not_drawn(plot):
    assert to_svg(plot) == ""


def test_nothing_begins_left_of_the_picture_or_ends_right_of_it_and_what_is_cut_is_told_in_full():
    name = "customer_region_of_residence_at_signup_or_at_the_last_move"
    drawn = ElementTree.fromstring(to_svg(spec([name, "b"], [0.5, 0.5], [1.0, 0.0], title=name)))
    width = float(drawn.get("width"))
    slanted = next(node for node in drawn.iter(f"{SPACE}text") if node.get("transform"))
    shown = "".join(slanted.itertext()).removeprefix(name)
    assert shown == "customer_\N{HORIZONTAL ELLIPSIS}_last_move"
    assert float(slanted.get("x")) > 6 * len(shown) / 2**0.5
    assert float(slanted.get("y")) + 6 * len(shown) / 2**0.5 < float(drawn.get("height"))
    bold = next(node for node in drawn.iter(f"{SPACE}text") if node.get("font-weight"))
    assert float(bold.get("x")) + 6 * len(bold[0].tail) < width
    assert [node.text for node in drawn.iter(f"{SPACE}title")][1:] == [name, name]
    assert name in drawn[0].text


def test_a_thousand_bars_are_cut():
    names = [str(at) for at in range(1000)]
    assert to_svg(spec(names, [0.1] * 1000, [0.1] * 1000)).count("<rect") <= 42


def test_a_failing_verdict_has_its_picture_in_the_page_and_failures_lead():
    failed = Verdict(
        check="drift.drift_free",
        outcome=Outcome.FAIL,
        claim="c",
        reason="r",
        evidence=Evidence(plot=spec(["a"], [0.2], [0.9])),
    )
    passed = Verdict(check="demo.holds", outcome=Outcome.PASS, claim="c", reason="r")
    report = Report.of(passed, failed)
    page = to_html(report)
    assert page.count("<svg") == 1
    assert page.index("drift.drift_free") < page.index("demo.holds")
    text = to_text(report)
    assert text.index("drift.drift_free") < text.index("demo.holds")


def test_a_check_draws_what_moved():
    import polars as pl

    reference = pl.DataFrame({"x": [float(at % 50) for at in range(500)]})
    verdict = mlqa.drift_free(reference, reference * 10)
    assert to_svg(verdict.evidence.plot).count("<rect") > 4
