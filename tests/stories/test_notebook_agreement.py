"""What the kernel, the terminal and the report say of a notebook's tests is the same."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.kernel

PREPARED = """
import mlqa, pytest
def verdict(outcome):
    return mlqa.Verdict(check="demo.claim", outcome=mlqa.Outcome(outcome), claim="it holds", reason="so it was")
"""


def test_the_report_lists_tests_by_cell_and_then_by_line(project, notebook):
    cells = {"z": "%%mlqa\n\n\n\ndef test_1(): pass\ndef test_2(): pass", "a": "%%mlqa\ndef test_3(): pass"}
    files = {"a.ipynb": notebook(cells), "test_b.py": "import pytest\n@pytest.mark.parametrize('n', range(11))\n"}
    files["test_b.py"] += "def test_n(n): pass\n"
    story = project(files)
    wanted = ["a.ipynb::z::test_1", "a.ipynb::z::test_2", "a.ipynb::a::test_3"]
    wanted += [f"test_b.py::test_n[{n}]" for n in range(11)]
    for args in ((), ("--random-order", "--random-order-seed=1"), ("-n2",)):
        run = story.run("--mlqa", "--mlqa-report=report.json", *args, apart="-n2" in args)
        assert [case.source for case in run.report.cases] == wanted, args
        (story.folder / "report.json").unlink()


@pytest.mark.parametrize("workers", [(), ("-n2",)])
def test_the_short_summary_names_the_cause_under_xdist_too(project, notebook, workers):
    cells = {"prep": PREPARED, "one": "%%mlqa\ndef test_a(): assert verdict('fail')\ndef test_b(): 1 / 0"}
    run = project({"a.ipynb": notebook(cells)}).run("--mlqa", *workers, apart=bool(workers))
    assert "FAILED a.ipynb::one::test_a - FAIL demo.claim: so it was" in run.text
    assert "FAILED a.ipynb::one::test_b - ZeroDivisionError: division by zero" in run.text
    assert "a.ipynb, cell one, line 2\n\nFAIL  demo.claim  (contract)\n" in run.text


@pytest.mark.parametrize(
    ("options", "line"), [(("--mlqa-strict",), ""), ((), " --strict"), (("--mlqa-strict",), " --strict")]
)
@pytest.mark.parametrize("body", ["def test_a(): assert verdict('undecided')", "verdict('undecided')"])
def test_a_strict_failure_is_one_in_the_report_too(project, notebook, options, line, body):
    story = project({"a.ipynb": notebook({"prep": PREPARED, "one": f"%%mlqa{line}\n{body}"})})
    run = story.run("--mlqa", "--mlqa-report=report.json", *options)
    assert run.outcomes == {"failed": 1, "passed": 1}
    assert " - UNDECIDED demo.claim: so it was" in run.text
    assert "a.ipynb, cell one, line " in run.text
    assert "\n\nUNDECIDED  demo.claim  (contract)\n" in run.text
    told = [(verdict.check, verdict.outcome.value) for verdict in run.report.cases[1].verdicts]
    assert told == [("demo.claim", "undecided"), ("test.assertion", "fail")]


def test_strictness_of_a_file_is_in_the_report_too(answers):
    text = "from answers import answer\ndef test_a(): assert answer('undecided')\n"
    run = answers({"test_a.py": text}).run("--mlqa", "--mlqa-strict", "--mlqa-report=report.json")
    assert run.outcomes == {"failed": 1}
    assert not run.report.ok
    assert run.summary.count("UNDECIDED") == 1
