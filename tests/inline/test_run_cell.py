"""A cell's tests run by real pytest in this very process: ``run_cell``."""

from __future__ import annotations

import pytest

from mlqa.errors import UsageError
from mlqa.inline.run import run, run_cell
from mlqa.ipynb.cells import source_hash
from mlqa.verdict import Outcome


def outcomes(text, namespace, **options):
    """Run a cell and return ``{source: outcome}``."""
    report = run_cell(f"%%mlqa\n{text}", namespace=namespace, cell_id="c1", **options)
    return {case.source: case.outcome for case in report.cases}


def test_functions_classes_parameters_and_marks_are_run(notebook):
    text = """
@pytest.mark.parametrize("a", [1, 2])
def test_p(a):
    assert a == 1

class TestA:
    def test_m(self):
        assert verdict("undecided")

def test_skipped():
    assert verdict("skipped")

@pytest.mark.xfail(reason="known")
def test_x():
    assert False

def test_crash():
    1 / 0
"""
    assert outcomes(text, notebook) == {
        "test_p[1]": "pass",
        "test_p[2]": "fail",
        "TestA::test_m": "undecided",
        "test_skipped": "skipped",
        "test_x": "skipped",
        "test_crash": "crash",
    }


def test_assertions_are_rewritten_and_lines_are_those_of_the_cell(notebook):
    ran = run(
        "%%mlqa\n\n\ndef test_a():\n    left = [1, 2]\n    assert left == [1, 3]\n", namespace=notebook, cell_id="c1"
    )
    case = ran.report.cases[0]
    assert case.line == 4
    assert case.verdicts[0].check == "test.assertion"
    assert "assert [1, 2] == [1, 3]" in case.verdicts[0].reason
    assert ">       assert left == [1, 3]" in ran.words
    assert "<cell c1>:6: AssertionError" in ran.words


def test_the_origin_says_which_text_ran_in_which_process(notebook):
    source = "%%mlqa -k a\ndef test_a(): pass\n"
    first, second = (run_cell(source, namespace=notebook, cell_id="c1").origin for _ in range(2))
    assert (first.cell_id, first.source_hash) == ("c1", source_hash(source))
    assert first.kernel
    assert first == second


def test_arguments_are_variables_of_the_notebook_before_conftest(notebook, tmp_path):
    (tmp_path / "conftest.py").write_text(
        "import pytest\n"
        "@pytest.fixture\n"
        "def number(): return 1\n"
        "@pytest.fixture\n"
        "def limit(): return 5\n"
        "@pytest.fixture(scope='session')\n"
        "def doubled(number): return 2 * number\n"
    )
    text = "def test_a(number, limit, doubled): assert (number, limit, doubled) == (3, 5, 6)"
    assert outcomes(text, notebook) == {"test_a": "pass"}


def test_names_of_pytest_and_its_plugins_are_never_shadowed(notebook):
    notebook.update(request="mine", tmp_path="mine", capsys="mine", monkeypatch="mine", mlqa_rng="mine")
    text = """
def test_a(request, tmp_path, capsys, monkeypatch, mlqa_rng):
    assert "mine" not in [request, tmp_path, capsys, monkeypatch, mlqa_rng]
"""
    assert outcomes(text, notebook) == {"test_a": "pass"}


def test_a_fixture_of_the_cell_beats_a_variable_and_stays_for_later_cells(notebook):
    assert outcomes("@pytest.fixture\ndef number(): return 7\ndef test_a(number): assert number == 7", notebook) == {
        "test_a": "pass"
    }
    assert outcomes("def test_b(number): assert number == 7", notebook) == {"test_b": "pass"}


def test_the_same_object_reaches_the_test(notebook):
    notebook["table"] = object()
    assert outcomes("whole = table\ndef test_a(table): assert table is whole", notebook) == {"test_a": "pass"}


def test_an_unknown_argument_is_named_with_the_nearest(notebook):
    report = run_cell("%%mlqa\ndef test_a(numbr): pass", namespace=notebook, cell_id="")
    assert report.cases[0].crash.type == "UsageError"
    assert "did you mean 'number'?" in report.cases[0].crash.message
    notebook["quit"] = quit
    report = run_cell("%%mlqa\ndef test_a(built): pass", namespace=notebook, cell_id="")
    assert "'quit'" not in report.cases[0].crash.message


def test_definitions_stay_in_the_namespace_and_nothing_of_ours_does(notebook):
    before = set(notebook)
    outcomes(
        "import json\nassert 1\nverdict('pass')\ndef helper(): return json\ndef test_a(): assert helper()", notebook
    )
    # the last two serve the assertions of functions that stay
    assert set(notebook) - before - {"__builtins__"} == {"json", "helper", "test_a", "@py_builtins", "@pytest_ar"}


def test_only_the_tests_of_this_cell_are_run(notebook):
    outcomes("def test_a(): pass", notebook)
    assert outcomes("def test_b(): test_a()", notebook) == {"test_b": "pass"}


def test_bare_checks_and_assertions_become_cases(notebook):
    text = """verdict("pass", alpha=0.01)
assert verdict("fail")
assert number == 4
assert number == 3
number
for outcome in ("pass", "undecided"):
    verdict(outcome)
mlqa.Report.of(verdict("fail"), source="inner")
def test_last(): pass
"""
    import mlqa

    notebook["mlqa"] = mlqa
    report = run_cell(f"%%mlqa\n{text}", namespace=notebook, cell_id="c1")
    assert [(case.source, case.outcome, case.line) for case in report.cases] == [
        ("line 2", "pass", 2),
        ("line 3", "fail", 3),
        ("line 4", "fail", 4),
        ("line 5", "pass", 5),
        ("line 8", "pass", 8),
        ("line 8", "undecided", 8),
        ("line 9: inner", "fail", 9),
        ("test_last", "pass", 10),
    ]
    assert report.alpha_spent == 0.01


def test_settings_of_the_project_hold_and_options_of_the_cell_come_first(notebook, tmp_path):
    with (tmp_path / "pyproject.toml").open("a") as file:
        file.write("[tool.mlqa]\nalpha = 0.01\n")
    text = """
from mlqa.alpha import level_of
def test_a(): assert verdict("pass", alpha=level_of(None))
verdict("pass", alpha=level_of(None))
"""
    levels = [
        [found.alpha for found in run_cell(f"%%mlqa {line}{text}", namespace=notebook, cell_id="").verdicts]
        for line in ("", "--alpha 0.02")
    ]
    assert levels == [[0.01, 0.01], [0.02, 0.02]]


def test_settings_for_plugins_that_a_kernel_leaves_out_do_no_harm(notebook, tmp_path):
    text = "[pytest]\nfilterwarnings = error\ncache_dir = .c\nfaulthandler_timeout = 9\nstrict_config = true\n"
    (tmp_path / "pytest.ini").write_text(text + "testpaths = elsewhere\nnorecursedirs = *\npython_files = check_*.py\n")
    cell = "def test_a(): pass\ndef test_b():\n    import warnings\n    warnings.warn('now')"
    assert outcomes(cell, notebook) == {"test_a": "pass", "test_b": "crash"}


@pytest.mark.parametrize("body", ["def test_a():\n    assert verdict('undecided')", "verdict('undecided')"])
def test_strict_lets_undecided_fail_and_the_report_says_so_to_any_reader(notebook, body):
    report = run_cell(f"%%mlqa --strict\n{body}", namespace=notebook, cell_id="")
    assert [found.outcome for found in report.verdicts] == [Outcome.UNDECIDED, Outcome.FAIL]
    assert report.verdicts[1].reason == "UNDECIDED counts as a failure here: demo.claim: so"
    assert not report.ok


def test_k_and_select_choose_tests(notebook):
    text = """
@pytest.mark.parametrize("a", [1, 2])
def test_p(a): pass
class TestA:
    def test_m(self): pass
def test_q(): pass
verdict("pass")
"""
    assert set(outcomes(text, notebook, select=["test_p[2]", "TestA"])) == {"test_p[2]", "TestA::test_m"}
    assert set(outcomes(text, notebook, select=["test_p"])) == {"test_p[1]", "test_p[2]"}
    assert set(outcomes(text, notebook, select=[])) == set()
    report = run_cell(f"%%mlqa -k 'test_q or test_m'\n{text}", namespace=notebook, cell_id="")
    assert [case.source for case in report.cases] == ["TestA::test_m", "test_q", "line 8"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("%%mlqa\nx = 1\n", "no tests in this cell"),
        ("%%mlqa -k z\ndef test_a(): pass", "-k z fits none of this cell's tests: test_a"),
    ],
)
def test_a_run_of_nothing_says_so(notebook, source, reason):
    ran = run(source, namespace=notebook, cell_id="")
    assert [case.outcome for case in ran.report.cases] == ["skipped"]
    assert reason in ran.report.cases[0].verdicts[0].reason
    assert reason in ran.words


def test_a_syntax_error_is_a_crash_with_its_line(notebook):
    ran = run("%%mlqa\nx = 1\ny = (\n", namespace=notebook, cell_id="c1")
    case = ran.report.cases[0]
    assert (case.source, case.line, case.crash.type) == ("line 3", 3, "SyntaxError")
    assert "pytest" not in case.crash.traceback
    assert isinstance(ran.error, SyntaxError)


def test_a_broken_top_level_is_a_crash_without_frames_of_pytest(notebook):
    report = run_cell("%%mlqa\nverdict('pass')\nabsent()\ndef test_a(): pass", namespace=notebook, cell_id="c1")
    assert [(case.source, case.outcome) for case in report.cases] == [("line 2", "pass"), ("line 3", "crash")]
    assert report.cases[1].crash.traceback.splitlines()[1:3] == [
        '  File "<cell c1>", line 3, in <module>',
        "    absent()",
    ]


def test_a_cell_can_skip_itself(notebook):
    report = run_cell(
        "%%mlqa\npytest.importorskip('never_heard_of')\ndef test_a(): pass", namespace=notebook, cell_id=""
    )
    assert [(case.source, case.outcome) for case in report.cases] == [("line 2", "skipped")]


@pytest.mark.parametrize("line", ["--never", "-k", "-k 'open"])
def test_wrong_options_are_refused(notebook, line):
    with pytest.raises(UsageError, match="%%mlqa="):
        run_cell(f"%%mlqa {line}\ndef test_a(): pass", namespace=notebook, cell_id="")


def test_a_broken_conftest_is_a_crash_that_names_it(notebook, tmp_path):
    (tmp_path / "conftest.py").write_text("import never_heard_of\n")
    report = run_cell("%%mlqa\ndef test_a(): pass", namespace=notebook, cell_id="")
    assert report.cases[-1].crash is not None
    assert "never_heard_of" in report.cases[-1].crash.traceback


def test_xunit_unittest_autouse_and_module_marks_work_as_in_a_module(notebook):
    text = """
import unittest
pytestmark = pytest.mark.usefixtures("tmp_path")
seen = []
def setup_module(module): seen.append("module")
@pytest.fixture(autouse=True)
def always(): seen.append("always")
class Old(unittest.TestCase):
    def test_o(self): self.assertEqual(seen, ["module", "always"])
class TestNew:
    def setup_method(self): self.x = 1
    def test_n(self): assert self.x == 1
async def helper(): ...
def test_f(request): assert "tmp_path" in request.fixturenames
"""
    assert outcomes(text, notebook) == {"Old::test_o": "pass", "TestNew::test_n": "pass", "test_f": "pass"}
