"""A JupyterLab server and a Chromium for the browser tests.

They need Debian's chromium (``apt-get install --no-install-recommends chromium fonts-dejavu``) and the built
extension (``cd jupyter_ext && jlpm install && jlpm build:prod``). Where there is no chromium, set
``MLQA_BROWSER=skip``; without it a missing browser is a failure, not a silent pass.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from labpage import LabPage
from labserver import EXTENSION, LabServer, lab_server
from playwright.sync_api import Browser, sync_playwright

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
# Messages that are not ours, each with its reason. Keep it short.
_NOT_OURS = (
    # Lab's debugger asks a notebook's kernel for its state; a restart or a reload right then cancels the question
    "Could not restore the debugger state",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, without a window."""
    path = shutil.which("chromium")
    if path is None:
        if os.environ.get("MLQA_BROWSER") == "skip":
            pytest.skip("there is no chromium and MLQA_BROWSER=skip")
        pytest.fail("install chromium (apt-get install chromium fonts-dejavu), or set MLQA_BROWSER=skip", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """The server; notebooks are put into its `root`."""
    if not (EXTENSION / "package.json").is_file():
        pytest.fail("build the extension first: cd jupyter_ext && jlpm install && jlpm build:prod", pytrace=False)
    with lab_server(tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture
def lab(chromium: Browser, lab_home: LabServer, tmp_path: Path) -> Iterator[LabPage]:
    """A fresh tab; at the end it must have logged no error."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    tab = LabPage(context.new_page(), lab_home, tmp_path / "pictures")
    yield tab
    errors = [error for error in tab.errors if not any(known in error for known in _NOT_OURS)]
    context.close()
    assert errors == [], "the browser's console has errors"
