"""A kernel manager prepared for one of our kernels, and its end."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError
from mlqa.ipynb.forks.guard import unavailable
from mlqa.ipynb.forks.servers import Server

__all__ = ["end", "how", "manager_of", "short_folder"]

_LONGEST_SOCKET = 80


def short_folder() -> str:
    """Make a folder whose path leaves room for a Unix socket's name (at most 107 bytes)."""
    inside = tempfile.gettempdir()
    if len(inside) > _LONGEST_SOCKET and os.path.isdir("/tmp"):  # noqa: S108, PTH112  # only where the usual one is too long
        inside = "/tmp"  # noqa: S108
    return tempfile.mkdtemp(prefix="mlqa-", dir=inside)


def manager_of(name: str, folder: str, state: Server | None = None) -> Any:
    """Prepare a kernel manager; the python3 kernel is this interpreter's, forked where that can be.

    Raises
    ------
    NotebookError
        If there is no such kernelspec.
    """
    from jupyter_client.kernelspec import NoSuchKernel
    from jupyter_client.manager import KernelManager

    transport = "ipc" if os.name == "posix" else "tcp"
    manager = KernelManager(kernel_name=name, transport=transport, connection_file=str(Path(folder) / "k.json"))
    try:
        spec = manager.kernel_spec
    except NoSuchKernel as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise NotebookError(
            f"the notebook asks for the kernel {name!r}, which is not installed here; "
            "`jupyter kernelspec list` shows those that are"
        ) from error
    if name in {"python", "python3"} and any("ipykernel" in word for word in spec.argv):
        spec.argv[0] = sys.executable
    if not unavailable() and "kernel_provisioner" not in spec.metadata:
        provisioner = import_module("mlqa.ipynb.forks.provisioner")  # imports jupyter_client

        manager.provisioner = provisioner.ForkProvisioner(kernel_id=folder, kernel_spec=spec, parent=manager)
        manager.provisioner.state = state
    return manager


def how(manager: Any) -> str:
    """Say how a started kernel came to be."""
    said = getattr(manager.provisioner, "how", "")
    if said:
        return str(said)
    return f"cold: {unavailable() or 'the kernel spec has a provisioner of its own'}"


def end(manager: Any, folder: str, owner: int) -> None:
    """Kill the kernel and its children; a forked child must leave its parent's kernel alone."""
    if os.getpid() != owner:
        return
    group = getattr(manager.provisioner, "pgid", None)
    forked = how(manager).startswith("forked")  # then its keeper kills what it leaves behind, and knows its number
    try:
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
    finally:
        if group and not forked and group != os.getpgrp():
            with contextlib.suppress(OSError):
                os.killpg(group, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)
