"""Outputs are moved to their place whole."""

from __future__ import annotations

import pytest

from mlqa.errors import NotebookError
from mlqa.pipeline.publish import missing, publish, staged


@pytest.fixture
def places(tmp_path):
    return staged({"model": "art/model.txt", "folder": "art/parts"}, tmp_path / "step")


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
    publish({"model": places["model"]}, {"model": target})
    assert target.read_text() == "new"
    assert not places["model"].exists()


def test_a_folder_replaces_the_old_one_without_leftovers(places, tmp_path):
    places["folder"].mkdir()
    (places["folder"] / "new").write_text("")
    target = tmp_path / "art" / "parts"
    target.mkdir(parents=True)
    (target / "old").write_text("")
    publish({"folder": places["folder"]}, {"folder": target})
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in target.parent.iterdir()] == ["parts"]


def test_when_the_place_cannot_be_written_then_a_clear_error(places, tmp_path):
    places["model"].write_text("new")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(NotebookError, match="output 'model' could not be published"):
        publish({"model": places["model"]}, {"model": tmp_path / "file" / "model.txt"})
