"""`mlqa run`, `diff`, `audit` and `show` over a pipeline whose steps are played: no kernel."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from mlqa import records
from mlqa.cli import main
from mlqa.cli.bars import bars

PLAYER = """
import json, sys
from pathlib import Path
order_file = Path(sys.argv[1])
order = json.loads(order_file.read_text())
given = order["parameters"]
Path(given["out"]).write_text(f"{Path(given['raw']).read_text()} {given.get('seed', 0)}")
from mlqa.report import Report, Case
from mlqa.verdict import Evidence, Outcome, Verdict
told = Verdict(check="regression.not_worse", outcome=Outcome.PASS, claim="it holds", reason="so",
               evidence=Evidence(estimate=0.5 + given.get("seed", 0) / 100, low=0.4, high=0.6))
report = Report((Case(source="test_it", verdicts=(told,)),))
go = {"go": True, "reasons": [], "exit_code": 0}
order_file.with_name("result.json").write_text(json.dumps({"report": report.to_dict(), "decision": go, "error": None}))
"""
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "raw = out = ''\nseed = 0", "outputs": []}
    ],
}
TOML = """
[steps.make]
notebook = "n.ipynb"
inputs = { raw = "raw.txt" }
outputs = { out = "art/mid.txt" }
[steps.use]
notebook = "n.ipynb"
inputs = { raw = "art/mid.txt" }
outputs = { out = "art/end.txt" }
parameters = { seed = 1 }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "n.ipynb").write_text(json.dumps(NOTEBOOK))
    (tmp_path / "raw.txt").write_text("raw")
    (tmp_path / "pipeline.toml").write_text(TOML)
    (tmp_path / "play").mkdir()
    player = tmp_path / "play" / "player.py"
    player.write_text(PLAYER)
    monkeypatch.setattr(sys.modules["mlqa.pipeline.launch"], "COMMAND", [sys.executable, str(player)])
    monkeypatch.chdir(tmp_path)
    return tmp_path


def mlqa_cli(*words, code=0):
    result = CliRunner().invoke(main, list(words))
    assert result.exit_code == code, result.output
    return result.output


def test_a_run_a_dry_run_and_what_has_changed_in_between(folder):
    first = mlqa_cli("run", "--dry-run")
    assert first.splitlines() == [
        "  make  would run   it has not gone before",
        "  use   may run     'make' runs before it: run if its outputs change",
        "nothing was run",
    ]
    assert not (folder / ".mlqa").exists()
    assert "go" in mlqa_cli("run", "--reason", "first")
    second = mlqa_cli("run")
    assert second.count("up to date  1 passed  since") == 2
    (folder / "raw.txt").write_text("other")
    assert "  make  would run   input raw.txt changed" in mlqa_cli("run", "--dry-run")
    assert (folder / "art" / "end.txt").read_text() == "raw 0 1"
    assert "would run   it is forced" in mlqa_cli("run", "--dry-run", "--force")
    assert "make  would run   parameter seed changed" not in mlqa_cli("run", "--dry-run")
    assert "parameter seed is new" in mlqa_cli("run", "--dry-run", "-p", "seed", "4")


def test_some_steps_alone(folder):
    assert "'make'" in mlqa_cli("run", "--only", "use", code=2)
    mlqa_cli("run")
    (folder / "raw.txt").write_text("other")
    output = mlqa_cli("run", "--only", "use", "--force")
    assert "  make  left out\n" in output
    assert "  use  go  1 passed" in output
    assert (folder / "art" / "end.txt").read_text() == "raw 0 1"
    assert mlqa_cli("run", "--from", "make").count("  go  ") == 2
    assert (folder / "art" / "end.txt").read_text() == "other 0 1"
    assert "did you mean 'make'" in mlqa_cli("run", "--from", "mak", code=2)


def test_two_runs_are_compared_with_the_intervals_of_their_metrics(folder):
    mlqa_cli("run")
    (folder / "raw.txt").write_text("other")
    (folder / "n.ipynb").write_text(json.dumps(NOTEBOOK).replace("seed = 0", "seed = 0 # new"))
    mlqa_cli("run", "-p", "seed", "9")
    runs = list(records.runs_of(records.read(folder / ".mlqa" / "records.jsonl").records))
    lines = [" ".join(line.split()) for line in mlqa_cli("diff", runs[0], runs[1]).splitlines()]
    assert lines[0] == f"A {runs[0]}: go"
    for title in ("code (digests of the files)", "data read (digests)", "parameters", "outputs (digests)"):
        assert title in lines
    assert "make: seed none 9" in lines
    assert "use: seed 1 9" in lines
    assert "make: test_it regression.not_worse PASS 0.5 [0.4, 0.6] PASS 0.59 [0.4, 0.6]" in lines
    assert any(line.startswith("n.ipynb ") for line in lines)
    assert "nothing that is on record differs" in mlqa_cli("diff", "last", "last")


def test_an_audit_names_the_first_broken_record(folder):
    mlqa_cli("run")
    file = folder / ".mlqa" / "records.jsonl"
    whole = mlqa_cli("audit")
    assert whole.startswith("go: 6 records of 1 runs, the chain is whole\nhead ")
    head = whole.split("head ")[1].strip()
    mlqa_cli("run")
    assert "the chain is whole" in mlqa_cli("audit", "--head", head[:12])
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:5]))  # cut off at the end: the chain itself cannot tell
    assert "the chain is whole" in mlqa_cli("audit")
    assert "no record has the digest" in mlqa_cli("audit", "--head", head, code=1)
    file.write_text("".join(lines).replace('"seed": 1', '"seed": 2', 1))
    broken = mlqa_cli("audit", code=1)
    assert "FAILED" in broken
    assert "is broken at line 6 does not follow line 5" in broken
    file.write_text("".join(lines) + lines[0][:40])
    assert "is torn" in mlqa_cli("audit")


def test_a_person_sees_a_bar_for_every_step_at_work_and_ci_sees_lines(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    screen = Console(file=io.StringIO(), force_terminal=True, width=80, legacy_windows=False)
    monkeypatch.setenv("TERM", "xterm")
    with bars(screen) as (_, watch):
        watch("train", "3/12")
        watch("train", "4/12")
        watch("train", "go")
    assert "4/12 cells" in screen.file.getvalue() or "3/12 cells" in screen.file.getvalue()
    monkeypatch.setenv("CI", "true")
    with bars(screen) as (_, watch):
        assert watch is None
    monkeypatch.delenv("CI")
    with bars(Console(file=io.StringIO())) as (_, watch):
        assert watch is None


def test_a_damaged_digest_file_is_of_no_importance(folder):
    mlqa_cli("run")
    Path(".mlqa/digests.json").write_text("{")
    assert mlqa_cli("run").count("up to date") == 2
