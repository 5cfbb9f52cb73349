"""What happens to the baseline of a test: proposed on the first run, recorded by ``--mlqa-update``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from mlqa.baselines import Baseline, Slot, describe_change, load, save
from mlqa.errors import BaselineError
from mlqa.plugin.options import OPTIONS

__all__ = ["SLOT", "UpdatingSlot", "finish", "note", "notes", "open_for", "proposal_path", "propose"]


@dataclass(slots=True, eq=False)
class UpdatingSlot(Slot):
    """During an update what is recorded is what this run proposes.

    So a worse, an unlike or an unreadable baseline can be replaced, and the
    rest of the test still has to hold. Relies on checks to offer before they
    read.
    """

    @property
    def recorded(self) -> Baseline | None:
        """The run's own proposal; the file is left unread."""
        return self.proposed


SLOT = pytest.StashKey[Slot]()
_NOTES = pytest.StashKey[list[str]]()


def open_for(item: pytest.Item, path: Path) -> Slot:
    """Open the slot of a test, as the run's options want it."""
    slot = UpdatingSlot(path) if item.config.stash[OPTIONS].update else Slot(path)
    item.stash[SLOT] = slot
    return slot


def propose(item: pytest.Item) -> None:
    """Write the proposal of a test that has no baseline yet beside where it will be."""
    slot = item.stash.get(SLOT, None)
    if slot is None or slot.proposed is None or isinstance(slot, UpdatingSlot) or slot.path.exists():
        return
    path = save(proposal_path(slot.path), slot.proposed)
    note(item, f"proposed {_shown(item, path)}: {describe_change(None, slot.proposed)}")


def finish(item: pytest.Item) -> None:
    """Record what a test that passes proposed in an update."""
    slot = item.stash.get(SLOT, None)
    if not isinstance(slot, UpdatingSlot) or slot.proposed is None:
        return
    old, said = _old(slot.path)
    proposal_path(slot.path).unlink(missing_ok=True)
    if old == slot.proposed:
        return
    slot.accept()
    note(item, f"recorded {_shown(item, slot.path)}: {describe_change(old, slot.proposed)}{said}")


def notes(item: pytest.Item) -> list[str]:
    """Hand over, once, what was done, for the summary."""
    said = item.stash.get(_NOTES, [])
    item.stash[_NOTES] = []
    return said


def proposal_path(path: Path) -> Path:
    """Return where the proposal for a baseline lies: ``x.json`` -> ``x.proposed.json``."""
    return path.with_name(f"{path.stem}.proposed.json")


def _old(path: Path) -> tuple[Baseline | None, str]:
    """Read what is replaced, readable or not."""
    if not path.exists():
        return None, ""
    try:
        return load(path), ""
    except BaselineError:
        return None, " (the old file could not be read)"


def note(item: pytest.Item, text: str) -> None:
    """Remember a line for the summary."""
    item.stash.setdefault(_NOTES, []).append(text)


def _shown(item: pytest.Item, path: Path) -> str:
    root = item.config.stash[OPTIONS].root
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
