"""The file of records: append under a lock, read what can be read, verify the chain.

Each line holds, in ``run.facets.mlqa.previous``, the sha256 of the line before
it. Whoever changes, removes or inserts a line breaks the chain at the next one;
only a change of the very last line leaves no trace, as it has no successor.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["FIRST", "Chain", "append", "read", "verify"]

FIRST = "0" * 64
_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Chain:
    """What was read from a file of records.

    Attributes
    ----------
    records : tuple of dict
        Every line that can be read, oldest first.
    problems : tuple of str
        One sentence for each line that cannot, by its number.
    breaks : tuple of str
        One sentence for each damaged line and each link that does not fit, in
        the order of the lines; a torn line is none.
    torn : tuple of str
        One sentence for each line whose writing was cut off, by a power cut
        say; the record after it vouches for the bytes that are there.
    head : str
        The sha256 of the last whole line: noted elsewhere, it proves later
        that nothing before it was changed or cut off. `FIRST` where there is none.
    links : tuple of str
        The sha256 of every line.
    """

    records: tuple[dict[str, Any], ...] = ()
    problems: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    torn: tuple[str, ...] = ()
    head: str = FIRST
    links: tuple[str, ...] = ()


def append(path: str | Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """Add one record to the end of the file, linked to the one before it.

    Parameters
    ----------
    path : path
        Made, with its folder, if it does not exist.
    record : dict
        A run event; not modified.

    Returns
    -------
    dict
        The record as written, with ``run.facets.mlqa.previous`` filled in.

    Notes
    -----
    The line is on disk when this returns (fsync), and several processes may
    append at once (file lock). A crash half-way leaves one truncated line,
    which :func:`read` reports; the next append starts on a line of its own.
    """
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    linked = copy.deepcopy(dict(record))
    with _locked(file), file.open("a+b") as stream:
        last, whole = _last_line(stream)
        facets = linked.setdefault("run", {}).setdefault("facets", {})
        ours = facets.setdefault("mlqa", {})
        ours["previous"] = _hash(last) if last else FIRST
        if not whole and not _readable(last):
            ours["torn"] = True
        text = json.dumps(linked, sort_keys=True, ensure_ascii=False, allow_nan=False)
        line = text.encode("utf-8", "backslashreplace")  # a path's odd bytes: JSON's own escape of half a character
        _write(stream.fileno(), (b"" if whole else b"\n") + line + b"\n")
    return linked


def read(path: str | Path) -> Chain:
    """Read every record that can be read, name the lines that cannot, and follow the links.

    Returns
    -------
    Chain
        Empty where the file does not exist.
    """
    records: list[dict[str, Any]] = []
    problems, breaks, torn, links = list[str](), list[str](), list[str](), list[str]()
    previous, unread, whole = FIRST, "", FIRST
    lines = list(_lines(Path(path)))
    for number, line in lines:
        link = _hash(line)
        links.append(link)
        try:
            record = _parsed(line)
        except ValueError as error:
            problems.append(f"line {number} is damaged: {error}")
            breaks.append(problems[-1])
            unread, previous = str(number), link
            continue
        records.append(record)
        facet = _facet(record)
        if unread and facet.get("torn") is True and facet.get("previous") == previous:
            breaks.remove(problems[-1])
            torn.append(f"line {unread} is torn: its writing was cut off")
        elif "previous" not in facet:
            breaks.append(f"line {number} has no link to the line before it")
        elif facet["previous"] != previous:
            breaks.append(f"line {number} does not follow line {number - 1}: one was changed, removed or added")
        unread, previous, whole = "", link, link
    if unread and not _ends_whole(Path(path)):
        breaks.remove(problems[-1])
        torn.append(f"line {unread} is torn: its writing was cut off")
    return Chain(tuple(records), tuple(problems), tuple(breaks), tuple(torn), whole, tuple(links))


def verify(path: str | Path) -> tuple[str, ...]:
    """Say where the chain is broken.

    Returns
    -------
    tuple of str
        One sentence for each damaged line and each link that does not fit;
        empty when the chain is whole, be it with torn lines: see `Chain`.
    """
    return read(path).breaks


def _facet(record: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Any = record
    for name in ("run", "facets", "mlqa"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _ends_whole(file: Path) -> bool:
    with file.open("rb") as stream:
        stream.seek(-1, os.SEEK_END)
        return stream.read() == b"\n"


def _write(handle: int, rest: bytes) -> None:
    """Add bytes to the end and put them on the disk; a full disk takes all of them or none."""
    end = os.fstat(handle).st_size
    try:
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except OSError:
        os.ftruncate(handle, end)
        raise


def _lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Yield each line that is not empty, with its number from 1."""
    if not file.is_file():
        return
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        if line:
            yield number, line


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as error:  # UnicodeDecodeError is one too
        raise ValueError(f"not JSON ({error})") from error
    if not isinstance(record, dict):
        raise ValueError("not a record")
    return record


def _readable(line: bytes) -> bool:
    try:
        _parsed(line)
    except ValueError:
        return False
    return True


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _last_line(stream: Any) -> tuple[bytes, bool]:
    """Return the last line without its newline, and whether it had one, reading from the end."""
    end = stream.seek(0, os.SEEK_END)
    tail, start = b"", end
    while start > 0 and b"\n" not in tail.rstrip(b"\n"):
        start = max(0, start - _BLOCK)
        stream.seek(start)
        tail = stream.read(end - start)
    stream.seek(0, os.SEEK_END)
    return tail.rstrip(b"\n").rsplit(b"\n", 1)[-1], end == 0 or tail.endswith(b"\n")


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Hold the lock that belongs to a file; released by the system if the process dies."""
    with file.with_name(f".{file.name}.lock").open("a+b") as lock:
        _take(lock.fileno())
        yield


def _take(handle: int) -> None:
    try:
        import fcntl
    except ImportError:  # Windows: O_APPEND alone must do there
        return
    fcntl.flock(handle, fcntl.LOCK_EX)
