"""One report, five views: each shows every verdict, and none lets a value become markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from mlqa import Outcome, Report, UsageError, Verdict, strict
from mlqa.report.files import write_report
from mlqa.report.html import to_fragment, to_html
from mlqa.report.junit import to_junit
from mlqa.report.markdown import to_markdown
from mlqa.report.report import Case
from mlqa.report.text import to_table, to_text

ALLOWED = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
PAGE = ALLOWED | {"html", "head", "meta", "title", "body", "h1", "h2", "div", "pre"}
ATTRIBUTES = {"style", "scope", "class", "lang", "charset", "name", "content"}


class Tags(HTMLParser):
    """Reads HTML and refuses what does not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags, self.attributes, self.open, self.cells = set(), set(), [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in {"td", "th"}:
            self.cells[-1] += data


TEXT = """\
mlqa: 1 failed, 1 crashed, 1 undecided, 1 passed, 1 skipped

statistical checks (each may raise a false alarm, at its alpha)
  outcome    check                 test                     value / limit   n
  FAIL       regression.not_worse  ...py::test_model[a::b]  -0.024 / -0.01  1800
  UNDECIDED  drift.drift_free      ...py::test_model[a::b]  0.1             20

contract checks (true or false, no error rate)
  outcome    check                 test                     value / limit   n
  PASS       quality.schema_holds  ...::TestB::test_schema  -               -
  SKIPPED    demo.gone             ...test_a.py::test_gone  -               -

crashes (an exception kept the test from answering)
  outcome    check                 test                     value / limit   n
  CRASH      ValueError            .../test_a.py::test_bad  -               -

false-alarm budget: 0.0002 (the sum of the levels spent)

tests/test_a.py::test_model[a::b]
FAIL  regression.not_worse  (alpha 0.0001)
  claim     regression.not_worse holds
  measured  -0.024, n = 1800
  because   because regression.not_worse
  next      look
  docs      mlqa: regression.not_worse

tests/test_a.py::test_model[a::b]
UNDECIDED  drift.drift_free  (alpha 0.0001)
  claim     drift.drift_free holds
  measured  0.1, n = 20
  because   because drift.drift_free
  next      about 4300 more rows would decide
  docs      mlqa: drift.drift_free

tests/test_a.py::test_bad
CRASH  ValueError: no data

skipped: because demo.gone: gone"""


def test_the_text_is_a_table_and_the_blocks_that_need_a_reader(report):
    assert to_text(report) == TEXT


def test_the_table_of_any_report_is_eighty_columns_of_printable_text(sample):
    for line in to_table(sample).splitlines():
        assert len(line) <= 80
        assert line.isprintable()


def test_a_report_without_verdicts_says_so():
    assert to_text(Report()) == "mlqa: no verdicts"
    assert to_markdown(Report()) == "**mlqa**: no verdicts"
    assert 'tests="0"' in to_junit(Report())
    assert Tags(to_fragment(Report())).tags == ALLOWED - {"td"}


def test_the_fragment_is_one_table_whatever_the_values(sample):
    seen = Tags(to_fragment(sample))
    assert seen.tags <= ALLOWED
    assert seen.attributes <= ATTRIBUTES
    assert to_fragment(sample).count("<table") == 1


def test_the_page_stands_alone_whatever_the_values(sample):
    page = to_html(sample)
    seen = Tags(page.removeprefix("<!DOCTYPE html>\n"))
    assert seen.tags <= PAGE
    assert seen.attributes <= ATTRIBUTES
    assert not {"script", "style", "link", "img"} & seen.tags


def test_the_fragment_tells_the_outcome_in_words(report):
    cells = Tags(to_fragment(report)).cells
    assert [cell for cell in cells if cell.isupper()] == ["FAIL", "UNDECIDED", "CRASH", "PASS", "SKIPPED"]
    assert "statistical, alpha 0.0001" in cells
    assert "contract" in cells
    assert "because regression.not_worse. Next: look" in cells


def test_the_markdown_table_keeps_its_columns_whatever_the_values(sample):
    for line in to_markdown(sample).splitlines()[2:]:
        assert len(re.findall(r"(?<!\\)\|", line)) == 8
        assert "<" not in line
        assert not re.search(r"(?<!\\)`", line)


def test_markdown_shows_names_as_written(report):
    text = to_markdown(report)
    assert "| FAIL | regression.not_worse | alpha 0.0001 | tests/test_a.py::test_model\\[a::b\\] |" in text
    assert "| CRASH | ValueError |  | tests/test_a.py::test_bad | - |  | no data |" in text


def test_junit_is_xml_whatever_the_values(sample):
    suite = ET.fromstring(to_junit(sample))[0]
    assert int(suite.get("tests")) == len(sample.cases)
    properties = list(suite.iter("property"))
    assert len(properties) == len(sample.verdicts)


def test_junit_names_and_counts_as_a_server_reads_them(report):
    suite = ET.fromstring(to_junit(report))[0]
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped", "time")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
        "time": "0.500",
    }
    assert [(case.get("classname"), case.get("name")) for case in suite] == [
        ("tests.test_a", "test_model[a::b]"),
        ("tests.test_a.TestB", "test_schema"),
        ("tests.test_a", "test_gone"),
        ("tests.test_a", "test_bad"),
    ]
    assert suite[0].find("failure").get("message") == "FAIL regression.not_worse: because regression.not_worse"
    assert suite[3].find("error").text == "tb"


def test_junit_counts_undecided_as_strictness_says():
    verdict = Verdict(check="demo.unsure", outcome=Outcome.UNDECIDED, claim="it holds", reason="few rows")
    report = Report.of(verdict)
    assert 'failures="0"' in to_junit(report)
    with strict():
        assert 'failures="1"' in to_junit(report)
    assert 'classname="mlqa" name="demo.unsure"' in to_junit(report)


@pytest.mark.parametrize("suffix", [".html", ".json", ".md", ".xml", ".JSON"])
def test_a_report_is_written_by_its_suffix_whatever_the_values(sample, tmp_path, suffix):
    path = write_report(sample, tmp_path / f"new/report{suffix}")
    assert path.read_text(encoding="utf-8").endswith("\n")
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_half_a_character_does_not_break_a_report(tmp_path):
    report = Report.of(
        Verdict(check="demo.half", outcome=Outcome.FAIL, claim="\ud800", reason="\ud800", columns=("\ud800",))
    )
    for suffix in ("html", "json", "md", "xml"):
        assert "demo.half" in write_report(report, tmp_path / f"r.{suffix}").read_text(encoding="utf-8")
    assert Report.from_json((tmp_path / "r.json").read_text()).verdicts[0].reason == "?"


def test_another_suffix_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"expected a path ending in .html, .json, .md, .xml, got str.\nHint: name it"):
        write_report(Report(), tmp_path / "report.pdf")


def of_sources(*sources):
    verdict = Verdict(check="drift.drift_free", outcome=Outcome.FAIL, claim="c", reason="r", remedy="look")
    return Report(tuple(Case(source=source, verdicts=(verdict,)) for source in sources))


@pytest.mark.parametrize("view", [to_fragment, to_html, to_markdown, to_text])
def test_a_column_of_tests_that_repeats_the_checks_is_left_out(view):
    assert "Test" not in view(of_sources("drift_free"))
    assert "| test |" not in view(of_sources("drift_free", ""))
    named = view(of_sources("drift_free", "test_a.py::test_b"))
    assert "test_b" in named
    assert re.search(r"\btest\b", named, re.IGNORECASE)


def test_a_verdict_that_is_called_as_its_check_has_no_line_of_its_own_name():
    assert "\ndrift_free\n" not in to_text(of_sources("drift_free"))
    assert "\ntest_a.py::test_b\n" in to_text(of_sources("test_a.py::test_b"))


def test_the_page_says_what_to_do_about_a_skipped_check():
    skipped = Verdict(check="a.b", outcome=Outcome.SKIPPED, claim="c", reason="no label", remedy="pass target=")
    assert "no label. Next: pass target=" in to_html(Report.of(skipped))
