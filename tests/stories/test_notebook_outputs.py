"""Stored outputs under ``pytest --mlqa``: held, told, accepted."""

from __future__ import annotations

import json

import jupyter_client  # noqa: F401  # with nbformat: loaded here once, not in every run of a story
import nbformat  # noqa: F401
import pytest

pytestmark = pytest.mark.kernel
pytest.importorskip("nbval")

CHECK = ("--mlqa", "--mlqa-notebooks", "check")
UPDATE = ("--mlqa-update", "--mlqa-notebooks", "check")


@pytest.fixture(autouse=True)
def settings_elsewhere(tmp_path_factory, monkeypatch):
    """Keep what IPython writes at home out of the story's folder, which is home there."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))


def cell(name, source, text=None, *tags, count=1):
    """A cell that printed a text when it was saved."""
    outputs = [{"name": "stdout", "output_type": "stream", "text": [text]}] if text else []
    metadata = {"tags": list(tags)} if tags else {}
    plain = {"cell_type": "code", "execution_count": count, "id": name, "metadata": metadata}
    return {**plain, "outputs": outputs, "source": source.splitlines(keepends=True)}


def notebook(*cells):
    about = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    content = {"cells": list(cells), "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


STORED = (
    cell("start", "x = 0.5\nprint('é', x)", "é 0.50000001\n"),
    cell("moved", "print('loss', x / 3)", "loss 0.25\n"),
    cell("loose", "print(x)", "0.6\n", "mlqa-relative=0.5"),
    cell("timed", "print(f'in {x} s at 0x7f00aa11')", "in 9.25 s at 0x7fffff00\n"),
    cell("never", "print('new')", None, count=None),
)


def test_outputs_are_compared_with_sense_and_told_in_the_report(project):
    story = project({"a.ipynb": notebook(*STORED)})
    run = story.run(*CHECK, "--mlqa-report", "report.json", "--mlqa-report", "report.html")
    assert run.outcomes == {"passed": 3, "failed": 1, "skipped": 1}
    assert "  line 1  loss 0.25  loss 0.16666666666666666  33 %" in run.text
    assert "FAILED a.ipynb::moved - FAIL notebook.outputs_hold: stdout, line 1: loss 0.2" in run.text
    found = {case.source.split("::")[1]: case.verdicts[0] for case in run.report.cases}
    assert found["moved"].check == "notebook.outputs_hold"
    assert found["moved"].kind == "contract"
    assert found["never"].reason == "no stored output: the cell was never run"
    assert "loss 0.16666666666666666" in run.changed["report.html"]


def test_an_update_accepts_what_differs_and_nothing_else(project):
    story = project({"a.ipynb": notebook(*STORED)})
    run = story.run(*UPDATE)
    assert run.outcomes == {"passed": 5}
    assert "mlqa accepted a.ipynb, cell moved: stdout, line 1: loss 0.25 -> loss 0.16666666666666666" in run.summary
    assert "mlqa accepted a.ipynb, cell never: stdout, after line 0, added: nothing -> new" in run.summary
    assert list(run.changed) == ["a.ipynb"]
    before, after = notebook(*STORED).splitlines(), run.changed["a.ipynb"].splitlines()
    gone = ['      "loss 0.25\\n"', '   "execution_count": null,', '   "outputs": [],']
    assert [line for line in before if line not in after] == gone
    assert json.loads(run.changed["a.ipynb"])["cells"][0]["outputs"][0]["text"] == ["é 0.50000001\n"]
    again = story.run(*UPDATE)
    assert again.outcomes == {"passed": 5}
    assert again.changed == {}


def test_an_update_accepts_only_what_was_selected_also_on_workers(project):
    story = project({"a.ipynb": notebook(*STORED), "b.ipynb": notebook(*STORED)})
    run = story.run(*UPDATE, "-n1", "-k", "moved", apart=True)
    assert run.outcomes == {"passed": 2}
    assert sorted(run.changed) == ["a.ipynb", "b.ipynb"]
    for text in run.changed.values():
        cells = json.loads(text)["cells"]
        assert cells[1]["outputs"][0]["text"] == ["loss 0.16666666666666666\n"]
        assert cells[4] == STORED[4]


def test_an_update_is_refused_in_ci_and_never_accepts_an_error(project, monkeypatch):
    broken = notebook(cell("one", "print(1)\n1 / 0", "2\n"))
    story = project({"a.ipynb": broken})
    assert story.run(*UPDATE).outcomes == {"failed": 1}
    monkeypatch.setenv("CI", "true")
    run = story.run(*UPDATE)
    assert run.outcomes == {}
    assert "expected a run outside CI" in run.text
    assert (story.folder / "a.ipynb").read_text() == broken


def test_settings_tags_and_the_lax_mode_reach_the_cells(project):
    settings = '[tool.mlqa.outputs]\nlax = true\nrelative = 0.1\nsanitize = "clean.cfg"\n'
    files = {"pyproject.toml": settings, "clean.cfg": "[one]\nregex: key \\w+\nreplace: key\n"}
    cells = (
        cell("other", "print(1)", "2\n"),
        cell("asked", "print(1)", "2\n", "nbval-check-output"),
        cell("near", "print(1.05, 'key abc')", "1.0 key xyz\n", "nbval-check-output"),
    )
    run = project({**files, "a.ipynb": notebook(*cells)}).run(*CHECK)
    assert run.outcomes == {"passed": 2, "failed": 1}
    assert "FAILED a.ipynb::asked" in run.text
    wrong = project({"pyproject.toml": "[tool.mlqa.outputs]\nrelativ = 1\n", "a.ipynb": notebook(*cells)}).run(*CHECK)
    assert wrong.outcomes == {"errors": 1}
    assert "did you mean 'relative'?" in wrong.text
