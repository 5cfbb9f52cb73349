"""One JupyterLab tab: what a user does and sees, by Lab's own commands. Everything polls, nothing sleeps."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import quote

from labserver import LabServer
from playwright.sync_api import ConsoleMessage, Locator, Page

PATIENCE = 60_000  # milliseconds; the machine may be busy

_STATES = """() => {
  const content = jupyterapp.shell.currentWidget.content;
  const shown = content.widgets.map(cell => [...cell.node.querySelectorAll('.mlqa-Badge')].filter(
    badge => !badge.classList.contains('lm-mod-hidden')).map(badge => badge.dataset.state));
  return shown.filter(states => states.length);
}"""
_READY = """() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  return panel?.sessionContext?.session?.kernel?.status === 'idle' && panel.context.isReady;
}"""
_THEMED = """name => document.body.dataset.jpThemeName === name
  && !document.getElementById('jupyterlab-splash')"""
_ROWS = """rows => rows.map(row => [
  row.querySelector('.mlqa-Panel-name').textContent, row.querySelector('.mlqa-Mark').dataset.outcome])"""


class LabPage:
    """A notebook in JupyterLab, driven and read."""

    def __init__(self, page: Page, server: LabServer, pictures: Path) -> None:
        self.page = page
        self.server = server
        self.errors: list[str] = []
        self._pictures = [
            pictures,
            *([Path(os.environ["MLQA_SCREENSHOTS"])] if "MLQA_SCREENSHOTS" in os.environ else []),
        ]
        page.set_default_timeout(PATIENCE)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"page error: {error}"))

    def open(self, name: str) -> None:
        """Open a notebook of the server's folder in a workspace of its own and wait for its kernel."""
        self.page.goto(f"{self.server.url}/lab/workspaces/w{uuid.uuid4().hex}/tree/{quote(name)}?reset")
        self.until(_READY)

    def reload(self) -> None:
        """Reload the tab; the kernel goes on running."""
        self.page.reload()
        self.until(_READY)

    def until(self, script: str, argument: Any = None) -> None:
        """Wait until a script returns something true."""
        self.page.wait_for_function(script, arg=argument, timeout=PATIENCE)

    def command(self, name: str, **args: Any) -> None:
        """Execute a command and wait until it is done."""
        self.page.evaluate("([name, args]) => jupyterapp.commands.execute(name, args).then(() => null)", [name, args])

    def run_all(self) -> None:
        self.command("notebook:run-all-cells")

    def save(self) -> None:
        self.command("docmanager:save")

    def restart_kernel(self) -> None:
        """Restart without the dialog, which is not ours to test."""
        self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
        self.until(_READY)

    def set_source(self, index: int, source: str) -> None:
        """Give a cell another text, as an edit does."""
        script = "([i, text]) => jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.setSource(text)"
        self.page.evaluate(script, [index, source])

    def source(self, index: int) -> str:
        script = "i => jupyterapp.shell.currentWidget.content.widgets[i].model.sharedModel.getSource()"
        return str(self.page.evaluate(script, index))

    def states(self) -> list[list[str]]:
        """The badges of each cell that has one, in order; more than one in a list is a fault."""
        return self.page.evaluate(_STATES)

    def wait_for_states(self, *wanted: str) -> None:
        """Wait until the test cells show these badges, one each."""
        try:
            self.until(f"wanted => JSON.stringify(({_STATES})()) === wanted", _compact([[word] for word in wanted]))
        except Exception as error:
            raise AssertionError(f"badges {self.states()}, wanted {list(wanted)}") from error

    def show_panel(self) -> Locator:
        self.command("mlqa:show-panel")
        panel = self.page.locator("#mlqa-tests")
        panel.wait_for(state="visible")
        return panel

    def panel_rows(self) -> list[tuple[str, str]]:
        """Name and outcome of each test in the panel."""
        found = self.page.locator(".mlqa-Panel-test").evaluate_all(_ROWS)
        return [(name, outcome) for name, outcome in found]

    def wait_for_rows(self, count: int) -> None:
        self.until("n => document.querySelectorAll('.mlqa-Panel-test').length === n", count)

    def theme(self, name: str) -> None:
        """Change the theme and wait until its style sheet rules."""
        self.command("apputils:change-theme", theme=name)
        self.until(_THEMED, name)

    def picture(self, name: str) -> None:
        """Save what is seen, for people; also into the folder MLQA_SCREENSHOTS, if set."""
        for folder in self._pictures:
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{name}.png")

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"console: {message.text} ({message.location.get('url', '')})")


def _compact(value: object) -> str:
    """JSON as JavaScript writes it."""
    return json.dumps(value, separators=(",", ":"))
