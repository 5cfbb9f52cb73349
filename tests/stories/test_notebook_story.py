"""Notebooks under ``pytest --mlqa``: what is collected, selected, run, and what a reader is told."""

from __future__ import annotations

import json

import jupyter_client  # noqa: F401  # with nbformat: loaded here once, not in every run of a story
import nbformat  # noqa: F401
import pytest

pytestmark = pytest.mark.kernel

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}

PREPARED = """
import os, pathlib, pytest
from mlqa import Outcome, Verdict
def verdict(outcome, alpha=None):
    return Verdict(check="demo.claim", outcome=Outcome(outcome), claim="it holds", reason="so it was", alpha=alpha)
number = 3
with open("visited", "a") as file:
    file.write("x")
"""

TESTS = """%%mlqa
@pytest.mark.parametrize("a", [1, 2])
def test_p(a, number):
    print("printed", a)
    assert a == 1
class TestA:
    def test_m(self):
        assert number == 3
    def test_crash(self):
        1 / 0
def test_fails():
    assert verdict("fail")
def test_undecided():
    assert verdict("undecided")
def test_skipped():
    assert verdict("skipped")
verdict("pass", alpha=0.01)
"""

LATER = "%%mlqa\ndef test_later(number):\n    assert number == 4\n"


@pytest.fixture(autouse=True)
def settings_elsewhere(tmp_path_factory, monkeypatch):
    """Keep what IPython writes at home out of the story's folder, which is home there."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))


def notebook(cells, metadata=KERNEL):
    """Write code cells, by id, as the text of a notebook; a cell may be a dict of more than its source."""
    written = []
    for name, cell in cells.items():
        more = cell if isinstance(cell, dict) else {"source": cell}
        plain = {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": None}
        written.append({**plain, **more})
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": written})


STORY = {"prep": PREPARED, "first": TESTS, "next": "number = 4", "later": LATER}


def collected(project, *args):
    """Return the ids pytest collects."""
    text = project.run("--mlqa", "--collect-only", "-q", *args).text
    return [line for line in text.splitlines() if "::" in line]


def test_ids_name_cell_and_test_and_stay_when_a_cell_is_added(project):
    story = project({"a.ipynb": notebook(STORY), ".ipynb_checkpoints/a.ipynb": notebook(STORY)})
    ids = collected(story)
    assert ids == [
        "a.ipynb::prep",
        "a.ipynb::first::test_p[1]",
        "a.ipynb::first::test_p[2]",
        "a.ipynb::first::TestA::test_m",
        "a.ipynb::first::TestA::test_crash",
        "a.ipynb::first::test_fails",
        "a.ipynb::first::test_undecided",
        "a.ipynb::first::test_skipped",
        "a.ipynb::first::cell",
        "a.ipynb::next",
        "a.ipynb::later::test_later",
    ]
    story.write("a.ipynb", notebook({"new": "%%mlqa\ndef test_new(): pass", **STORY}))
    assert collected(story) == ["a.ipynb::new::test_new", *ids]


def test_without_mlqa_or_with_off_notebooks_are_left_alone(project):
    story = project({"a.ipynb": notebook(STORY)})
    assert story.run().outcomes == {}
    assert story.run("--mlqa", "--mlqa-notebooks", "off").outcomes == {}


def test_each_test_has_its_own_outcome_and_tells_its_reader(project):
    story = project({"a.ipynb": notebook(STORY)})
    run = story.run("--mlqa", "--mlqa-report", "report.json", "-ra")
    assert run.outcomes == {"passed": 6, "failed": 3, "undecided": 1, "skipped": 1}
    assert "a.ipynb, cell first, line 11" in run.text
    assert "FAIL  demo.claim  (contract)\n  claim     it holds\n" in run.text
    assert "FAILED a.ipynb::first::TestA::test_crash - ZeroDivisionError: division by zero" in run.text
    assert "<cell first>:10: ZeroDivisionError" in run.text
    assert "<cell first>:5: AssertionError" in run.text
    assert "printed 2" in run.text
    assert "printed 1" not in run.text
    assert "demo.claim: so it was" in run.text
    found = {case.source.split("::", 1)[1]: case for case in run.report.cases}
    assert found["first::test_p[2]"].verdicts[0].reason == "assert 2 == 1"
    assert found["first::TestA::test_crash"].crash.type == "ZeroDivisionError"
    assert found["first::test_fails"].line == 11
    assert found["first::cell"].verdicts[0].alpha == 0.01
    # one kernel, every cell once
    assert (story.folder / "visited").read_text() == "x"


def test_one_test_alone_runs_what_it_needs_and_no_other_test(project):
    story = project({"a.ipynb": notebook(STORY)})
    assert story.run("--mlqa", "a.ipynb::later::test_later").outcomes == {"passed": 1}
    assert (story.folder / "visited").read_text() == "x"


def test_k_lf_and_x_select_as_anywhere(project):
    story = project({"a.ipynb": notebook(STORY)})
    assert story.run("--mlqa", "-x", "-k", "test_p or test_later").outcomes == {
        "passed": 1,
        "failed": 1,
        "deselected": 8,
    }
    again = story.run("--mlqa", "--lf")
    assert again.outcomes.get("failed") == 1
    assert "passed" not in again.outcomes


def test_another_order_gives_the_same_outcomes(project):
    backwards = "def pytest_collection_modifyitems(items): items.reverse()"
    story = project({"a.ipynb": notebook(STORY), "conftest.py": backwards})
    assert story.run("--mlqa").outcomes == {"passed": 6, "failed": 3, "undecided": 1, "skipped": 1}
    assert (story.folder / "visited").read_text() == "x"


def test_under_plain_xdist_a_notebook_stays_on_one_worker(project):
    plain = "import pytest\n@pytest.mark.parametrize('n', range(6))\ndef test_plain(n): pass\n"
    story = project({"a.ipynb": notebook(STORY), "test_plain.py": plain})
    run = story.run("--mlqa", "-n2", apart=True)
    assert run.outcomes == {"passed": 12, "failed": 3, "undecided": 1, "skipped": 1}
    assert (story.folder / "visited").read_text() == "x"


def test_strict_and_alpha_reach_the_kernel(project):
    tests = "%%mlqa\nfrom mlqa.alpha import level_of\ndef test_a(): assert level_of(None) == 0.02\n"
    tests += "def test_u(): assert verdict('undecided')\n"
    story = project({"a.ipynb": notebook({"prep": PREPARED, "tests": tests})})
    run = story.run("--mlqa", "--mlqa-strict", "--mlqa-alpha", "0.02")
    assert run.outcomes == {"passed": 2, "failed": 1}
    assert "UNDECIDED  demo.claim" in run.text


BROKEN = {
    "one": "x = 1",
    "two": "y = x + absent",
    "needs": "z = [y]",
    "tests": "%%mlqa\ndef test_needs(z): pass\ndef test_other(x): assert x == 1",
    "mends": "y = 3",
    "again": "assert y == 3",
}


def test_a_failing_cell_is_told_once_and_only_what_depends_on_it_is_skipped(project):
    story = project({"a.ipynb": notebook(BROKEN)})
    run = story.run("--mlqa", "-rfs")
    assert run.outcomes == {"failed": 1, "skipped": 2, "passed": 4}
    assert "FAILED a.ipynb::two - NameError: name 'absent' is not defined" in run.text
    assert "----> 1 y = x + absent" in run.text
    assert "cell two raised NameError: name 'absent' is not defined, which this needs" in run.text
    assert "notebook_run.py" not in run.text
    again = story.run("--mlqa", "--lf").outcomes
    assert (again["failed"], "passed" in again) == (1, False)


def test_a_failing_cell_that_is_not_selected_is_an_error_of_the_first_that_needs_it(project):
    run = project({"a.ipynb": notebook(BROKEN)}).run("--mlqa", "-rs", "-k", "needs or other")
    assert run.outcomes == {"errors": 1, "skipped": 1, "passed": 1, "deselected": 4}
    assert "cell two raised NameError: name 'absent' is not defined" in run.text


def test_a_kernel_that_dies_or_is_missing_is_a_clear_error(project):
    dies = {"one": "%%mlqa\nimport os\ndef test_a(): os.kill(os.getpid(), 9)", "two": "%%mlqa\ndef test_b(): pass"}
    missing = {"kernelspec": {"name": "absent", "display_name": "Absent", "language": "python"}}
    lost = notebook({"one": "%%mlqa\ndef test_a(): pass"}, missing)
    run = project({"dies.ipynb": notebook(dies), "lost.ipynb": lost}).run("--mlqa")
    assert run.outcomes == {"errors": 2, "skipped": 1}
    assert "the kernel died in cell one (killed by signal 9" in run.text
    assert "the notebook asks for the kernel 'absent', which is not installed here" in run.text


def test_bad_notebooks_and_cells_are_named(project):
    files = {
        "damaged.ipynb": "{",
        "empty.ipynb": "",
        "misspelt.ipynb": notebook({"one": "%%mlqa\nx = 1\ndef test_a(:\n    pass"}),
        "plain.ipynb": notebook({"one": "def test_lost(): pass"}),
    }
    run = project(files).run("--mlqa", "--continue-on-collection-errors")
    assert run.outcomes == {"errors": 2, "failed": 1, "passed": 1, "warnings": 1}
    assert "damaged.ipynb: not a notebook, its text is not JSON" in run.text
    assert "empty.ipynb: not a notebook, the file is empty" in run.text
    assert 'File "<cell one>", line 3' in run.text
    assert "SyntaxError" in run.text
    assert "cell one defines test_lost but is no test cell: add %%mlqa as the first line" in run.text


def test_a_broken_test_cell_fails_each_of_its_tests_with_the_cause(project):
    cells = {"one": "%%mlqa\nx = absent\ndef test_a(): pass\ndef test_b(): pass", "two": "%%mlqa\ndef test_c(): pass"}
    run = project({"a.ipynb": notebook(cells)}).run("--mlqa")
    assert run.outcomes == {"failed": 2, "passed": 1}
    assert run.text.count("NameError: name 'absent' is not defined") >= 2


def test_parameters_only_the_kernel_knows_are_gathered_in_one_item(project):
    tests = """%%mlqa
@pytest.fixture(params=["u", "v"])
def kind(request): return request.param
@pytest.mark.parametrize("a", range(number))
def test_a(a): assert a != 1
@pytest.mark.parametrize("b", [1, 2])
def test_b(b, kind): assert b == 1
"""
    run = project({"a.ipynb": notebook({"prep": PREPARED, "tests": tests})}).run(
        "--mlqa", "--mlqa-report", "report.json"
    )
    assert run.outcomes == {"failed": 2, "passed": 2}
    found = {case.source.rsplit("::", 1)[1]: len(case.verdicts) for case in run.report.cases[1:]}
    assert found == {"test_a": 3, "test_b[1]": 2, "test_b[2]": 2}


def test_what_a_cell_leaves_out_or_displays_itself_is_not_taken_for_its_answer(project):
    tests = """%%mlqa -k shown
def test_shown():
    display(verdict("fail"))
    assert verdict("pass")
def test_left_out(): assert False
"""
    run = project({"a.ipynb": notebook({"prep": PREPARED, "load": "%load_ext mlqa", "tests": tests})}).run(
        "--mlqa", "-rs"
    )
    assert run.outcomes == {"passed": 3, "skipped": 1}
    assert "left out by the cell's own options: -k shown" in run.text


def test_a_baseline_is_recorded_from_a_notebook_as_from_a_file(answers):
    conftest = "import sys, pathlib\nsys.path.insert(0, str(pathlib.Path(__file__).parent))\n"
    tests = "%%mlqa\nfrom answers import compared\n"
    tests += "def test_score(mlqa_baseline): assert compared([1.0, 0.0, 1.0], mlqa_baseline)\n"
    story = answers({"a.ipynb": notebook({"tests": tests}), "conftest.py": conftest})
    first = story.run("--mlqa")
    assert first.outcomes == {"failed": 1}
    assert list(first.changed) == ["baselines/test_score.proposed.json"]
    assert "mlqa proposed baselines/test_score.proposed.json" in first.text
    accepted = story.run("--mlqa-update")
    assert accepted.outcomes == {"passed": 1}
    assert "baselines/test_score.json" in accepted.changed
    assert "recorded baselines/test_score.json" in accepted.text
    assert story.run("--mlqa").outcomes == {"passed": 1}


def stored(source, text=None, **more):
    """Make a cell that was run, with the text it printed."""
    outputs = [{"output_type": "stream", "name": "stdout", "text": text}] if text else []
    return {"source": source, "outputs": outputs, "execution_count": 1, **more}


def test_check_compares_stored_outputs_with_nbvals_words(project):
    pytest.importorskip("nbval")
    cells = {
        "same": stored("print(1)", "1\n"),
        "other": stored("print(2)", "3\n"),
        "quiet": stored("1 + 1;"),
        "ignored": stored("import time; print(time.time())", "now\n", metadata={"tags": ["nbval-ignore-output"]}),
        "commented": stored("# NBVAL_IGNORE_OUTPUT\nprint(4)", "5\n"),
        "left-out": stored("1 / 0", metadata={"tags": ["nbval-skip"]}),
        "raises": {
            "source": "raise ValueError('known')",
            "execution_count": 1,
            "metadata": {"tags": ["raises-exception"]},
        },
        "tests": "%%mlqa\ndef test_a(): pass",
        "breaks": stored("1 / 0"),
    }
    cells["raises"]["outputs"] = [{"output_type": "error", "ename": "ValueError", "evalue": "known", "traceback": []}]
    story = project({"a.ipynb": notebook(cells)})
    assert collected(story, "--mlqa-notebooks", "check") == [
        f"a.ipynb::{name}{'::test_a' * (name == 'tests')}" for name in cells
    ]
    run = story.run("--mlqa", "--mlqa-notebooks", "check")
    assert run.outcomes == {"passed": 6, "failed": 2, "skipped": 1}
    assert "FAIL  notebook.outputs_hold  (contract)" in run.text
    assert "FAILED a.ipynb::other - FAIL notebook.outputs_hold: stdout, line 1: 3 -> 2" in run.text
    assert "a.ipynb, cell other" in run.text
    assert "the cell raised ZeroDivisionError: division by zero" in run.text
