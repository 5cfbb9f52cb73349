"""Runs that meet, break off or find a full disk: no kernel is needed, a step's process is played."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mlqa.errors import UsageError
from mlqa.pipeline import attempt, lock, publish, run
from mlqa.pipeline.launch import launch
from mlqa.records import read, verify
from mlqa.report import Report

TOML = """
[steps.two]
notebook = "n.ipynb"
inputs = { raw = "raw.txt" }
outputs = { one = "art/one.txt", two = "art/two.txt" }
"""


@pytest.fixture
def folder(tmp_path, notebook):
    root = tmp_path / "a b \N{SNOWMAN}{x}"
    root.mkdir()
    (root / "n.ipynb").write_text(notebook("#tag parameters\nraw = ''\none = ''\ntwo = ''\nlimit = 0.0\nday = ''"))
    (root / "raw.txt").write_text("raw")
    (root / "pipeline.toml").write_text(TOML)
    return root


@pytest.fixture
def played(monkeypatch):
    """Play the process of a step: it writes its outputs and says go."""

    def play(text="new", meanwhile=lambda: None):
        def launch(order, folder, **_):
            for name in ("one", "two"):
                Path(order["parameters"][name]).write_text(text)
            meanwhile()
            go = {"go": True, "reasons": [], "exit_code": 0}
            return {"report": Report().to_dict(), "decision": go, "error": None}

        monkeypatch.setattr(attempt, "launch", launch)

    return play


def kinds(file):
    return [record["run"]["facets"]["mlqa"]["kind"] for record in read(file).records]


def records_of(folder):
    return folder / ".mlqa" / "records.jsonl"


def test_a_second_run_in_one_folder_waits_and_says_so(folder, played):
    first_is_in, told, seen = threading.Event(), [], []

    def meanwhile():
        first_is_in.set()
        while not told:
            time.sleep(0.01)
        seen.append(kinds(records_of(folder)))

    played(meanwhile=meanwhile)
    first = threading.Thread(target=run, args=(folder / "pipeline.toml",), kwargs={"say": str})
    first.start()
    assert first_is_in.wait(10)
    played(text="second")
    run(folder / "pipeline.toml", force=True, say=told.append)
    first.join()
    assert told[0].startswith(f"another run (process {os.getpid()}) is at work in {folder}: waiting")
    assert seen == [["run", "begin"]]
    assert kinds(records_of(folder)) == ["run", "begin", "step", "end"] * 2
    assert verify(records_of(folder)) == ()
    assert (folder / "art" / "two.txt").read_text() == "second"


def test_a_run_in_the_folder_of_its_own_run_is_refused(folder, played, monkeypatch):
    monkeypatch.setenv(lock.INSIDE, str(folder / ".mlqa" / "runs" / "this"))
    with pytest.raises(UsageError, match="expected a folder in which no run is at work"):
        run(folder / "pipeline.toml", say=str)
    played()
    assert run(folder / "pipeline.toml", into=folder / "else", say=str).exit_code == 0


def test_an_interrupt_while_publishing_waits_for_all_outputs_and_the_record(folder, played, monkeypatch):
    played()
    real = publish.Move.old.fget

    def interrupted(move):
        signal.raise_signal(signal.SIGINT)
        return real(move)

    monkeypatch.setattr(publish.Move, "old", property(interrupted))
    with pytest.raises(KeyboardInterrupt):
        run(folder / "pipeline.toml", say=str)
    assert sorted(path.name for path in (folder / "art").iterdir()) == ["one.txt", "two.txt"]
    found = read(records_of(folder)).records
    assert kinds(records_of(folder)) == ["run", "begin", "step", "end"]
    assert [len(record["outputs"]) for record in found] == [0, 0, 2, 0]
    assert found[-1]["eventType"] == "ABORT"


def test_when_an_output_cannot_be_published_then_none_is_and_the_record_says_so(folder, played):
    played(meanwhile=lambda: (folder / "art").write_text("in the way"))
    done = run(folder / "pipeline.toml", say=str)
    assert (done.exit_code, done.steps[0].status, done.steps[0].outputs) == (3, "failed", {})
    assert done.steps[0].reasons[0].startswith("output 'one' could not be published")
    assert read(records_of(folder)).records[2]["outputs"] == []


def test_a_place_that_cannot_be_written_is_refused_before_anything_runs(folder, played):
    played(meanwhile=lambda: pytest.fail("it was run"))
    with pytest.raises(UsageError, match=r"--into='.*raw\.txt': expected a folder that can be written, got "):
        run(folder / "pipeline.toml", into=folder / "raw.txt", say=str)


def test_when_the_disk_is_full_then_the_error_is_the_systems(folder, played, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    played(meanwhile=lambda: monkeypatch.setattr(sys.modules["mlqa.records"], "append", full))
    with pytest.raises(OSError, match="No space left"):
        run(folder / "pipeline.toml", say=str)
    assert kinds(records_of(folder)) == ["run", "begin"]


def test_what_breaks_a_run_off_is_on_record(folder, played, monkeypatch):
    def broken(*_):
        raise ZeroDivisionError("by zero")

    played()
    monkeypatch.setattr(attempt, "prepare", broken)
    with pytest.raises(ZeroDivisionError):
        run(folder / "pipeline.toml", say=str)
    end = read(records_of(folder)).records[-1]
    assert (end["eventType"], end["run"]["facets"]["mlqa"]["error"]) == ("ABORT", "ZeroDivisionError: by zero")


def test_a_process_that_dies_is_quoted(folder):
    (folder / "step").mkdir()
    found = launch({"notebook": str(folder / "none")}, folder / "step")
    assert found["error"].startswith("its process ended with code 1 and no result (KeyError: 'executed'); see")


def test_what_json_cannot_hold_is_recorded_as_text(folder, played):
    played()
    odd = os.fsdecode(b"odd-\xff")
    done = run(folder / "pipeline.toml", parameters={"limit": float("inf"), "day": odd}, reason=odd, say=str)
    assert done.exit_code == 0
    start = read(records_of(folder)).records[0]["run"]["facets"]["mlqa"]
    assert (start["parameters"]["limit"], start["parameters"]["day"], start["reason"]) == ("inf", odd, odd)
    assert verify(records_of(folder)) == ()


def test_a_run_that_waits_for_another_can_be_interrupted(folder):
    code = (
        "import sys, polars; from mlqa.pipeline import run; run(sys.argv[1], say=lambda text: print(text, flush=True))"
    )
    command = [sys.executable, "-c", code, str(folder / "pipeline.toml")]
    with lock.alone(folder / ".mlqa", str):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert b"another run" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) != 0
    assert not records_of(folder).exists()


@pytest.mark.kernel
@pytest.mark.parametrize("after", [0.0, 0.3, 1.0])
def test_an_interrupt_before_the_kernel_is_up_leaves_no_process(folder, after):
    """Wherever it falls between the start of the step's process and its kernel."""
    code = "import sys; from mlqa.pipeline import run; run(sys.argv[1], say=str)"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(folder / "pipeline.toml")], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    for _ in range(300):
        if kinds(records_of(folder)) == ["run", "begin"] and list(folder.glob(".mlqa/runs/*/two/order.json")):
            break
        time.sleep(0.05)
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    assert process.wait(40) != 0
    assert b"KeyboardInterrupt" in process.stderr.read()
    assert kinds(records_of(folder)) == ["run", "begin", "end"]
    assert read(records_of(folder)).records[-1]["eventType"] == "ABORT"
    assert not (folder / "art").exists()
    for _ in range(100):
        if not _processes_of(folder):
            break
        time.sleep(0.1)
    assert _processes_of(folder) == []


def _processes_of(folder):
    """Command lines of the processes that were started for this folder."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes()
            here = str((file.parent / "cwd").readlink())
        except OSError:
            continue
        if words and (os.fsencode(folder) in words or here.startswith(str(folder))):
            found.append(words)
    return found
