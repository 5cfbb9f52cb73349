"""Sends records to an OpenLineage endpoint as well: off by default, beside the run, never in its way."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from typing import Any

__all__ = ["sending"]

_PATH = "/api/v1/lineage"
_TIMEOUT = 5.0  # seconds for one record
_PATIENCE = 3.0  # seconds that the end of a run waits for what is still on its way
_MOST = 1000  # records that wait at a time
_END = None


@contextlib.contextmanager
def sending(
    address: str | None, key: str = "", say: Callable[[str], object] = print
) -> Iterator[Callable[[Mapping[str, Any]], object] | None]:
    """Give a function that sends records, for the time of a ``with`` block.

    Parameters
    ----------
    address : str or None
        Such as ``http://host:5000``, to which ``/api/v1/lineage`` is added
        unless it has a path; None sends nothing.
    key : str
        Sent as a bearer token.
    say : callable
        Told once, at the end, how many records did not arrive and why.

    Notes
    -----
    A thread of its own sends; after three failures one after the other it
    gives up. The records on the disk are the truth: nothing is sent twice.
    """
    if address is None:
        yield None
        return
    waiting: queue.Queue[Mapping[str, Any] | None] = queue.Queue(_MOST)
    lost: list[str] = []
    thread = threading.Thread(target=_send_all, args=(_whole(address), key, waiting, lost), daemon=True)
    thread.start()

    def put(record: Mapping[str, Any]) -> None:
        try:
            waiting.put_nowait(record)
        except queue.Full:
            lost.append("too many waited")

    try:
        yield put
    finally:
        with contextlib.suppress(queue.Full):
            waiting.put_nowait(_END)
        until = time.monotonic() + _PATIENCE
        while thread.is_alive() and time.monotonic() < until:
            thread.join(0.1)
        count = len(lost) + max(0, waiting.qsize() - 1 if thread.is_alive() else 0)
        if count or thread.is_alive():
            why = lost[-1] if lost else "it does not answer"
            say(f"openlineage: {max(count, 1)} records did not reach {address} ({why}); all of them are on the disk")


def _whole(address: str) -> str:
    tail = address.split("://", 1)[-1].rstrip("/")
    return address if "/" in tail else address.rstrip("/") + _PATH


def _send_all(address: str, key: str, waiting: queue.Queue[Mapping[str, Any] | None], lost: list[str]) -> None:
    failures = 0
    while True:
        record = waiting.get()
        if record is _END:
            return
        if failures >= 3:
            lost.append(lost[-1])
            continue
        try:
            _post(address, key, record)
            failures = 0
        except Exception as error:  # whatever happens here must not reach the run
            failures += 1
            lost.append(str(getattr(error, "reason", "") or type(error).__name__))


def _post(address: str, key: str, record: Mapping[str, Any]) -> None:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {key}"} if key else {})}
    data = json.dumps(record).encode()
    request = urllib.request.Request(address, data=data, headers=headers, method="POST")  # noqa: S310 - checked when the pipeline is read
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
        answer.read()
