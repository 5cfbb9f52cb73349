from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from mlqa.baselines import Baseline, load, save
from mlqa.errors import BaselineError
from mlqa.verdict import Evidence

OLD = Baseline(evidence=Evidence(estimate=0.9), predictions=[1, 0], provenance={"metric": "accuracy", "n": 2})
NEW = Baseline(evidence=Evidence(estimate=0.8), predictions=[1, 1], provenance={"metric": "accuracy", "n": 2})


@pytest.fixture
def path(tmp_path):
    return save(tmp_path / "deep" / "champion.json", OLD)


def test_what_was_saved_is_loaded(path):
    assert load(path) == OLD
    assert load(save(path, NEW)) == NEW


def test_equal_baselines_give_equal_bytes(path):
    before = path.read_bytes()

    assert save(path, load(path)).read_bytes() == before


def test_a_write_that_cannot_finish_leaves_the_old_file(path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        save(path, NEW)

    assert load(path) == OLD
    assert [entry.name for entry in path.parent.iterdir()] == ["champion.json"]


def test_a_process_killed_while_writing_leaves_the_old_file(path):
    script = f"""
        import os, signal
        from mlqa.baselines import Baseline, load, save
        from mlqa.verdict import Evidence
        os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        save({str(path)!r}, Baseline(evidence=Evidence(), predictions=[1], provenance={{}}))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())}
    )

    assert done.returncode == -signal.SIGKILL
    assert load(path) == OLD


DAMAGE = {
    "a conflict of git": lambda text: text.replace('  "schema"', '<<<<<<< HEAD\n  "schema"'),
    "cut short": lambda text: text[: len(text) // 2],
    "empty": lambda _: "",
    "a list": lambda _: "[]",
    "another file": lambda _: '{"cells": []}',
    "another schema": lambda text: text.replace('"schema": 1', '"schema": 7'),
    "a score edited": lambda text: text.replace("0.9", "0.5"),
    "a prediction edited": lambda text: text.replace("[1,0]", "[1,1]"),
    "no predictions": lambda text: text.replace("predictions", "prediction"),
    "predictions of nothing": lambda text: text.replace("[1,0]", "[null]"),
    "evidence of another kind": lambda text: json.dumps({**json.loads(text), "evidence": 3}),
    "provenance of another kind": lambda text: json.dumps({**json.loads(text), "provenance": []}),
    "nested without end": lambda _: "[" * 200_000,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused_by_name_with_what_to_do(path, damage):
    path.write_text(DAMAGE[damage](path.read_text()))

    with pytest.raises(BaselineError) as caught:
        load(path)

    message = str(caught.value).splitlines()
    assert message[0].startswith(f"{path} cannot be read as a baseline: ")
    assert message[1:] == ["Hint: restore it from git, or record it anew: pytest --mlqa-update"]


def test_another_schema_is_named(path):
    path.write_text(DAMAGE["another schema"](path.read_text()))

    with pytest.raises(BaselineError, match=r"a newer mlqa wrote it \(schema 7, this one reads 1\): upgrade mlqa"):
        load(path)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"\x00"])
def test_bytes_that_are_no_text_are_refused(path, content):
    path.write_bytes(content)

    with pytest.raises(BaselineError, match="cannot be read as a baseline"):
        load(path)


def test_a_folder_in_its_place_is_refused(tmp_path):
    with pytest.raises(BaselineError, match="Is a directory"):
        load(tmp_path)
