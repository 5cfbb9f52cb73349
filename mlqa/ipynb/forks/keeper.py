"""The parent of one kernel: sees to it that nothing the kernel started is left, and tells how it ended."""

from __future__ import annotations

import atexit
import os
import select
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mlqa.ipynb.forks.guard import adopt_orphans, die_with_parent, kill_children
from mlqa.ipynb.forks.wire import receive, send

__all__ = ["Life", "keep", "tell_keeper"]

_PID = 16


class Life:
    """What ties a process to its owner; a class because both ends are needed in every process of the tree.

    Attributes
    ----------
    owner : int
        A pidfd of the process for whose sake all this runs.
    known : int
        Write end of the pipe of the nearest keeper: processes that guard themselves name themselves here.
    """

    __slots__ = ("known", "owner")

    def __init__(self, owner: int, known: int = -1) -> None:
        self.owner, self.known = owner, known


def tell_keeper(life: Life) -> None:
    """Say to the nearest keeper that this process ends with the owner by itself."""
    if life.known >= 0:
        os.write(life.known, f"{os.getpid():<{_PID}}".encode())


def keep(line: socket.socket, life: Life, become: Callable[[Life], None]) -> None:
    """Fork the kernel, stay its parent until all is over, and end this process.

    Parameters
    ----------
    line : socket
        To the owner's handle of this kernel.
    life : Life
    become : callable
        What the kernel process does; it does not return.
    """
    adopt_orphans()
    tell_keeper(life)
    names, known = os.pipe()
    me = os.getpid()
    kernel = os.fork()
    if kernel == 0:
        die_with_parent(me)
        os.setsid()
        os.close(names)
        line.close()
        if life.known >= 0:
            os.close(life.known)
        try:
            become(Life(life.owner, known))
        except SystemExit as error:
            _finish(error.code)
        except BaseException:
            os.write(2, traceback.format_exc().encode("utf-8", "replace"))
            _finish(1)
        _finish(0)
    os.close(known)
    send(line, {"pid": kernel})
    guarded = _stand_by(line, life, kernel, names)
    for pid in guarded:  # they end when their owner drops them or dies
        try:
            os.waitpid(pid, 0)
        except ChildProcessError:
            continue
    kill_children()
    os._exit(0)


def _finish(code: object) -> None:
    """End as an interpreter does, from wherever we were forked."""
    number = code if isinstance(code, int) else int(code is not None)
    try:
        threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001  # waits for threads that are no daemons
        atexit._run_exitfuncs()  # noqa: SLF001  # what the interpreter itself calls
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
    except BaseException:
        number = number or 1
    os._exit(number)


def _stand_by(line: socket.socket, life: Life, kernel: int, names: int) -> set[int]:
    """Pass signals on until the kernel has ended; kill what is left of it."""
    end = os.pidfd_open(kernel)
    poller = select.poll()
    for fd in (line.fileno(), life.owner, end, names):
        poller.register(fd, select.POLLIN)
    guarded: set[int] = set()
    ended = False
    while not ended:
        for fd, _ in poller.poll():
            if fd == end:
                ended = True
            elif fd == names:
                _note(names, guarded, poller)
            elif fd == life.owner or not _obey(line, kernel):
                os.kill(kernel, signal.SIGKILL)
                poller.unregister(fd)
    os.waitid(os.P_PID, kernel, os.WEXITED | os.WNOWAIT)  # its number stays taken while its group is killed
    _kill_group(kernel, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])
    os.set_blocking(names, False)
    _note(names, guarded, poller)
    kill_children(but=guarded)
    with suppress(OSError):
        send(line, {"exit": code})
    line.close()
    return guarded


def _note(names: int, guarded: set[int], poller: Any) -> None:
    """Read who guards itself."""
    try:
        while word := os.read(names, _PID):
            guarded.add(int(word))
            if os.get_blocking(names):
                return
    except BlockingIOError:
        return
    try:
        poller.unregister(names)  # the kernel closed it: no snapshot of it can be made any more
    except KeyError:
        return


def _obey(line: socket.socket, kernel: int) -> bool:
    """Take one order of the owner; false when it has gone."""
    got = receive(line)
    if got is None:
        return False
    _kill_group(kernel, int(got[0]["signal"]))
    return True


def _kill_group(kernel: int, number: int) -> None:
    try:
        os.killpg(kernel, number)
    except OSError:
        try:
            os.kill(kernel, number)
        except OSError:
            return
