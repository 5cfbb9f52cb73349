"""Jupyter's way to our kernels: a provisioner that forks a kernel where it can, and else starts one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from mlqa.errors import NotebookError
from mlqa.ipynb.forks.guard import unavailable
from mlqa.ipynb.forks.servers import Forked, Server, server_for

__all__ = ["ForkProvisioner"]

_KNOWN = {"cwd", "env", "stdin", "stdout", "stderr", "extra_arguments", "kernel_id", "independent"}


class ForkProvisioner(LocalProvisioner):  # type: ignore[misc]
    """A kernel forked from a server that has imported ipykernel already.

    A class because jupyter_client asks for one: entry point ``mlqa-fork`` of ``jupyter_client.kernel_provisioners``,
    chosen for every tool by ``JUPYTER_DEFAULT_PROVISIONER_NAME=mlqa-fork``. All kernels of one server share the seed
    of string hashes, as those under one ``PYTHONHASHSEED`` do.

    Attributes
    ----------
    how : str
        ``forked``, ``forked from a snapshot``, or ``cold: `` and why.
    state : Server or None
        A snapshot to fork from, in place of the server.
    """

    how = ""
    state: Server | None = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork the kernel, or start it and keep the reason."""
        try:
            self.process = self._forked(cmd, kwargs)
        except NotebookError as reason:
            if self.state is not None:
                raise
            self.how = f"cold: {reason}"
            self.log.info("mlqa-fork: %s", self.how)
            return await super().launch_kernel(cmd, **kwargs)
        self.how = "forked" if self.state is None else "forked from a snapshot"
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info

    def _forked(self, cmd: list[str], kwargs: Mapping[str, Any]) -> Forked:
        flags, argv = _parted(cmd)
        if reason := unavailable() or _odd(kwargs):
            raise NotebookError(reason)
        env = dict(kwargs.get("env") or os.environ)
        cwd = str(Path(kwargs.get("cwd") or Path.cwd()).absolute())
        if not Path(cwd).is_dir():
            raise NotebookError(f"there is no folder {cwd}")
        server = self.state or server_for(flags, env, cwd)
        if server.refusal:
            raise NotebookError(f"the fork server refused: {server.refusal}")
        null = os.open(os.devnull, os.O_RDWR)
        try:
            out = _fd(kwargs.get("stdout"), 1, null)
            err = out if kwargs.get("stderr") == subprocess.STDOUT else _fd(kwargs.get("stderr"), 2, null)
            return server.fork(argv, cwd=cwd, env=env, stdio=(_fd(kwargs.get("stdin"), null, null), out, err))
        finally:
            os.close(null)

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel and all it started."""
        process: Any = self.process
        if isinstance(process, Forked):
            process.send_signal(signum)
        else:
            await super().send_signal(signum)


def _parted(cmd: list[str]) -> tuple[list[str], list[str]]:
    """Part the interpreter's options from the launcher's words."""
    if not cmd or not _this_interpreter(cmd[0]):
        raise NotebookError("the kernel spec runs another interpreter")
    at = next((i for i, word in enumerate(cmd[1:], 1) if not word.startswith("-X") or word == "-X"), len(cmd))
    if cmd[at : at + 2] != ["-m", "ipykernel_launcher"]:
        raise NotebookError("the kernel spec does not run `python -m ipykernel_launcher`")
    return cmd[1:at], cmd[at + 1 :]


def _this_interpreter(word: str) -> bool:
    """Say whether a command is this interpreter, in this environment."""
    found = shutil.which(word)
    if found is None:
        return False
    one, other = Path(found).absolute(), Path(sys.executable).absolute()
    return one.parent.resolve() == other.parent.resolve() and one.resolve() == other.resolve()


def _odd(kwargs: Mapping[str, Any]) -> str:
    """Say what only a process of its own can be given."""
    if more := sorted(set(kwargs) - _KNOWN):
        return f"a fork takes no {more[0]}"
    if kwargs.get("independent"):
        return "it shall outlive this process"
    piped = [name for name in ("stdin", "stdout", "stderr") if kwargs.get(name) == subprocess.PIPE]
    return f"its {piped[0]} is a pipe" if piped else ""


def _fd(given: Any, usual: int, null: int) -> int:
    if given is None:
        return usual
    if given == subprocess.DEVNULL:
        return null
    return int(given) if isinstance(given, int) else int(given.fileno())
