"""Every way to end, in one table: 0 go, 1 a gate said no, 2 usage error, 3 a notebook or test broke."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import polars as pl
import pytest
from click.testing import CliRunner

from mlqa.cli import main
from mlqa.pipeline import attempt
from mlqa.report import Case, Crash, Report
from mlqa.verdict import Outcome, Verdict

TOML = '[steps.one]\nnotebook = "n.ipynb"\n'
ESCAPES = "\x1b]0;owned\x07\x1b[2J"
RUN = sys.modules["mlqa.cli.run"]


def report(outcome):
    return Report.of(Verdict(check="demo.holds", outcome=outcome, claim="it holds", reason=f"so\n{ESCAPES}"))


def notebook(source, *outputs):
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": source, "outputs": list(outputs)}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder with a file of every kind that the table names."""
    root = tmp_path / "a b \N{SNOWMAN}"
    root.mkdir()
    monkeypatch.chdir(root)
    pl.DataFrame({"x": [1.0, 2.0]}).write_csv("ok.csv")
    pl.DataFrame({"x": [1.0, None], "void": [None, None]}).write_parquet("void.parquet")
    (root / "empty.csv").write_text("")
    (root / "damaged.parquet").write_text("no")
    for outcome in Outcome:
        (root / f"{outcome.value}.json").write_text(report(outcome).to_json())
    crashed = Case(source=ESCAPES, crash=Crash(type=ESCAPES, message=f"{ESCAPES}\nsecond line"))
    (root / "crash.json").write_text(Report((crashed,)).to_json())
    (root / "nan.json").write_text('{"schema": 1, "origin": null, "cases": [NaN]}')
    (root / "deep.json").write_text("[" * 100_000)
    (root / "n.ipynb").write_text(notebook("seed = 0"))
    (root / "cut.ipynb").write_text(notebook("seed = 0")[:40])
    (root / "edited.ipynb").write_text(notebook("%%mlqa\ndef test_a(): ..."))
    (root / "raised.ipynb").write_text(notebook("1 / 0", {"output_type": "error", "ename": ESCAPES, "evalue": "x"}))
    (root / "pipeline.toml").write_text(TOML)
    (root / "odd.toml").write_text(TOML.replace("one", f'"{ascii(ESCAPES)[1:-1]}"').replace("\\x", "\\u00"))
    (root / "file").write_text("")
    return root


@pytest.fixture
def played(monkeypatch):
    """Play the process of a step."""

    def play(exit_code, error=None):
        decision = {"go": exit_code == 0, "reasons": [ESCAPES] if exit_code else [], "exit_code": exit_code}
        result = {"report": Report().to_dict(), "decision": decision, "error": error}
        monkeypatch.setattr(attempt, "launch", lambda *_, **__: result)

    return play


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["check", "ok.csv"], 0, "PASS     quality.no_empty_columns"),
        (
            ["check", "ok.csv", "--reference", "ok.csv", "--json", "new/r.json", "--html", "r.html"],
            0,
            "written new/r.json",
        ),
        (["check", "void.parquet"], 1, "'void'"),
        (["check", "none.csv"], 2, "expected a file that exists"),
        (["check", "empty.csv"], 2, "the file is empty"),
        (["check", "damaged.parquet"], 2, "expected a readable .parquet file"),
        (["check", "file"], 2, "expected a file ending in .parquet"),
        (["check", "ok.csv", "--reference", "none.csv"], 2, "reference='none.csv'"),
        (["check", "ok.csv", "--target", "y"], 2, "target='y'"),
        (["check", "ok.csv", "--alpha", "nan"], 2, "alpha=nan"),
        (["check", "ok.csv", "--alpha", "1"], 2, "expected a number in (0, 0.5)"),
        (["check", "ok.csv", "--json", "."], 2, "--json='.': expected a file that can be written, got a folder"),
        (["check", "ok.csv", "--html", "file/r.html"], 2, "--html='file/r.html': expected a file that can be written"),
        (["check"], 2, "Missing argument 'CURRENT'"),
        (["chekc"], 2, "Did you mean 'check'?"),
        (["gate", "pass.json"], 0, "go  1 passed"),
        (["gate", "undecided.json"], 0, "go  1 undecided"),
        (["gate", "undecided.json", "--strict"], 1, "UNDECIDED under a strict policy"),
        (["gate", "fail.json"], 1, "demo.holds is FAIL: so \N{REPLACEMENT CHARACTER}"),
        (["gate", "skipped.json"], 1, "all 1 verdicts are SKIPPED"),
        (["gate", "pass.json", "--expect", "other"], 1, "'other' was expected"),
        (["gate", "n.ipynb"], 1, "there is no verdict"),
        (["gate", "edited.ipynb"], 1, "'test_a' was expected and has no verdict"),
        (["gate", "nan.json"], 2, "file='nan.json': expected a report, got damage"),
        (["gate", "deep.json"], 2, "file='deep.json': expected a report, got damage"),
        (["gate", "cut.ipynb"], 2, "file='cut.ipynb': expected a notebook of format 4, got damage"),
        (["gate", "ok.csv"], 2, "expected a report, got damage"),
        (["gate", "."], 2, "got no file"),
        (["gate", "crash.json"], 3, "second line"),
        (["gate", "raised.ipynb"], 3, "cell 1 raised"),
        (["show", "fail.json"], 0, "FAIL  demo.holds"),
        (["show", "crash.json"], 0, "CRASH"),
        (["show", "nan.json"], 2, "got damage"),
        (["show", "nobody"], 2, "run a pipeline first"),
        (["show", "--at", "file"], 2, "expected a folder with records of runs"),
        (["init", "project"], 0, "written  tests/test_quality_mlqa.py"),
        (["init", "file"], 2, "expected a folder, got a file"),
        (["demo"], 2, "change to a source checkout of mlqa"),
        (["run", "none.toml"], 2, "got no file"),
        (["run", "."], 2, "pipeline.toml'?"),
        (["run", "cut.ipynb"], 2, "expected a notebook of format 4"),
        (["run", "n.ipynb", "-p", "sede", "1"], 2, "-p sede=1: expected a parameter of the notebook"),
        (["run", "pipeline.toml", "-p", "sede", "1"], 2, "did you mean 'seed'?"),
        (["run", "pipeline.toml", "-p", "seed", "x"], 2, "-p seed='x': expected a value of type int"),
        (["run", "pipeline.toml", "-i", "raw", "file"], 2, "-i raw='file'"),
        (["run", "pipeline.toml", "--into", "file"], 2, "expected a folder that can be written"),
        (["run", "odd.toml"], 2, "rename the step"),
        (["--help"], 0, "Exit codes"),
        (["--version"], 0, "mlqa"),
        (["doctor", "x"], 2, "unexpected extra argument"),
    ],
)
def test_a_command_ends_with_its_code_and_says_why(words, code, said):
    result = CliRunner().invoke(main, words)
    assert (result.exit_code, said in result.output) == (code, True), result.output
    assert "Traceback" not in result.output
    assert "unexpected " not in result.output.replace("unexpected extra argument", "")
    assert not set(result.output) & {"\x1b", "\x07"}


@pytest.mark.parametrize(
    ("found", "code", "said"),
    [
        ((0,), 0, "\ngo\n"),
        ((1,), 1, "NO-GO: a gate said no"),
        ((3,), 3, "FAILED: a notebook or test broke"),
        ((0, f"it died {ESCAPES}"), 3, "it died"),
    ],
)
@pytest.mark.parametrize("source", ["n.ipynb", "pipeline.toml"])
def test_a_run_ends_with_the_code_of_its_gates(played, source, found, code, said):
    played(*found)
    result = CliRunner().invoke(main, ["run", source, "--into", "trial", "-p", "seed", "3", "--reason", ESCAPES])
    assert (result.exit_code, said in result.output) == (code, True), result.output
    shown = CliRunner().invoke(main, ["show", "--at", "trial"])
    assert (shown.exit_code, "with  seed = 3" in shown.output) == (0, True), shown.output
    assert not set(result.output + shown.output) & {"\x1b", "\x07"}


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "mlqa: interrupted"),
        (OSError(28, "No space left on device", "disk"), 3, "mlqa: disk: No space left on device\nHint: make room"),
        (ZeroDivisionError(ESCAPES), 3, "mlqa: unexpected ZeroDivisionError"),
    ],
)
def test_what_nobody_foresaw_ends_clearly_too(monkeypatch, raised, code, said):
    def broken(*_, **__):
        raise raised

    monkeypatch.setattr(RUN, "run_pipeline", broken)
    result = CliRunner().invoke(main, ["run", "n.ipynb"])
    assert (result.exit_code, said in result.output) == (code, True), result.output
    assert "\x1b" not in result.output


@pytest.mark.parametrize("sign", ["SIGTERM", "SIGHUP"])
def test_a_cancelled_job_and_a_closed_terminal_end_as_ctrl_c_does(monkeypatch, sign):
    before = signal.getsignal(getattr(signal, sign))
    monkeypatch.setattr(RUN, "run_pipeline", lambda *_, **__: signal.raise_signal(getattr(signal, sign)))
    assert CliRunner().invoke(main, ["run", "n.ipynb"]).exit_code == 130
    assert signal.getsignal(getattr(signal, sign)) is before


def test_what_the_terminal_cannot_write_is_escaped():
    command = [sys.executable, "-m", "mlqa", "gate", "fail.json"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "\\ufffd[2J" in done.stdout) == (1, True), done.stdout + done.stderr


def test_every_line_of_help_fits_80_columns():
    for verb in ([], *([name] for name in main.commands)):
        output = CliRunner().invoke(main, [*verb, "--help"]).output
        assert max(len(line) for line in output.splitlines()) <= 80


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write everywhere")
@pytest.mark.parametrize(
    "words",
    [["init", "."], ["run", "n.ipynb"], ["check", "ok.csv", "--json", "r.json"]],
)
def test_a_folder_that_may_not_be_written_is_a_usage_error(folder, words):
    folder.chmod(0o555)
    try:
        result = CliRunner().invoke(main, words)
    finally:
        folder.chmod(0o755)
    assert result.exit_code == 2, result.output
    assert "can be written" in result.output
