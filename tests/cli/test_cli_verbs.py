"""Every verb, in-process: what it prints and its exit code."""

from __future__ import annotations

import json
import sys
import uuid
from dataclasses import replace

import polars as pl
import pytest
from click.testing import CliRunner

import mlqa
from mlqa.cli import main
from mlqa.ipynb.cells import source_hash
from mlqa.records import append, run_event
from mlqa.report import Origin, Report
from mlqa.report.report import MIME
from mlqa.verdict import Outcome, Verdict

VERBS = ("audit", "check", "demo", "diff", "doctor", "env", "gate", "init", "migrate", "reproduce", "run", "show")


def mlqa_cli(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


def report(*outcomes: Outcome) -> Report:
    return Report.of(
        *(Verdict(check="demo.holds", outcome=o, claim="it holds", reason=f"it is {o.value}") for o in outcomes)
    )


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def checked(monkeypatch):
    """Hand the verb a report of these outcomes, and keep how it asked."""
    asked = {}

    def use(*outcomes):
        def check(current, **options):
            asked.update(options, current=current)
            return report(*outcomes)

        monkeypatch.setattr(mlqa, "check", check)
        return asked

    return use


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(verb):
    result = mlqa_cli(verb, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"mlqa {verb}" in result.output.split("Example")[1]


def test_help_lists_every_verb_and_the_exit_codes():
    output = mlqa_cli("--help").output
    assert "0 go, 1 a gate said no, 2 usage error" in output
    assert all(f"  {verb} " in output for verb in VERBS)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["frobnicate"], "No such command 'frobnicate'"),
        (["run"], "expected a folder with a pipeline.toml, got none.\nHint: name the pipeline or the notebook"),
        (["run", "none.toml"], "expected a pipeline.toml or a notebook, got no file.\nHint: check the path"),
        (["run", "none.ipynb"], "expected a notebook that exists, got no file"),
        (["gate", "none.json"], "expected a REPORT.json or an EXECUTED.ipynb, got no file"),
        (["show"], "expected a folder with records of runs, got none.\nHint: run a pipeline first"),
        (["demo"], "Hint: change to a source checkout of mlqa"),
        (["check", "none.parquet"], "expected a file that exists"),
        (["check", "x.parquet", "--alpha", "much"], "'much' is not a valid float"),
    ],
)
def test_a_usage_error_is_a_message_and_exit_code_2(words, message):
    result = mlqa_cli(*words)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


def test_what_is_unexpected_is_one_line_unless_debug(monkeypatch):
    def broken(current, **options):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(mlqa, "check", broken)
    result = mlqa_cli("check", "x.parquet")
    assert result.exit_code == 3
    assert result.output.startswith("mlqa: unexpected ZeroDivisionError: division by zero\nHint: mlqa --debug")
    assert isinstance(mlqa_cli("--debug", "check", "x.parquet").exception, ZeroDivisionError)


@pytest.mark.parametrize(
    ("outcomes", "words", "code"),
    [
        ([Outcome.PASS], [], 0),
        ([Outcome.PASS, Outcome.FAIL], [], 1),
        ([Outcome.UNDECIDED], [], 0),
        ([Outcome.UNDECIDED], ["--strict"], 1),
        ([Outcome.SKIPPED], [], 0),
    ],
)
def test_check_prints_the_report_and_ends_as_it_says(checked, outcomes, words, code):
    checked(*outcomes)
    result = mlqa_cli("check", "x.parquet", *words)
    assert result.exit_code == code
    assert "demo.holds" in result.output


def test_check_hands_on_what_it_is_given_and_writes_files(checked, elsewhere):
    asked = checked(Outcome.PASS)
    words = ["--reference", "r.csv", "--target", "y", "--time", "t", "--id", "i", "--group", "g", "--alpha", "0.01"]
    result = mlqa_cli("check", "x.csv", *words, "--json", "out/r.json", "--html", "out/r.html")
    assert result.exit_code == 0
    named = {"reference": "r.csv", "target": "y", "time": "t", "id": "i", "group": "g"}
    assert asked == {"current": "x.csv", "alpha": 0.01, **named}
    assert Report.from_json((elsewhere / "out" / "r.json").read_text()).ok
    assert "<table" in (elsewhere / "out" / "r.html").read_text()


@pytest.mark.parametrize(
    ("words", "asked_with"),
    [
        ("--id shop --id order", {"id": ["shop", "order"]}),
        ("--group a --group b", {"group": ["a", "b"]}),
        ("--categorical plan", {"categorical": ["plan"]}),
        ("--categorical plan --categorical site", {"categorical": ["plan", "site"]}),
        ("--prediction said --seed 7", {"prediction": "said", "seed": 7}),
        ("--probability p", {"probability": "p"}),
        ("--probability p0 --probability p1", {"probability": ["p0", "p1"]}),
    ],
)
def test_check_takes_every_column_that_the_function_takes(checked, words, asked_with):
    asked = checked(Outcome.PASS)
    assert mlqa_cli("check", "x.csv", *words.split()).exit_code == 0
    assert asked == {"current": "x.csv", "alpha": 1e-4, **asked_with}


def test_check_asks_about_the_outputs_of_a_model_in_real_tables(elsewhere):
    rows = range(400)
    for name, low in (("old", 0.0), ("new", 0.4)):
        p = [low + (7 * row % 101) / 200 for row in rows]
        pl.DataFrame({"k": [row % 7 for row in rows], "no": [1 - q for q in p], "yes": p}).write_csv(f"{name}.csv")
    words = ["check", "new.csv", "--reference", "old.csv", "--categorical", "k", "--seed", "3"]
    result = mlqa_cli(*words, "--probability", "no", "--probability", "yes")
    assert result.exit_code == 1, result.output
    assert "prediction_drift_free" in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--prediction", "sid"], "prediction='sid': expected a column of the table"),
        (["--categorical", "ko"], "categorical='ko': expected a column of the table"),
        (["--id", "k", "--id", "nothing"], "id='nothing': expected a column of the table"),
        (["--seed", "-1"], "seed=-1: expected"),
        (["--seed", "much"], "'much' is not a valid integer"),
        (["--probability", "k"], "probability='k': expected probabilities in [0, 1], got values from 0 to 6"),
        (["--probability", "p", "--probability", "q"], "expected rows that sum to 1, got a sum off by 0.25"),
    ],
)
def test_what_check_cannot_use_of_a_table_is_a_usage_error(elsewhere, words, message):
    pl.DataFrame({"k": [row % 7 for row in range(70)]}).with_columns(p=0.5, q=0.25).write_csv("x.csv")
    result = mlqa_cli("check", "x.csv", *words)
    assert result.exit_code == 2
    assert message in result.output


def test_check_takes_its_level_from_the_project(checked, elsewhere):
    asked = checked(Outcome.PASS)
    (elsewhere / "pyproject.toml").write_text("[tool.mlqa]\nalpha = 0.02\n")
    mlqa_cli("check", "x.csv")
    assert asked["alpha"] == 0.02


def test_check_sees_a_change_in_a_real_table(elsewhere):
    rows = range(2000)
    pl.DataFrame({"x": [(7 * row) % 101 for row in rows], "k": ["ab"[row % 2] for row in rows]}).write_csv("old.csv")
    pl.DataFrame({"x": [(7 * row) % 101 * 100 for row in rows], "k": ["ab"[row % 2] for row in rows]}).write_csv(
        "new.csv"
    )
    result = mlqa_cli("check", "new.csv", "--reference", "old.csv")
    assert result.exit_code == 1, result.output
    assert "drift.drift_free" in result.output
    assert "'x'" in result.output


@pytest.mark.parametrize(
    ("outcome", "words", "code", "said"),
    [
        (Outcome.PASS, [], 0, "go  1 passed"),
        (Outcome.FAIL, [], 1, "NO-GO  1 failed\n  - demo.holds is FAIL: it is fail"),
        (Outcome.UNDECIDED, ["--strict"], 1, "UNDECIDED under a strict policy"),
        (Outcome.PASS, ["--expect", "a.b"], 1, "'a.b' was expected and has no verdict"),
    ],
)
def test_gate_reads_a_report(elsewhere, outcome, words, code, said):
    (elsewhere / "r.json").write_text(report(outcome).to_json())
    result = mlqa_cli("gate", "r.json", *words)
    assert (result.exit_code, said in result.output) == (code, True), result.output


def test_gate_reads_an_executed_notebook_and_asks_for_its_tests(elsewhere):
    cell = {"cell_type": "code", "metadata": {}, "source": "%%mlqa\ndef test_a(): ...", "outputs": []}
    (elsewhere / "n.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}))
    result = mlqa_cli("gate", "n.ipynb")
    assert result.exit_code == 1
    assert "'test_a' was expected and has no verdict" in result.output
    (elsewhere / "n.ipynb").write_text("{}")
    assert mlqa_cli("gate", "n.ipynb").exit_code == 2


@pytest.mark.parametrize(("source", "code"), [("1 + 1 ", 0), ("1 + 2", 1)])
def test_gate_takes_no_verdict_of_a_cell_that_was_changed(elsewhere, source, code):
    told = replace(report(Outcome.PASS), origin=Origin(source_hash=source_hash("1 + 1")))
    output = {"output_type": "display_data", "metadata": {}, "data": {MIME: told.to_dict()}}
    cell = {"cell_type": "code", "metadata": {}, "source": [source], "outputs": [output]}
    (elsewhere / "n.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}))
    result = mlqa_cli("gate", "n.ipynb")
    assert result.exit_code == code
    assert ("cell 1 was changed after it was run" in result.output) == (code == 1)


def test_show_prints_a_report(elsewhere):
    (elsewhere / "r.json").write_text(report(Outcome.FAIL).to_json())
    result = mlqa_cli("show", "r.json")
    assert result.exit_code == 0
    assert "FAIL  demo.holds" in result.output


@pytest.fixture
def recorded(elsewhere):
    file = elsewhere / "notebooks" / ".mlqa" / "records.jsonl"
    for name, code in (("20260101T000000-aaaa", 0), ("20260102T000000-bbbb", 1)):
        about = {"run_id": str(uuid.uuid4()), "job": "churn"}
        who = {"user": "ada", "ci": None}
        start = {
            "kind": "run",
            "run": name,
            "who": who,
            "code": None,
            "reason": f"reason of {name}",
            "parameters": {"seed": 3},
        }
        step = {"kind": "step", "run": name, "step": "prepare", "status": "go" if code == 0 else "no-go"}
        step |= {"reasons": ["a.b is FAIL: \x1b[2Jso"] * code, "counts": {"pass": 2}, "seconds": 1.5}
        append(file, run_event("START", facet=start, **about))
        append(file, run_event("COMPLETE", facet=step, inputs={"raw.csv": "ab" * 32}, **about))
        append(file, run_event("COMPLETE", facet={"kind": "end", "run": name, "exit_code": code}, **about))
    return file


def test_show_lists_the_runs_and_tells_of_the_last(recorded):
    output = mlqa_cli("show").output
    assert "20260101T000000-aaaa" in output
    assert "run 20260102T000000-bbbb: no-go" in output
    assert "who   ada" in output
    assert "with  seed = 3" in output
    assert "step  prepare: no-go, 2 passed, 1.5 s" in output
    assert "input raw.csv  sha256:abababababab" in output
    assert "\x1b" not in output


@pytest.mark.parametrize("name", ["20260101", "aaaa", "20260101T000000-aaaa"])
def test_show_finds_a_run_by_the_start_of_its_name(recorded, name):
    output = mlqa_cli("show", name, "--at", "notebooks").output
    assert "run 20260101T000000-aaaa: go" in output
    assert "why   reason of 20260101T000000-aaaa" in output


def test_show_refuses_a_name_of_no_run_or_of_two(recorded):
    assert "0 runs.\nHint: choose from 20260101T000000-aaaa" in mlqa_cli("show", "zzz").output
    assert "got 2 runs" in mlqa_cli("show", "2026").output


def test_show_warns_of_a_broken_chain_and_shows_the_rest(recorded):
    recorded.write_text(recorded.read_text().replace("ada", "eve", 1)[:-30])
    output = mlqa_cli("show", "aaaa").output
    assert "warning: records.jsonl line 6 is torn" in output
    assert "warning: records.jsonl line 2 does not follow line 1" in output
    assert "who   eve" in output


DAMAGED = [
    {"run": "x"},
    {"run": {"facets": 3}},
    {"run": {"facets": {"mlqa": {"run": ["a"], "kind": "run"}}}},
    {"run": {"facets": {"mlqa": {"run": "zz", "kind": "run", "who": 3, "code": [], "parameters": [1]}}}, "job": 4},
    {"run": {"facets": {"mlqa": {"run": "zz", "kind": "step", "counts": 3, "reasons": "no"}}}, "outputs": [3, {}]},
    {"run": {"facets": {"mlqa": {"run": "zz", "kind": "end", "error": "E: \x1b[2J"}}}, "eventType": "ABORT"},
]


@pytest.mark.parametrize("name", [[], ["zz"], ["aaaa"]])
def test_show_reads_records_of_any_shape(recorded, name):
    with recorded.open("a") as file:
        file.writelines(json.dumps(record) + "\n" for record in DAMAGED)
    result = mlqa_cli("show", *name)
    assert result.exit_code == 0, result.output
    assert f"run {(name or ['zz'])[0] if name != ['aaaa'] else '20260101T000000-aaaa'}: " in result.output
    assert "has no link to the line before it" in result.output
    assert "\x1b" not in result.output


def test_a_table_is_one_line_a_row(recorded):
    recorded.write_text(recorded.read_text().replace("reason of 20260102T000000-bbbb", "why " * 60 + "\\n\u4e2d"))
    rows = mlqa_cli("show").output.splitlines()[1:]  # the first one warns of the change
    assert rows[0] == "run                   ended  pipeline  who  why"
    assert rows[2].startswith("20260102T000000-bbbb  no-go  churn     ada  why why")
    assert rows[2].endswith("\u4e2d")


@pytest.fixture
def doctor():
    """The module: its name in the package is the verb's."""
    return sys.modules["mlqa.cli.doctor"]


def test_doctor_says_what_works(doctor, monkeypatch):
    monkeypatch.setattr(doctor, "_a_kernel", lambda: "not started in this test")
    result = mlqa_cli("doctor")
    assert result.exit_code == 0, result.output
    assert "the core works" in result.output


def test_doctor_says_what_to_do(doctor, monkeypatch):
    def broken():
        raise RuntimeError("no kernel")

    monkeypatch.setattr(doctor, "_a_kernel", broken)
    monkeypatch.setattr(doctor, "_CORE", ("no-such-package",))
    result = mlqa_cli("doctor")
    assert result.exit_code == 1
    assert "no-such-package: pip install pytest-mlqa" in result.output
    assert "RuntimeError: no kernel" in result.output
