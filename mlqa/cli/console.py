"""What the terminal shows: plain text, with outcomes coloured where colour is wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["say", "table"]

_STYLES = {
    r"\b(PASS|go)\b": "green",
    r"\b(FAIL|FAILED|NO-GO|CRASH|failed|no-go)\b": "bold red",
    r"\b(UNDECIDED|missing)\b": "yellow",
    r"\b(SKIPPED|not run)\b": "dim",
}


def say(text: str = "") -> None:
    """Print a text as it is; lines are never wrapped, so that they can be searched."""
    styled = Text(_printable(text))
    for pattern, style in _STYLES.items():
        styled.highlight_regex(pattern, style)
    Console(highlight=False, soft_wrap=True).print(styled)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under a head."""
    shown = Table(*head, box=box.SIMPLE, show_edge=False, pad_edge=False)
    for row in rows:
        cells = [Text(_printable(cell)) for cell in row]
        for cell in cells:
            for pattern, style in _STYLES.items():
                cell.highlight_regex(pattern, style)
        shown.add_row(*cells)
    Console(highlight=False).print(shown)


def _printable(text: str) -> str:
    """Drop control characters: what a notebook raised is hostile input to a terminal."""
    return "".join(char if char.isprintable() or char == "\n" else "\N{REPLACEMENT CHARACTER}" for char in text)
