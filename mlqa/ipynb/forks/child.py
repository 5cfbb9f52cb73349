"""A forked process turned into an ipykernel, as a fresh process would be one."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from contextlib import suppress
from copy import deepcopy
from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.kernelapp import IPKernelApp
from traitlets.config import Config

from mlqa.ipynb.forks.keeper import Life
from mlqa.ipynb.forks.snapshot import Snapshots

__all__ = ["again_stream", "become_kernel"]


_NO_HISTORY = "--HistoryManager.hist_file=:memory:"


class KernelApp(IPKernelApp):  # type: ignore[misc] # a class because an application's parts are its methods
    """An ipykernel whose end its keeper sees to, so that nothing need poll for it."""

    def init_poller(self) -> None:
        """Start no thread that polls for the parent: the system kills us with it."""

    def parse_command_line(self, argv: list[str] | None = None) -> None:
        """Read the words that we send ourselves at once: to make the whole parser takes a third of the start."""
        words = argv or []
        if words[:1] == ["-f"] and words[2:] in ([], [_NO_HISTORY]):
            self.argv = list(words)
            self.cli_config = Config(KernelApp={"connection_file": words[1]})
            if words[2:]:
                self.cli_config.HistoryManager.hist_file = ":memory:"
            self.update_config(deepcopy(self.cli_config))
            return
        super().parse_command_line(argv)


class AgainApp(KernelApp):
    """One for a shell that is there already: what ran at its start shall not run twice."""

    def init_extensions(self) -> None:
        """Leave the extensions as they are."""

    def init_code(self) -> None:
        """Leave the start-up files alone."""

    def init_gui_pylab(self) -> None:
        """Leave the backend as it is."""


_streams: dict[str, Any] = {}


def again_stream(session: Any, thread: Any, name: str, **more: Any) -> Any:
    """Make the stream that a logger or a library saw first the one of the new kernel."""
    stream = _streams.pop(name)
    if not isinstance(stream, OutStream):
        return OutStream(session, thread, name, **more)
    OutStream.__init__(stream, session, thread, name, **more)
    return stream


def become_kernel(order: dict[str, Any], stdio: list[int], life: Life, old: Any = None) -> None:
    """Turn this process into a kernel and run it to its end.

    Parameters
    ----------
    order : dict
        ``argv`` (of the launcher), ``cwd`` and ``env``; `old` keeps its own folder and environment.
    stdio : list of int
        What shall be descriptors 0, 1 and 2.
    life : Life
    old : IPKernelApp, optional
        The application whose shell goes on here, in a fork of its process.
    """
    for target, fd in enumerate(stdio):
        os.dup2(fd, target)
    for fd in stdio:
        if fd > 2:
            os.close(fd)
    _fresh_signals()
    if old is None:
        _take_place(order)
    app = _again(old, order["argv"]) if old is not None else _first(order["argv"])
    snapshots = Snapshots(app, life, become_kernel)
    with suppress(SystemExit, KeyboardInterrupt):
        app.start()
        while snapshots.asked:  # the loop was stopped for one: only here is nothing of it on the stack
            snapshots.take()
            app.io_loop.start()
    if old is not None:  # what the notebook registered to be done at exit belongs to the state it was forked from
        os._exit(0)


def _fresh_signals() -> None:
    """Set every signal as a new interpreter has it."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with suppress(OSError, ValueError):
            usual = {signal.SIGPIPE: signal.SIG_IGN, signal.SIGXFSZ: signal.SIG_IGN}.get(number, signal.SIG_DFL)
            signal.signal(number, usual)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def _take_place(order: dict[str, Any]) -> None:
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    time.tzset()


def _first(argv: list[str]) -> Any:
    sys.argv = list(argv)
    app = KernelApp.instance(parent_handle=os.getppid())
    app.initialize(argv[1:])
    return app


def _again(old: Any, argv: list[str]) -> Any:
    """Give the shell of `old` new sockets, new threads and a new event loop; its namespace stays."""
    state = random.getstate()
    _streams.update(stdout=sys.stdout, stderr=sys.stderr)
    old.kernel.clear_instance()
    old.clear_instance()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    asyncio.set_event_loop(asyncio.new_event_loop())
    app = AgainApp.instance(parent_handle=os.getppid(), outstream_class=f"{__name__}.again_stream")
    app.initialize(argv[1:])
    app.shell.kernel = app.kernel
    if app.kernel.comm_manager is not None:
        app.kernel.comm_manager.kernel = app.kernel
    app.shell.enable_tip = False  # the banner asks `random` for a tip
    random.setstate(state)  # to find free ports takes random numbers
    return app
