"""What the terminal shows: plain text, with outcomes coloured where colour is wanted."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from mlqa import wording
from mlqa.report.text import one_line

__all__ = ["command", "printable", "say", "table"]

_STYLES = {
    r"\b(PASS|go)\b": "green",
    r"\b(FAIL|FAILED|NO-GO|CRASH|failed|no-go)\b": "bold red",
    r"\b(UNDECIDED|missing)\b": "yellow",
    r"\b(SKIPPED|not run)\b": "dim",
}


def say(text: str = "") -> None:
    """Print a text as it is; lines are never wrapped, so that they can be searched."""
    styled = Text(printable(text))
    for pattern, style in _STYLES.items():
        styled.highlight_regex(pattern, style)
    Console(highlight=False, soft_wrap=True).print(styled)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under a head, each on a line of its own; only the last column may be long."""
    lines = [list(head), *([one_line(cell) for cell in row] for row in rows)]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        say("  ".join(padded).rstrip())


def printable(text: str) -> str:
    """Drop control characters: what a notebook raised is hostile input to a terminal."""
    return wording.printable(text, keep="\n")


def command(name: str) -> str:
    """Return how to call a command of this environment from here, whether or not it is activated."""
    there = Path(sys.executable).parent / name
    found = shutil.which(name)
    if not there.exists() or (found is not None and Path(found) == there):
        return name
    near = os.path.relpath(there)
    near = near if os.sep in near else os.path.join(os.curdir, near)  # noqa: PTH118 - pathlib drops the dot
    return shlex.quote(min(str(there), near, key=len))
