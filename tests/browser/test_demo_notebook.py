"""The demo notebook as a reader of the README sees it, good data and bad; its picture is the README's."""

from __future__ import annotations

from pathlib import Path

import pytest
from labpage import LabPage
from labserver import LabServer

DEMO = Path(__file__).parents[2] / "notebooks"
LOAD, TESTS = 2, 4

pytestmark = pytest.mark.browser


@pytest.fixture
def demo(lab: LabPage, lab_home: LabServer) -> LabPage:
    """The first notebook of the demo, open beside its data."""
    lab_home.place(DEMO)
    lab.open("01_prepare.ipynb")
    return lab


def test_the_demo_is_run_edited_restarted_and_fed_with_a_fault(demo: LabPage) -> None:
    panel = demo.show_panel()
    demo.wait_for_rows(2)
    demo.run_all()
    demo.wait_for_states("pass", "pass")
    assert demo.page.locator(".mlqa-Card").count() == 2
    assert panel.get_by_role("status").inner_text() == "2 passed"

    original = demo.source(TESTS)
    demo.set_source(TESTS, original.replace("missing_rate_holds(reference", "missing_rate_holds( reference"))
    demo.wait_for_states("stale", "pass")
    demo.set_source(TESTS, original)
    demo.wait_for_states("pass", "pass")
    demo.restart_kernel()
    demo.wait_for_states("stale", "stale")

    fault = '.with_columns(pl.col("monthly_charges") * 100)'
    demo.set_source(LOAD, demo.source(LOAD).replace("(current_path)", f"(current_path){fault}"))
    demo.run_all()
    demo.wait_for_states("fail", "pass")
    card = demo.page.locator(".mlqa-Card").first
    assert "'monthly_charges' moved: median is 7075, was 70.1" in card.inner_text()
    assert "'monthly_charges' looks multiplied by 100: check its unit" in card.inner_text()
    demo.until("() => document.querySelector('.mlqa-Card .mlqa-Plot :is(svg, canvas)') !== null")
    card.scroll_into_view_if_needed()
    panel.get_by_role("button", name="test_new_customers").first.click()
    demo.picture("lab-light")
    demo.theme("JupyterLab Dark")
    demo.picture("lab-dark")
    demo.theme("JupyterLab Light")
