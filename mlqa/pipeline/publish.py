"""Outputs are written aside and moved to their place in one go, after the gate."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from mlqa.errors import NotebookError

__all__ = ["missing", "publish", "staged"]


def staged(outputs: Mapping[str, str], folder: Path) -> dict[str, Path]:
    """Return the place aside of each output, with its folder made.

    Parameters
    ----------
    outputs : dict of str to str
        Parameter to path, relative.
    folder : pathlib.Path
        Of the step.
    """
    places = {name: folder / "outputs" / path for name, path in outputs.items()}
    for place in places.values():
        place.parent.mkdir(parents=True, exist_ok=True)
    return places


def missing(places: Mapping[str, Path]) -> list[str]:
    """Name the outputs that the notebook did not write."""
    return [name for name, place in places.items() if not place.exists()]


def publish(places: Mapping[str, Path], targets: Mapping[str, Path]) -> None:
    """Move every output to its place, each whole or not at all.

    Raises
    ------
    NotebookError
        If one cannot be moved; those moved before it stay.
    """
    for name, place in places.items():
        target = targets[name]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _move(place, target)
        except OSError as error:
            raise NotebookError(f"output {name!r} could not be published to {target}: {error}") from error


def _move(place: Path, target: Path) -> None:
    if place.stat().st_dev != target.parent.stat().st_dev:  # a rename cannot cross file systems
        aside = target.with_name(f".{target.name}.part")
        _copy(place, aside)
        place = aside
    if target.is_dir():  # nor replace a folder that is not empty
        old = target.with_name(f".{target.name}.old")
        target.replace(old)
        place.replace(target)
        shutil.rmtree(old)
    else:
        place.replace(target)


def _copy(place: Path, aside: Path) -> None:
    if place.is_dir():
        shutil.copytree(place, aside, dirs_exist_ok=True)
    else:
        shutil.copy2(place, aside)
