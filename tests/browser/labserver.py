"""Start a JupyterLab server that sees nothing of this machine but the extension under test."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat

EXTENSION = Path(__file__).parents[2] / "mlqa" / "labextension"
_SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension/plugin": {"autosave": False},
}
_START_SECONDS = 120


@dataclass(frozen=True)
class LabServer:
    """A running server: where it listens and the folder it serves."""

    url: str
    root: Path

    def place(self, source: Path) -> None:
        """Copy a notebook, or a folder of them with what they read, to where the server serves."""
        if source.is_dir():
            shutil.copytree(source, self.root, dirs_exist_ok=True)
        else:
            shutil.copy(source, self.root)

    def write(self, name: str, *sources: str) -> None:
        """Write a notebook of code cells with no outputs."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source.rstrip()) for source in sources])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, self.root / name)


@contextmanager
def lab_server(home: Path) -> Iterator[LabServer]:
    """Serve `home/notebooks` on a free loopback port until the block ends."""
    root = home / "notebooks"
    root.mkdir(parents=True)
    port = _free_port()
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            _command(root, port), env=_environment(home), cwd=root, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _await(url, process, home / "server.log")
            yield LabServer(url, root)
        finally:
            process.terminate()  # the server ends its kernels itself
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _command(root: Path, port: int) -> list[str]:
    """Loopback only; a token would only stand in the test's own way."""
    return [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        "--ServerApp.disable_check_xsrf=True",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.news_url=None",
    ]


def _environment(home: Path) -> dict[str, str]:
    """Folders of its own, with the extension where Lab looks first."""
    target = home / "share" / "labextensions" / "@mlqa" / "labextension"
    shutil.copytree(EXTENSION, target)
    settings = home / "settings"
    for name, content in _SETTINGS.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")
    own = {
        "JUPYTER_PATH": home / "share",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": settings,
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("JUPYTER", "PYTEST"))}
    return inherited | {key: str(path) for key, path in own.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers; say what it said if it does not."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-4000:]}")
