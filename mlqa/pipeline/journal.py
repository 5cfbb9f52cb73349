"""Publishing survives a kill: what is to be moved and recorded is written down first, and finished by the next run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlqa import records
from mlqa.files import write_atomically
from mlqa.pipeline.publish import Move, cleared, commit

__all__ = ["NAME", "finished", "publish"]

NAME = "publishing.json"


def publish(home: Path, moves: tuple[Move, ...], event: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Move the outputs of a step to their places and record it: both, or after a kill both by the next run.

    Raises
    ------
    NotebookError
        If one cannot be moved; then none is, and nothing is recorded.
    """
    journal = home / NAME
    if moves:
        told = [{"name": move.name, "ready": str(move.ready), "target": str(move.target)} for move in moves]
        write_atomically(journal, json.dumps({"moves": told, "event": event}))
    try:
        commit(moves)
        return records.append(file, event)
    finally:
        journal.unlink(missing_ok=True)


def finished(home: Path, file: Path, say: Callable[[str], object]) -> None:
    """Finish what a killed run was publishing; nothing to do where none was."""
    journal = home / NAME
    if not journal.is_file():
        return
    content = json.loads(journal.read_text(encoding="utf-8"))  # written whole or not at all
    moves = tuple(
        Move(name=one["name"], ready=Path(one["ready"]), target=Path(one["target"])) for one in content["moves"]
    )
    commit(tuple(move for move in moves if move.ready.exists()))
    cleared(moves)
    event = content["event"]
    known = {(one.get("run", {}).get("runId"), records.facet_of(one).get("kind")) for one in records.read(file).records}
    if (event["run"]["runId"], "step") not in known:
        records.append(file, event)
    journal.unlink()
    say(f"finished the publishing of {event['job']['name']}, which a killed run had begun")
