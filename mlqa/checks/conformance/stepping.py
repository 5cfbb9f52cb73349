"""A thread that lets the others go on after every line: what can be interrupted anywhere, is."""

from __future__ import annotations

import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

__all__ = ["stepping"]

_MOST_LINES = 20_000
_MOST_CALLS = 500
_NEVER = 1 << 60
_NOT_ITS_OWN = (
    *(str(sysconfig.get_path(kind)) for kind in ("stdlib", "purelib", "platlib")),
    *(str(Path(__file__).parents[2]), "<frozen"),
)


@contextmanager
def stepping() -> Iterator[None]:
    """Pause this thread for an instant at every line that is of no installed package: the model's own code.

    After 20,000 lines it goes on without a pause.
    """
    lines, idle = count(), 0

    def at_line(_frame: FrameType, event: str, _argument: Any) -> Any:
        if event == "line":
            if next(lines) > _MOST_LINES:
                return None
            time.sleep(0)
        return at_line

    def at_call(frame: FrameType, _event: str, _argument: Any) -> Any:
        nonlocal idle
        if not frame.f_code.co_filename.startswith(_NOT_ITS_OWN):
            idle = -_NEVER
            return at_line
        idle += 1
        if idle > _MOST_CALLS:  # it is all of packages: watching costs and finds nothing
            sys.settrace(None)
        return None

    before = sys.gettrace()
    sys.settrace(at_call)
    try:
        yield
    finally:
        sys.settrace(before)
