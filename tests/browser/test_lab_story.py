"""What a data scientist sees in JupyterLab: cards, badges, the panel, and results that go stale."""

from __future__ import annotations

import json
import urllib.request

import pytest
from labpage import LabPage
from labserver import LabServer

SETUP = """\
%load_ext mlqa
import mlqa
import numpy as np
import pandas as pd

reference = pd.DataFrame({"income": np.arange(400.0), "plan": ["basic", "plus"] * 200})
current = reference.assign(income=reference["income"] + 300)
y = np.tile([0, 1], 30)
flipped = np.where(np.arange(60) % 20 == 0, 1 - y, y)
"""
PASSING = """\
%%mlqa
def test_reference_is_like_itself(reference):
    assert mlqa.drift_free(reference, reference)
"""
FAILING = """\
%%mlqa
def test_rows_are_there(current):
    assert len(current) == 400


def test_income_did_not_move(reference, current):
    assert mlqa.drift_free(reference, current)
"""
UNDECIDED = """\
%%mlqa
def test_not_worse(flipped, y):
    assert mlqa.not_worse(flipped, y, y, metric="accuracy", margin=0.05)
"""
WAITING = """\
%%mlqa
def test_waits():
    import pathlib, time
    while not pathlib.Path("go").exists():
        time.sleep(0.05)
"""

pytestmark = pytest.mark.browser


OURS = "@mlqa/labextension:plugin"
TRACKER = "@jupyterlab/notebook-extension:tracker"


def put_settings(server: LabServer, plugin: str, **settings: object) -> None:
    """Store the user's settings of a plugin."""
    request = urllib.request.Request(
        f"{server.url}/lab/api/settings/{plugin}",
        data=json.dumps({"raw": json.dumps(settings)}).encode(),
        method="PUT",
    )
    with urllib.request.urlopen(request) as reply:
        assert reply.status == 204


@pytest.fixture
def story(lab: LabPage, lab_home: LabServer) -> LabPage:
    """The notebook of the story, open, nothing run yet."""
    name = f"story{len(list(lab_home.root.glob('story*')))}.ipynb"  # a kernel of its own for each test
    lab_home.write(name, SETUP, PASSING, FAILING, UNDECIDED, "len(current)")
    lab.open(name)
    return lab


def test_a_notebook_is_tested_edited_reloaded_and_its_kernel_restarted(story: LabPage) -> None:
    story.wait_for_states("not-run", "not-run", "not-run")
    story.run_all()
    story.wait_for_states("pass", "fail", "undecided")
    assert story.page.locator(".mlqa-Card").count() == 3

    story.save()
    story.reload()
    story.wait_for_states("pass", "fail", "undecided")

    original = story.source(1)
    story.set_source(1, original.replace("itself", "itself_again"))
    story.wait_for_states("stale", "fail", "undecided")
    story.set_source(1, original + "\n\n")
    story.wait_for_states("pass", "fail", "undecided")

    story.restart_kernel()
    story.wait_for_states("stale", "stale", "stale")
    story.save()
    story.reload()
    story.wait_for_states("stale", "stale", "stale")
    story.run_all()
    story.wait_for_states("pass", "fail", "undecided")


def test_the_panel_lists_the_tests_and_leads_to_them(story: LabPage) -> None:
    panel = story.show_panel()
    names = ["test_reference_is_like_itself", "test_rows_are_there", "test_income_did_not_move", "test_not_worse"]
    story.wait_for_rows(4)
    assert story.panel_rows() == [(name, "not-run") for name in names]
    story.run_all()
    story.wait_for_states("pass", "fail", "undecided")
    assert story.panel_rows() == list(zip(names, ["pass", "pass", "fail", "undecided"], strict=True))
    assert panel.get_by_role("status").inner_text() == "1 failed, 1 undecided, 2 passed"

    panel.get_by_role("button", name="test_income_did_not_move").click()
    story.until("() => jupyterapp.shell.currentWidget.content.activeCellIndex === 2")
    story.until("() => jupyterapp.shell.currentWidget.content.activeCell.editor.getCursorPosition().line === 5")
    story.picture("story-light")
    story.set_source(1, PASSING.replace("itself", "itself_again"))
    story.wait_for_states("stale", "fail", "undecided")
    expected = "1 failed, 1 undecided, 2 passed; 1 cell is stale"
    story.until("text => document.querySelector('.mlqa-Panel-summary').textContent === text", expected)
    story.theme("JupyterLab Dark")
    story.picture("story-dark")
    story.theme("JupyterLab Light")


def test_a_card_opens_by_mouse_and_by_keyboard(story: LabPage) -> None:
    story.run_all()
    card = story.page.locator(".mlqa-Card").first
    toggles = ["() => document.querySelector('.mlqa-Card').open", "() => !document.querySelector('.mlqa-Card').open"]
    card.locator("summary").first.click()
    story.until(toggles[0])
    card.locator("summary").first.press("Enter")
    story.until(toggles[1])
    card.locator("summary").first.press("Space")
    story.until(toggles[0])


def test_the_toolbar_and_the_panel_run_test_cells_and_no_others(story: LabPage) -> None:
    story.run_all()
    story.wait_for_states("pass", "fail", "undecided")
    story.set_source(0, "raise RuntimeError('only test cells are run')")
    story.set_source(1, PASSING.replace("itself", "itself_again"))
    story.wait_for_states("stale", "fail", "undecided")
    story.page.locator("[data-jp-item-name=mlqa-run-tests] >> visible=true").first.click()
    story.wait_for_states("pass", "fail", "undecided")
    assert story.page.get_by_text("only test cells are run").count() == 1  # in the cell, in no output

    story.set_source(3, UNDECIDED.replace("0.05", "0.5"))
    story.wait_for_states("pass", "fail", "stale")
    story.show_panel().get_by_role("button", name="Run the tests of cell 4").click()
    story.wait_for_states("pass", "fail", "pass")


def test_a_cell_is_running_until_its_tests_are_done_and_a_crash_is_an_error(lab: LabPage, lab_home: LabServer) -> None:
    crash = "%%mlqa\ndef test_breaks():\n    {}['plan']\n"
    lab_home.write("running.ipynb", SETUP, WAITING, crash, "1 + 1")
    lab.open("running.ipynb")
    lab.wait_for_states("not-run", "not-run")
    lab.page.evaluate("() => void jupyterapp.commands.execute('notebook:run-all-cells')")
    lab.wait_for_states("running", "running")
    (lab_home.root / "go").touch()
    lab.wait_for_states("pass", "crash")
    assert lab.page.locator(".mlqa-Case[data-outcome=crash]").get_by_text("KeyError").first.is_visible()


def test_badges_follow_cells_that_come_and_go(story: LabPage) -> None:
    story.wait_for_states("not-run", "not-run", "not-run")
    story.set_source(4, PASSING)
    story.wait_for_states("not-run", "not-run", "not-run", "not-run")
    story.set_source(1, "no longer a test cell")
    story.wait_for_states("not-run", "not-run", "not-run")
    story.page.evaluate("() => jupyterapp.shell.currentWidget.content.model.sharedModel.deleteCell(2)")
    story.wait_for_states("not-run", "not-run")
    story.run_all()
    story.wait_for_states("not-run", "not-run")  # the broken cell kept the rest from running


def test_badges_can_be_switched_off(lab: LabPage, lab_home: LabServer) -> None:
    lab_home.write("off.ipynb", SETUP, PASSING)
    put_settings(lab_home, OURS, showBadges=False)
    try:
        lab.open("off.ipynb")
        lab.show_panel()
        lab.wait_for_rows(1)
        lab.wait_for_states()
    finally:
        put_settings(lab_home, OURS)


def test_a_long_notebook_whose_cells_are_drawn_when_seen_has_one_badge_a_cell(
    lab: LabPage, lab_home: LabServer
) -> None:
    lab_home.write("long.ipynb", *[f"%%mlqa\ndef test_{n}():\n    pass" for n in range(120)])
    put_settings(lab_home, TRACKER, windowingMode="full")
    try:
        lab.open("long.ipynb")
        lab.show_panel()
        lab.wait_for_rows(120)
        for index in (119, 60, 0):
            lab.page.get_by_role("button", name=f"test_{index} ").click()
            lab.until("i => jupyterapp.shell.currentWidget.content.activeCellIndex === i", index)
            count = "i => jupyterapp.shell.currentWidget.content.widgets[i].node.querySelectorAll('.mlqa-Badge').length"
            lab.until(f"i => ({count})(i) === 1", index)
    finally:
        put_settings(lab_home, TRACKER)
