"""Pictures compared as an eye does, and the three pictures a report shows."""

from __future__ import annotations

import base64
import io

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from mlqa.ipynb.comparison.outputs_hold import outputs_hold
from mlqa.ipynb.comparison.rules import Rules
from mlqa.report import Report
from mlqa.report.html import to_html
from mlqa.report.triptych import to_figures
from mlqa.verdict import Outcome, Verdict

X = np.linspace(0, 10, 200)


def drawn(y=None, form="png", title="A title", **settings):
    """A figure as a cell gives it."""
    with mpl.rc_context(settings):
        figure = Figure(figsize=(4, 3))
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        axes.plot(X, np.sin(X) if y is None else y)
        axes.set(ylim=(-1.2, 1.2), title=title)
        file = io.BytesIO()
        figure.savefig(file, format=form)
    text = file.getvalue().decode() if form == "svg" else base64.b64encode(file.getvalue()).decode()
    kind = {"svg": "image/svg+xml", "jpg": "image/jpeg", "png": "image/png"}[form]
    return [{"output_type": "display_data", "data": {kind: text}, "metadata": {}}]


@pytest.fixture(scope="module")
def stored():
    return drawn()


@pytest.mark.parametrize("form", ["png", "jpg", "svg"])
def test_a_moved_line_is_seen_and_rounding_is_not(form):
    before = drawn(form=form)
    assert outputs_hold(before, drawn(np.sin(X) + 1e-9, form))
    assert not outputs_hold(before, drawn(np.sin(X) + 0.05, form))
    bent = np.sin(X)
    bent[50] += 0.15
    assert not outputs_hold(before, drawn(bent, form))


def test_a_little_more_ink_is_tolerated_and_another_word_is_not(stored):
    for setting in ({"lines.linewidth": 1.6}, {"text.hinting": "none"}, {"text.antialiased": False}):
        assert outputs_hold(stored, drawn(**setting))
    assert not outputs_hold(stored, drawn(title="A word"))
    assert outputs_hold(stored, drawn(title="A word"), rules=Rules(picture=0.02))


def test_the_verdict_carries_three_small_pictures_and_the_page_shows_them(stored):
    verdict = outputs_hold(stored, drawn(np.sin(X) + 0.1))
    assert verdict.reason.startswith("output 1, image/png, ")
    assert "% of the pixels, x " in verdict.reason
    values = verdict.evidence.plot["data"]["values"]
    assert [row["name"] for row in values] == ["stored", "new", "difference"]
    for row in values:
        image = Image.open(io.BytesIO(base64.b64decode(row["url"].partition(",")[2])))
        assert max(image.size) <= 320
    again = Verdict.from_dict(verdict.to_dict())
    assert again == verdict
    page = to_html(Report.of(again))
    assert page.count("<img ") == 3
    assert len(page) < 150_000


def test_pictures_of_another_size_and_damaged_ones_are_told(stored):
    small = [{**stored[0], "data": {"image/png": "AAAA"}}]
    damaged = outputs_hold(stored, small)
    assert "not a picture that can be read" in damaged.reason
    image = Image.new("RGB", (30, 20), "white")
    file = io.BytesIO()
    image.save(file, "PNG")
    other = [{**stored[0], "data": {"image/png": base64.b64encode(file.getvalue()).decode()}}]
    sized = outputs_hold(stored, other)
    assert sized.reason == "output 1, image/png, size: 400 x 300 pixels -> 30 x 20 pixels"
    assert outputs_hold(small, small).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "url", ["https://elsewhere/x.png", 'data:image/png;base64,AA"onerror="x', "data:image/svg+xml;base64,AAAA", 3, None]
)
def test_a_stored_report_makes_a_page_fetch_or_run_nothing(url):
    assert to_figures({"data": {"values": [{"name": "new", "url": url}]}}) == ""
    assert to_figures({"data": {"values": [{"name": "<b>", "url": "data:image/png;base64,AAAA"}]}}).count("<b>") == 0
