"""Messages between an owner, its servers and the keepers: one line of JSON, and file descriptors beside it."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

__all__ = ["receive", "send"]

_LARGEST = 1 << 20


def send(to: socket.socket, message: dict[str, Any], fds: tuple[int, ...] = ()) -> None:
    """Send one message; large ones (an environment) go through a file in memory."""
    data = json.dumps(message).encode("utf-8", "surrogateescape")
    fd = os.memfd_create("mlqa", os.MFD_CLOEXEC)
    try:
        with os.fdopen(os.dup(fd), "wb") as file:
            file.write(data)
        socket.send_fds(to, [b"m"], [fd, *fds])
    finally:
        os.close(fd)


def receive(source: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Receive one message and its descriptors; None when the other side is gone."""
    try:
        word, fds, _, _ = socket.recv_fds(source, 1, 8)
    except ConnectionError:
        return None
    if not word or not fds:
        return None
    with os.fdopen(fds[0], "rb") as file:
        file.seek(0)
        return json.loads(file.read(_LARGEST * 16)), fds[1:]
