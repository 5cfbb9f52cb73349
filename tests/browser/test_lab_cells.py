"""Cells that move, collapse and are kept from running: the badge tells the truth throughout."""

from __future__ import annotations

import pytest
from labpage import LabPage
from labserver import LabServer

LOAD = "%load_ext mlqa\nimport time\ngiven = 1"
QUICK = "%%mlqa\ndef test_quick(given):\n    assert given"
WRONG = "%%mlqa\ndef test_wrong(given):\n    assert not given"
SLOW = "%%mlqa\ndef test_slow():\n    time.sleep(60)"
RUN_ALL = "() => { window.done = 0; jupyterapp.commands.execute('mlqa:run-notebook-tests').then(() => { done = 1; }); }"
ACTIVE = "i => { jupyterapp.shell.currentWidget.content.activeCellIndex = i; }"
BUSY = "() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'busy'"
SHUT_DOWN = "() => jupyterapp.shell.currentWidget.sessionContext.shutdown()"
PREFER_NONE = """() => { jupyterapp.shell.currentWidget.sessionContext.kernelPreference =
  { shouldStart: false, autoStartDefault: false, canStart: true }; }"""

pytestmark = pytest.mark.browser


def test_a_cell_that_was_moved_is_still_watched(lab: LabPage, lab_home: LabServer) -> None:
    lab_home.write("moved.ipynb", LOAD, QUICK, WRONG)
    lab.open("moved.ipynb")
    lab.run_all()
    lab.wait_for_states("pass", "fail")
    lab.page.evaluate(ACTIVE, 2)
    lab.command("notebook:move-cell-up")
    lab.wait_for_states("fail", "pass")
    lab.set_source(1, WRONG.replace("not given", "given"))
    lab.wait_for_states("stale", "pass")
    lab.command("mlqa:run-cell-tests")
    lab.wait_for_states("pass", "pass")


def test_a_copy_has_the_result_of_its_original_until_it_is_edited(lab: LabPage, lab_home: LabServer) -> None:
    lab_home.write("copied.ipynb", LOAD, QUICK)
    lab.open("copied.ipynb")
    lab.run_all()
    lab.wait_for_states("pass")
    lab.page.evaluate(ACTIVE, 1)
    lab.command("notebook:copy-cell")
    lab.command("notebook:paste-cell-below")
    lab.wait_for_states("pass", "pass")
    lab.set_source(2, QUICK + " == 2")
    lab.wait_for_states("pass", "stale")
    lab.command("notebook:delete-cell")
    lab.wait_for_states("pass")


@pytest.mark.parametrize("width", [1280, 600])
def test_the_badge_of_a_collapsed_cell_stays_in_sight(lab: LabPage, lab_home: LabServer, width: int) -> None:
    lab_home.write("collapsed.ipynb", LOAD, QUICK)
    lab.page.set_viewport_size({"width": width, "height": 900})
    lab.open("collapsed.ipynb")
    lab.run_all()
    lab.wait_for_states("pass")
    for command, inside in (("hide", ".jp-InputPlaceholder"), ("show", ".jp-InputArea")):
        lab.command(f"notebook:{command}-all-cell-code")
        badge = lab.page.get_by_role("img", name="Tests of this cell: 1 passed")
        badge.wait_for(state="visible")
        place = lab.page.locator(inside).last.bounding_box()
        found = badge.bounding_box()
        assert place is not None
        assert found is not None
        assert place["y"] <= found["y"]
        assert found["y"] + found["height"] <= place["y"] + place["height"] + 1


def test_an_interrupt_or_a_restart_ends_the_run_of_all_tests(lab: LabPage, lab_home: LabServer) -> None:
    lab_home.write("ended.ipynb", LOAD, QUICK, SLOW, QUICK)
    lab.open("ended.ipynb")
    lab.page.evaluate(ACTIVE, 0)
    lab.command("notebook:run-cell")
    for end in ("notebook:interrupt-kernel", "restart"):
        lab.page.evaluate(RUN_ALL)
        lab.wait_for_states("pass", "running", "not-run")
        lab.until(BUSY)
        lab.restart_kernel() if end == "restart" else lab.command(end)
        lab.until("() => window.done === 1")
        lab.wait_for_states("pass" if end != "restart" else "stale", "not-run", "not-run")
        assert lab.page.locator(".jp-CodeCell").last.get_by_text("UsageError").count() == 0


def test_without_a_kernel_results_are_kept_and_stale_and_the_user_is_asked(lab: LabPage, lab_home: LabServer) -> None:
    lab_home.write("kernelless.ipynb", LOAD, QUICK)
    lab.open("kernelless.ipynb")
    lab.run_all()
    lab.wait_for_states("pass")
    lab.page.evaluate(SHUT_DOWN)
    lab.wait_for_states("stale")
    lab.page.evaluate(PREFER_NONE)
    lab.page.evaluate(RUN_ALL)
    lab.page.get_by_role("dialog").get_by_role("button", name="No Kernel").click()
    lab.until("() => window.done === 1")
    lab.wait_for_states("stale")
    assert lab.page.locator(".mlqa-Card").count() == 1
