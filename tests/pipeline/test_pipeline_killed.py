"""A run that is killed at any moment: nothing lost, nothing half-written, nothing run twice needlessly."""

from __future__ import annotations

import collections
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlqa import records
from mlqa.pipeline import journal, publish, run
from mlqa.pipeline.fresh import DONE

PLAYER = Path(__file__).with_name("killed_player.py")
KILLS = 20
TOML = """
[steps.one]
notebook = "one.ipynb"
outputs = { out_a = "art/a.txt", out_b = "art/b.txt" }
[steps.two]
notebook = "two.ipynb"
inputs = { in_a = "art/a.txt" }
outputs = { out_a = "art/c.txt" }
[steps.three]
notebook = "three.ipynb"
inputs = { in_a = "art/b.txt" }
outputs = { out_a = "art/d.txt", out_b = "parts/e.txt" }
[steps.four]
notebook = "four.ipynb"
inputs = { in_a = "art/c.txt", in_b = "art/d.txt" }
outputs = { out_a = "art/f.txt" }
"""
WHOLE = {
    "art/a.txt": "<oneout_a>",
    "art/b.txt": "<oneout_b>",
    "art/c.txt": "<twoout_a<oneout_a>>",
    "art/d.txt": "<threeout_a<oneout_b>>",
    "parts/e.txt": "<threeout_b<oneout_b>>",
    "art/f.txt": "<fourout_a<twoout_a<oneout_a>><threeout_a<oneout_b>>>",
}


@pytest.fixture
def project(tmp_path, notebook):
    for name in ("one", "two", "three", "four"):
        (tmp_path / f"{name}.ipynb").write_text(notebook("#tag parameters\nin_a = in_b = out_a = out_b = ''"))
    (tmp_path / "pipeline.toml").write_text(TOML)
    return tmp_path


def started(project):
    environment = {**os.environ, "COUNTS": str(project / "counts")}
    return subprocess.Popen(
        [sys.executable, str(PLAYER), "run", str(project / "pipeline.toml")],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def recorded(project):
    chain = records.read(project / ".mlqa" / "records.jsonl")
    assert chain.breaks == ()
    return chain.records


def test_killed_at_twenty_random_moments_a_pipeline_loses_and_repeats_nothing(project):
    """Each kill falls between the start of a run and the time a whole one takes; then one run goes to its end.

    As the parts of a step never change here, each must have come to its end,
    and be on record, once.
    """
    moments = random.Random(7)
    before = time.monotonic()
    first = started(project)
    assert first.wait(60) == 0, first.stderr.read()
    whole = time.monotonic() - before
    for number in range(KILLS):
        if number % 5 == 0:  # so that kills meet pipelines at every stage
            for path in (".mlqa", "art", "parts"):
                subprocess.run(["rm", "-rf", str(project / path)], check=True)
            (project / "counts").unlink(missing_ok=True)
        process = started(project)
        time.sleep(moments.uniform(0.35, 1.0) * whole)
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        process.stderr.close()
        for path, text in WHOLE.items():
            assert not (project / path).exists() or (project / path).read_text() == text, path
        if number % 5 == 4:
            _whole_again(project)
    first.stderr.close()


def _whole_again(project):
    last = started(project)
    assert last.wait(60) == 0, last.stderr.read()
    last.stderr.close()
    assert {path: (project / path).read_text() for path in WHOLE} == WHOLE
    went = [f["step"] for _, f in records.of_kind(recorded(project), "step") if f["status"] == "go"]
    assert sorted(went) == ["four", "one", "three", "two"]
    ran = collections.Counter((project / "counts").read_text().split())
    assert set(ran.values()) == {1}, ran
    ends = {records.ended(events) for events in records.runs_of(recorded(project)).values()}
    assert ends <= {"go", "broke off"}
    leftovers = [path.name for folder in ("art", "parts") for path in (project / folder).iterdir()]
    assert not [name for name in leftovers if name.startswith(".")]


@pytest.fixture
def by_hand(project, monkeypatch):
    """The same in this process."""

    def go():
        monkeypatch.setenv("COUNTS", str(project / "counts"))
        monkeypatch.setattr(sys.modules["mlqa.pipeline.launch"], "COMMAND", [sys.executable, "-S", "-E", str(PLAYER)])
        return run(project / "pipeline.toml", say=str)

    return go


class Killed(BaseException):
    """Stands for the death of the process: nothing of ours catches it."""


@pytest.mark.parametrize("place", ["first rename", "second rename", "record"])
def test_killed_while_publishing_the_next_run_finishes_it_and_runs_nothing_again(project, by_hand, monkeypatch, place):
    """The three moments between the journal and the record."""
    real_replace, real_append, real_unlink = Path.replace, records.append, Path.unlink
    renames = []

    def replace(path, target):
        if Path(target).parent.name == "art" and not Path(target).name.startswith("."):
            renames.append(target)
            if place == ("first rename" if len(renames) == 1 else "second rename"):
                raise Killed
        return real_replace(path, target)

    def append(file, record):
        if records.facet_of(record).get("kind") == "step" and place == "record":
            raise Killed
        return real_append(file, record)

    def unlink(path, **given):
        if path.name != journal.NAME:  # a process that is dead removes nothing
            real_unlink(path, **given)

    monkeypatch.setattr(publish.Path, "replace", replace)
    monkeypatch.setattr(records, "append", append)
    monkeypatch.setattr(publish.Path, "unlink", unlink)
    with pytest.raises(Killed):
        by_hand()
    monkeypatch.undo()
    assert (project / ".mlqa" / journal.NAME).is_file()
    done = by_hand()
    assert {result.step.name: result.status for result in done.steps}["one"] == "up to date"
    assert {path: (project / path).read_text() for path in WHOLE} == WHOLE
    assert (project / "counts").read_text().split().count("one") == 1
    assert not (project / ".mlqa" / journal.NAME).exists()
    assert records.verify(done.records) == ()


def test_an_up_to_date_pipeline_runs_nothing_and_has_a_record(project, by_hand):
    first, second = by_hand(), by_hand()
    assert {result.status for result in second.steps} == {"up to date"}
    assert {result.from_run for result in second.steps} == {first.name}
    assert sorted((project / "counts").read_text().split()) == ["four", "one", "three", "two"]
    mine = records.runs_of(recorded(project))[second.name]
    assert [facet["status"] for _, facet in records.of_kind(mine, "step")] == ["up to date"] * 4


def test_an_output_that_was_changed_is_made_again_and_what_reads_it_is_not(project, by_hand):
    by_hand()
    (project / "art" / "a.txt").write_text("by hand")
    done = {result.step.name: result.status for result in by_hand().steps}
    assert done == {"one": "go", "two": "up to date", "three": "up to date", "four": "up to date"}
    assert set(done.values()) == set(DONE)
    assert (project / "art" / "a.txt").read_text() == WHOLE["art/a.txt"]
