"""A bar for every step, where a person looks on; in CI, in a pipe or a file there are only lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from mlqa.cli.console import say

__all__ = ["bars"]

_Watch = Callable[[str, str], object]
_Say = Callable[[str], object]


@contextmanager
def bars(console: Console | None = None) -> Iterator[tuple[_Say, _Watch | None]]:
    """Give `say` and `watch` for `mlqa.pipeline.run`.

    Parameters
    ----------
    console : rich.console.Console, optional
        By default the standard output.

    Yields
    ------
    say : callable
        Prints a line, above the bars.
    watch : callable or None
        Draws a step's bar; None where nobody looks on.
    """
    screen = console or Console()
    if not screen.is_terminal or screen.is_dumb_terminal or os.environ.get("CI"):
        yield say, None
        return
    columns = (
        TextColumn("  {task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed:.0f}/{task.total:.0f} cells"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=screen, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def watch(step: str, told: str) -> None:
            done, _, count = told.partition("/")
            if done.isdigit() and count.isdigit():
                if step not in tasks:
                    tasks[step] = progress.add_task(step, total=int(count), completed=int(done))
                progress.update(tasks[step], completed=int(done), total=int(count))
            elif step in tasks:  # it has ended: a line tells of it
                progress.remove_task(tasks.pop(step))

        yield say, watch
