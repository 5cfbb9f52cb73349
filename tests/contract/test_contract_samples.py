"""The JSON form is the only contract between Python, the front end and pipelines.

The front end's tests read the same files.
"""

from __future__ import annotations

import html
import json
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from mlqa import Evidence, Outcome, Report, UsageError, Verdict
from mlqa.report import Case, Crash, Origin
from mlqa.report.html import to_html

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.json"))
SCHEMA = json.loads(files("mlqa").joinpath("schema/verdict-1.json").read_text(encoding="utf-8"))
WRITTEN_DIFFERENTLY = {"Verdict": {"kind"}, "Case": {"outcome"}, "Report": {"schema"}}


def valid(report: object) -> bool:
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(report)


def load(name: str) -> dict:
    return json.loads((SAMPLES[0].parent / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem)
def text(request: pytest.FixtureRequest) -> str:
    return request.param.read_text(encoding="utf-8")


def test_the_nine_samples_are_there():
    names = {path.stem for path in SAMPLES}
    assert names == {"pass", "fail", "undecided", "skipped", "crash", "hostile", "contract", "empty", "counterexample"}


def test_the_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_sample_is_valid(text: str):
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))


def test_a_sample_round_trips_byte_for_byte(text: str):
    assert Report.from_json(text).to_json() + "\n" == text


def test_a_sample_says_what_its_name_says():
    found = {path.stem: Report.from_json(path.read_text(encoding="utf-8")) for path in SAMPLES}
    for name in ("pass", "fail", "undecided", "skipped"):
        assert found[name].cases[0].outcome == name
    assert found["crash"].counts()["crash"] == 2
    assert {verdict.kind for verdict in found["contract"].verdicts} == {"contract"}
    assert found["empty"] == Report()
    assert "<script>" in found["hostile"].verdicts[0].reason


@pytest.mark.parametrize("kind", [Report, Case, Crash, Origin, Verdict, Evidence], ids=lambda kind: kind.__name__)
def test_the_schema_has_the_fields_of_the_code(kind: type):
    of_code = {field.name for field in fields(kind)} | WRITTEN_DIFFERENTLY.get(kind.__name__, set())
    of_schema = SCHEMA["$defs"][kind.__name__.lower()]
    assert set(of_schema["properties"]) == set(of_schema["required"]) == of_code


def test_the_schema_knows_every_outcome():
    assert sorted(SCHEMA["$defs"]["verdict"]["properties"]["outcome"]["enum"]) == sorted(o.value for o in Outcome)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("surprise",), 1),
        (("cases", 0, "outcome"), "error"),
        (("cases", 0, "verdicts", 0, "check"), "no family"),
        (("cases", 0, "verdicts", 0, "alpha"), None),
        (("cases", 0, "verdicts", 0, "surprise"), 1),
        (("cases", 0, "verdicts", 0, "evidence", "p_value"), 1.5),
        (("cases", 0, "verdicts", 0, "evidence", "worst"), [{}] * 11),
        (("cases", 0, "verdicts", 0, "evidence", "worst"), [{"nested": {}}]),
        (("cases", 0, "verdicts", 0, "evidence", "worst"), [{"long": "x" * 201}]),
    ],
)
def test_a_damaged_report_is_not_valid(path: tuple, value: object):
    report = load("fail")
    inner = report
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    assert not valid(report)


def test_a_missing_key_is_not_valid():
    report = load("pass")
    del report["cases"][0]["verdicts"][0]["evidence"]["n"]
    assert not valid(report)


def test_a_report_of_a_later_schema_is_refused_with_a_hint():
    with pytest.raises(UsageError, match="upgrade mlqa"):
        Report.from_dict({**load("pass"), "schema": 2})


def test_a_counterexample_shows_its_test_whole_in_every_view_and_never_as_markup():
    report = Report.from_json(next(path for path in SAMPLES if path.stem == "counterexample").read_text("utf-8"))
    test = report.verdicts[0].evidence.worst[0]["pytest"]
    compile(test, "pasted", "exec")
    assert test.rstrip() in str(report)
    assert "pytest =" not in str(report.verdicts[0])
    page = to_html(report)
    assert html.escape(test.rstrip(), quote=True) in page
    assert "<img" not in page
