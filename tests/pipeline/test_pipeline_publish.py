"""Outputs are moved to their place whole: all of a step, or none."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from mlqa.errors import NotebookError
from mlqa.pipeline import publish
from mlqa.pipeline.publish import commit, interrupts_held, missing, prepare, staged


@pytest.fixture
def places(tmp_path):
    return staged({"model": "art/model.txt", "folder": "art/parts"}, tmp_path / "step")


def moved(places, targets):
    commit(prepare(places, targets))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_places_lie_aside_and_what_is_not_written_is_named(places, tmp_path):
    assert places["model"] == tmp_path / "step" / "outputs" / "art" / "model.txt"
    assert places["model"].parent.is_dir()
    places["model"].write_text("new")
    assert missing(places) == ["folder"]


def test_a_file_replaces_the_old_one(places, tmp_path):
    places["model"].write_text("new")
    target = tmp_path / "art" / "model.txt"
    target.parent.mkdir()
    target.write_text("old")
    moved({"model": places["model"]}, {"model": target})
    assert target.read_text() == "new"
    assert not places["model"].exists()
    assert names(target.parent) == ["model.txt"]


def test_a_folder_replaces_the_old_one_without_leftovers(places, tmp_path):
    places["folder"].mkdir()
    (places["folder"] / "new").write_text("")
    target = tmp_path / "art" / "parts"
    target.mkdir(parents=True)
    (target / "old").write_text("")
    moved({"folder": places["folder"]}, {"folder": target})
    assert names(target) == ["new"]
    assert names(target.parent) == ["parts"]


@pytest.mark.parametrize("was_folder", [True, False])
def test_a_file_and_a_folder_take_each_others_place(places, tmp_path, was_folder):
    target = tmp_path / "art" / "x"
    made = target if was_folder else places["folder"]
    made.mkdir(parents=True)
    (made / "inner").write_text("")
    (places["model"] if was_folder else target).parent.mkdir(exist_ok=True)
    (places["model"] if was_folder else target).write_text("file")
    moved({"x": places["model" if was_folder else "folder"]}, {"x": target})
    assert target.is_file() == was_folder
    assert names(target.parent) == ["x"]


def test_when_the_place_cannot_be_written_then_a_clear_error(places, tmp_path):
    places["model"].write_text("new")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotebookError, match=r"output 'model' could not be published to .*model\.txt: "):
        prepare({"model": places["model"]}, {"model": tmp_path / "file" / "model.txt"})


@pytest.mark.parametrize("old", [None, "old"])
def test_when_the_second_output_cannot_be_moved_then_the_first_is_put_back(places, tmp_path, old):
    for name in ("model", "folder"):
        places[name].write_text("new")
    targets = {"model": tmp_path / "art" / "model.txt", "folder": tmp_path / "art" / "parts"}
    moves = prepare(places, targets)
    if old is not None:
        targets["model"].write_text(old)
    places["folder"].unlink()  # as if another process had taken it
    with pytest.raises(NotebookError, match="output 'folder' could not be published"):
        commit(moves)
    assert names(tmp_path / "art") == ([] if old is None else ["model.txt"])
    assert old is None or targets["model"].read_text() == old


def test_across_file_systems_an_output_is_copied_beside_its_target_first(places, tmp_path, monkeypatch):
    places["model"].write_text("new")
    places["folder"].mkdir()
    (places["folder"] / "inner").write_text("new")
    real = Path.stat

    def elsewhere(path, **options):
        found = real(path, **options)
        return os.stat_result((*found[:2], 12345, *found[3:])) if "step" in path.parts else found

    monkeypatch.setattr(publish.Path, "stat", elsewhere)
    targets = {"model": tmp_path / "art" / "model.txt", "folder": tmp_path / "art" / "parts"}
    moves = prepare(places, targets)
    assert names(tmp_path / "art") == [".model.txt.part", ".parts.part"]
    commit(moves)
    assert names(tmp_path / "art") == ["model.txt", "parts"]
    assert targets["model"].read_text() == (targets["folder"] / "inner").read_text() == "new"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_waits_for_the_end_of_publishing(sign):
    done = []

    def publishing():
        with interrupts_held():
            signal.raise_signal(sign)
            done.append("to the end")

    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            publishing()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert done == ["to the end"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
