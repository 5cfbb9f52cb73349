"""Outputs are written aside and moved to their place in one go, after the gate."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError

__all__ = ["Move", "cleared", "commit", "interrupts_held", "missing", "prepare", "staged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One output on its way: from `ready`, on the same file system, to `target`."""

    name: str
    ready: Path
    target: Path

    @property
    def old(self) -> Path:
        """Where what lies at the target waits until all outputs have moved."""
        return self.target.with_name(f".{self.target.name}.old")


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


def prepare(places: Mapping[str, Path], targets: Mapping[str, Path]) -> tuple[Move, ...]:
    """Bring every output to the file system of its target; nothing can be seen yet, and it may take long.

    Raises
    ------
    NotebookError
        If one cannot be brought there.
    """
    moves: list[Move] = []
    for name, place in places.items():
        target = targets[name]
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            moves.append(Move(name=name, ready=_beside(place, target), target=target))
        except OSError as error:
            raise _refused(name, target, error) from error
    return tuple(moves)


def commit(moves: tuple[Move, ...]) -> None:
    """Move every output to its place: all of them, or none.

    Raises
    ------
    NotebookError
        If one cannot be moved; those moved before it are put back.

    Notes
    -----
    A process that is killed between two renames leaves some outputs new and
    others old: no file system renames two files at once. `mlqa.pipeline.journal`
    lets the next run finish them.
    """
    done: list[Move] = []
    for move in moves:
        try:
            _set_aside(move)
            done.append(move)
            move.ready.replace(move.target)
        except OSError as error:
            for moved in reversed(done):
                _put_back(moved)
            raise _refused(move.name, move.target, error) from error
    cleared(moves)


def cleared(moves: tuple[Move, ...]) -> None:
    """Remove what lay at the targets before."""
    for move in moves:
        with contextlib.suppress(OSError):  # all is published; a leftover does no harm
            _removed(move.old)


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Let Ctrl-C and SIGTERM wait for the end of the block, which must be short."""
    if threading.current_thread() is not threading.main_thread():  # where no signal arrives
        yield
        return
    came: list[int] = []
    before: dict[signal.Signals, Any] = {}
    for sign in (signal.SIGINT, signal.SIGTERM):
        before[sign] = signal.signal(sign, lambda number, _: came.append(number))
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, signal.SIG_DFL if handler is None else handler)
        if came:
            signal.raise_signal(came[0])


def _beside(place: Path, target: Path) -> Path:
    """Return the output itself, or a copy beside the target where a rename would cross file systems."""
    if place.stat().st_dev == target.parent.stat().st_dev:
        return place
    aside = target.with_name(f".{target.name}.part")
    _removed(aside)  # of a run that was killed
    if place.is_dir():
        shutil.copytree(place, aside)
    else:
        shutil.copy2(place, aside)
    return aside


def _set_aside(move: Move) -> None:
    """Keep what lies at the target; a file stays there too, so that a reader always finds one."""
    _removed(move.old)
    if not (move.target.exists() or move.target.is_symlink()):
        return
    if not (move.target.is_dir() or move.ready.is_dir()):  # a rename replaces a file, not a folder
        with contextlib.suppress(OSError):  # not every file system has links
            os.link(move.target, move.old, follow_symlinks=False)
            return
    move.target.replace(move.old)


def _put_back(move: Move) -> None:
    """Undo one move as far as the file system lets us."""
    with contextlib.suppress(OSError):
        _removed(move.target)
        if move.old.exists() or move.old.is_symlink():
            move.old.replace(move.target)


def _removed(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _refused(name: str, target: Path, error: OSError) -> NotebookError:
    return NotebookError(f"output {name!r} could not be published to {target}: {error.strerror or error}")
