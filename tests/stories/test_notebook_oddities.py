"""Notebooks as people write them: what is odd is named, and takes nothing else with it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

FINE = "%%mlqa\ndef test_fine(): pass"


def test_a_test_that_cannot_be_collected_costs_its_own_cell_only(project, notebook):
    cells = {"one": "%%mlqa\ndef test_a():\n    yield 1\ndef test_b(): pass", "two": FINE}
    run = project({"a.ipynb": notebook(cells)}).run("--mlqa", "--mlqa-report=report.json")
    assert run.outcomes == {"failed": 2, "passed": 1}
    assert "'yield' keyword is allowed in fixtures, but not in tests" in run.text
    assert [case.crash.type for case in run.report.cases if case.crash] == ["CollectError", "CollectError"]


def test_names_of_folders_and_notebooks_may_hold_blanks_brackets_and_letters_of_any_language(project, notebook):
    story = project({"a b [1] é/n b [x] ü.ipynb": notebook({"id one": FINE})})
    run = story.run("--mlqa", "-k", "ü and fine")
    assert run.outcomes == {"passed": 1}


def test_a_subfolders_conftest_and_folder_are_those_of_its_notebook(project, notebook):
    conftest = "import pytest\n@pytest.fixture\ndef base(): return {}\n"
    cell = "%%mlqa\nimport os\ndef test_a(base): assert (base, os.path.basename(os.getcwd())) == (2, 'sub')"
    files = {"conftest.py": conftest.format(1), "sub/conftest.py": conftest.format(2)}
    assert project({**files, "sub/a.ipynb": notebook({"one": cell})}).run("--mlqa").outcomes == {"passed": 1}


def test_notebooks_may_share_ids_and_have_no_cells(project, notebook):
    fails = FINE.replace("pass", "assert 0")
    files = {"a.ipynb": notebook({"c": FINE}), "b.ipynb": notebook({"c": fails}), "empty.ipynb": notebook({})}
    run = project(files).run("--mlqa")
    assert run.outcomes == {"passed": 1, "failed": 1}
    assert "FAILED b.ipynb::c::test_fine" in run.text


def test_shell_lines_and_magics_in_a_test_cell_are_no_tests(project, notebook):
    cell = "%%mlqa\n%time x = 1\n!true\nfound = !echo hi\ndef test_a(): assert found == ['hi']\n"
    assert project({"a.ipynb": notebook({"one": cell})}).run("--mlqa").outcomes == {"passed": 1}


def test_marks_select_as_in_a_file(project, notebook):
    cell = """%%mlqa
import pytest
@pytest.mark.slow
def test_a(): pass
@pytest.mark.slow(reason="why")
class TestB:
    @pytest.mark.skip(reason="not now")
    def test_c(self): pass
def test_d(): pass
"""
    story = project({"a.ipynb": notebook({"one": cell}), "pytest.ini": "[pytest]\nmarkers = slow: takes long\n"})
    assert story.run("--mlqa", "-m", "slow", "--strict-markers").outcomes == {
        "passed": 1,
        "skipped": 1,
        "deselected": 1,
    }
    assert story.run("--mlqa", "-m", "not slow").outcomes == {"passed": 1, "deselected": 2}


def test_a_magic_line_below_another_is_pointed_out(project, notebook):
    run = project({"a.ipynb": notebook({"one": f"# my tests\n{FINE}"})}).run("--mlqa")
    assert run.outcomes == {"passed": 1, "warnings": 1}
    assert "cell one has %%mlqa below its first line, where it is no test cell: move it to the top" in run.text


def test_a_name_given_again_is_another_test_and_a_new_value_is_seen(project, notebook):
    conftest = (
        "import pytest\n@pytest.fixture\ndef base(): return 1\n@pytest.fixture\ndef built(base): return base + 1\n"
    )
    cells = {
        "one": "%%mlqa\ndef test_a(built): assert built == 2",
        "between": "base = 10; request = tmp_path = capsys = None",
        "two": "%%mlqa\ndef test_a(built, request, tmp_path): assert built == 11 and request and tmp_path",
    }
    run = project({"conftest.py": conftest, "a.ipynb": notebook(cells)}).run("--mlqa", "-v")
    assert run.outcomes == {"passed": 3}


def test_what_leaves_the_test_is_told_of_the_test_alone(project, notebook):
    cell = """%%mlqa
import sys, os
def test_leaves(): sys.exit(3)
def test_deep():
    def f(n): return f(n + 1)
    f(0)
def test_loud():
    print("y" * 3_000_000)
    assert 0
def test_moves():
    os.chdir("/")
    sys.path.insert(0, "/nowhere")
def test_fine(): pass
"""
    run = project({"a.ipynb": notebook({"one": cell, "two": FINE.replace("fine", "after")})}).run("--mlqa")
    assert run.outcomes == {"failed": 3, "passed": 3}
    assert "FAILED a.ipynb::one::test_leaves - SystemExit: 3" in run.text
    assert "FAILED a.ipynb::one::test_deep - RecursionError" in run.text
    assert len(run.text) < 100_000


def test_a_time_limit_is_waited_for_once(project, notebook):
    pytest.importorskip("pytest_timeout")
    cells = {"prep": "import time", "one": "%%mlqa\ndef test_slow(): time.sleep(99)", "two": FINE}
    run = project({"a.ipynb": notebook(cells)}).run("--mlqa", "--timeout=6", "--timeout-method=signal", "-rs")
    assert run.outcomes == {"passed": 1, "errors": 1, "skipped": 1}
    assert "cell one was given up: Timeout (>6.0s)" in run.text


def test_an_exception_that_cannot_be_worded_is_told_of_its_test_alone(project, notebook):
    text = """
class Mute(Exception):
    def __str__(self): raise RuntimeError("mute")
def test_a(): raise Mute()
class MuteToo(AssertionError):
    def __str__(self): raise RuntimeError("mute")
def test_b(): raise MuteToo()
def test_c(): pass
"""
    run = project({"test_a.py": text, "a.ipynb": notebook({"one": f"%%mlqa{text}"})}).run("--mlqa")
    assert run.outcomes == {"passed": 2, "failed": 4}
    assert "INTERNALERROR" not in run.text


def test_an_interrupt_in_a_cell_ends_it_and_passes_over_the_rest(project, notebook):
    cells = {"one": "%%mlqa\ndef test_a(): raise KeyboardInterrupt", "two": FINE}
    run = project({"a.ipynb": notebook(cells)}).run("--mlqa", "-rs")
    assert run.outcomes == {"errors": 1, "skipped": 1}
    assert "test cell one could not be run: KeyboardInterrupt" in run.text


def test_a_fixture_that_is_not_there_is_named_in_the_report(project):
    run = project({"test_a.py": "def test_a(numbr): pass"}).run("--mlqa", "--mlqa-report=report.json")
    crash = run.report.cases[0].crash
    assert (crash.type, crash.message) == ("FixtureLookupError", "fixture 'numbr' not found")


def test_a_verdict_required_in_another_thread_is_seen(answers):
    text = """
from concurrent.futures import ThreadPoolExecutor
import mlqa
from answers import answer
def test_a():
    with ThreadPoolExecutor(1) as apart:
        apart.submit(mlqa.require, answer("fail")).result()
"""
    run = answers({"test_a.py": text}).run("--mlqa", "--mlqa-report=report.json")
    assert "FAILED test_a.py::test_a - FAIL demo.claim: it was so measured" in run.text
    assert [verdict.check for verdict in run.report.verdicts] == ["demo.claim"]


def test_unittest_shows_the_block_too(answers):
    text = """
import unittest
from answers import answer
class T(unittest.TestCase):
    def test_a(self): self.assertTrue(answer("fail"))
    def test_b(self): self.assertTrue(answer("fail"), "look here")
    def test_c(self): self.assertTrue(answer("pass"))
    def test_d(self): self.assertEqual(1, 2)
"""
    run = answers({"test_a.py": text}).run("--mlqa")
    assert run.outcomes == {"failed": 3, "passed": 1}
    assert run.text.count("E   FAIL  demo.claim  (alpha 0.0001)\n") == 2
    assert "E   look here\nE   FAIL  demo.claim" in run.text
    assert "is not true" not in run.text
    assert "FAILED test_a.py::T::test_a - FAIL demo.claim: it was so measured" in run.text
    assert "AssertionError: 1 != 2" in run.text
