"""What was worked out of tables that live on: kept beside them, and forgotten with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any
from weakref import finalize

__all__ = ["Memory", "memory_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """What is known of some subjects.

    Attributes
    ----------
    lock : Lock
        Held while something is worked out: checks run side by side.
    known : dict
    """

    lock: Lock = field(default_factory=Lock)
    known: dict[Any, Any] = field(default_factory=dict)


_MEMORIES: dict[tuple[int, ...], Memory] = {}
_GUARD = Lock()


def memory_of(*subjects: Any) -> Memory:
    """Return the memory of these very objects together; it goes when one of them does.

    Parameters
    ----------
    *subjects : object or None
        That nothing changes, and of which none is kept in the memory, or it would live for ever.

    Examples
    --------
    >>> class Table: ...
    >>> one, other = Table(), Table()
    >>> memory_of(one, None).known["rows"] = 3
    >>> memory_of(one, None).known, memory_of(one, other).known
    ({'rows': 3}, {})
    """
    key = tuple(id(subject) for subject in subjects)
    with _GUARD:
        if key not in _MEMORIES:
            _MEMORIES[key] = Memory()
            for subject in subjects:
                if subject is not None:
                    finalize(subject, _MEMORIES.pop, key, None).atexit = False
        return _MEMORIES[key]
