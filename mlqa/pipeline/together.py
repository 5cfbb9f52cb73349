"""Runs steps side by side: each as soon as what it needs has gone and processors are free."""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import Any

from mlqa.pipeline.graph import Pipeline, Step

__all__ = ["together"]

_LOOK = 0.2  # seconds; a wait in the system would not hear Ctrl-C once polars is imported


def together(
    pipeline: Pipeline,
    start: Callable[[Step], Callable[[], Any] | None],
    *,
    jobs: int,
    stop: Event,
) -> Generator[tuple[Step, Any], None, None]:
    """Yield each step with what its work gave, in the order in which they end.

    Parameters
    ----------
    pipeline : Pipeline
    start : callable
        Given a step whose needs have all been yielded; returns its work, to be
        done in a thread, or None for a step without any.
    jobs : int
        Processors that steps share; a step that takes more runs alone.
    stop : threading.Event
        Set when the caller is interrupted or stops asking, so that the work
        under way ends; this waits for it.
    """
    with ThreadPoolExecutor(max_workers=max(1, len(pipeline.steps))) as pool:
        try:
            yield from _yielded(pipeline, start, jobs, pool)
        except BaseException:
            stop.set()
            raise


def _yielded(
    pipeline: Pipeline, start: Callable[[Step], Callable[[], Any] | None], jobs: int, pool: ThreadPoolExecutor
) -> Generator[tuple[Step, Any], None, None]:
    waiting, running = list(pipeline.steps), dict[Future[Any], Step]()
    done: set[str] = set()
    while waiting or running:
        idle = [step for step in waiting if done.issuperset(pipeline.needs[step.name])]
        for step in idle:
            taken = sum(min(other.cpus or 1, jobs) for other in running.values())
            if running and taken + (step.cpus or 1) > jobs:
                continue
            waiting.remove(step)
            work = start(step)
            if work is None:
                done.add(step.name)
                yield step, None
                break  # what waited for it may go now
            running[pool.submit(work)] = step
        else:
            ended = wait(running, timeout=_LOOK, return_when=FIRST_COMPLETED).done
            for future in sorted(ended, key=lambda one: pipeline.steps.index(running[one])):
                step = running.pop(future)
                yield step, future.result()
                done.add(step.name)
