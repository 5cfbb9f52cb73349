"""``%load_ext mlqa`` and ``%%mlqa`` in a real kernel, as a front end sees them."""

from __future__ import annotations

import pytest
from nbformat import v4

from mlqa.ipynb.cells import source_hash
from mlqa.ipynb.kernels import running_kernel
from mlqa.ipynb.outputs import reports_in
from mlqa.report.report import MIME

pytestmark = pytest.mark.kernel

PREPARED = """
%load_ext mlqa
import hypothesis, pytest
from mlqa import Outcome, Report, Verdict
def verdict(outcome):
    return Verdict(check="demo.claim", outcome=Outcome(outcome), claim="it holds", reason="so")
number = 3
"""


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nb")
    with running_kernel("python3", folder) as started:
        assert started.execute(PREPARED).error is None
        started.folder = folder
        yield started


def kinds(execution):
    return [output["output_type"] for output in execution.outputs]


def test_the_result_is_one_display_with_three_forms(kernel):
    source = "%%mlqa\ndef test_a(number): assert number == 3\n"
    done = kernel.execute(source, cell_id="c7")
    assert kinds(done) == ["display_data"]
    data = done.outputs[0]["data"]
    assert sorted(data) == [MIME, "text/html", "text/plain"]
    assert "<script" not in data["text/html"]
    assert "<style" not in data["text/html"]
    report = reports_in(done.outputs)[0]
    assert [case.source for case in report.cases] == ["test_a"]
    assert (report.origin.cell_id, report.origin.source_hash) == ("c7", source_hash(source))


def test_a_failure_prints_what_its_reader_needs_ahead_of_the_display(kernel):
    done = kernel.execute("%%mlqa\ndef test_a():\n    print('seen')\n    assert [1] == [2]\n", cell_id="c8")
    assert kinds(done) == ["stream", "display_data"]
    assert done.error is None
    assert "At index 0 diff" in done.outputs[0]["text"]
    assert "seen" in done.outputs[0]["text"]


def test_the_exact_text_is_hashed_whatever_stands_in_the_magic_line(kernel):
    source = "%%mlqa    -k   a  \ndef test_a(): pass\n\n\n"
    assert reports_in(kernel.execute(source).outputs)[0].origin.source_hash == source_hash(source)


def test_a_syntax_error_reads_as_in_any_cell(kernel):
    done = kernel.execute("%%mlqa\nx = 1\ny = (\n", cell_id="c9")
    assert kinds(done) == ["display_data", "error"]
    assert done.error["ename"] == "SyntaxError"
    told = "\n".join(done.error["traceback"])
    assert "<cell c9>:3" in told
    assert "pytest" not in told
    assert reports_in(done.outputs)[0].cases[0].crash.type == "SyntaxError"


def test_a_wrong_option_is_one_line(kernel):
    done = kernel.execute("%%mlqa --never\ndef test_a(): pass")
    assert "UsageError: %%mlqa=" in done.outputs[0]["text"]
    assert "Traceback" not in str(done.outputs)


def test_verdicts_and_reports_display_as_reports(kernel):
    for text in ("verdict('fail')", "Report.of(verdict('fail'))"):
        data = kernel.execute(text).outputs[0]["data"]
        assert sorted(data) == [MIME, "text/html", "text/plain"]
        assert data[MIME]["cases"][0]["verdicts"][0]["check"] == "demo.claim"
        assert data["text/plain"].count("demo.claim") >= 1


def test_helpers_of_a_test_cell_serve_later_cells_and_raise_readable_errors(kernel):
    kernel.execute("%%mlqa\ndef helper(x):\n    assert x == 1\n    return x\ndef test_a(): helper(1)\n", cell_id="c10")
    assert kernel.execute("helper(1)").error is None
    done = kernel.execute("helper(2)")
    assert done.error["evalue"].startswith("assert 2 == 1")
    assert "<cell c10>:3" in "\n".join(done.error["traceback"])


def test_the_kernel_goes_on_with_its_loop_and_without_names_of_ours(kernel):
    kernel.execute("%%mlqa\nimport asyncio\ndef test_a(): asyncio.run(asyncio.sleep(0))\n")
    done = kernel.execute(
        "await asyncio.sleep(0)\nprint([n for n in get_ipython().run_line_magic('who_ls', '') if '@' in n])"
    )
    assert done.outputs == [{"output_type": "stream", "name": "stdout", "text": "[]\n"}]


def test_nothing_is_written_beside_the_notebook(kernel):
    text = "%%mlqa\n@hypothesis.given(hypothesis.strategies.integers())\ndef test_a(x): assert x < 9\ntest_a\n"
    kernel.execute(text)
    kernel.execute("try:\n    test_a()\nexcept AssertionError: pass")
    assert list(kernel.folder.iterdir()) == []


def test_shell_lines_and_magics_may_stand_in_a_test_cell(kernel):
    done = kernel.execute("%%mlqa\nfound = !echo hi\ndef test_a(): assert found == ['hi']\n")
    assert [case.outcome for case in reports_in(done.outputs)[0].cases] == ["pass"]


def test_unloading_takes_all_back_and_loading_twice_does_no_harm(kernel):
    kernel.execute("%load_ext mlqa\n%reload_ext mlqa")
    assert kinds(kernel.execute("%%mlqa\ndef test_a(): pass")) == ["display_data"]
    kernel.execute("%unload_ext mlqa")
    assert "Cell magic `%%mlqa` not found" in str(kernel.execute("%%mlqa\ndef test_a(): pass").outputs)
    assert MIME not in kernel.execute("verdict('pass')").outputs[0]["data"]
    kernel.execute("%load_ext mlqa")
    assert MIME in kernel.execute("verdict('pass')").outputs[0]["data"]


def test_outputs_are_valid_in_a_notebook_file(kernel):
    import nbformat

    done = kernel.execute("%%mlqa\ndef test_a(): assert False")
    cell = v4.new_code_cell("x", outputs=[nbformat.from_dict(output) for output in done.outputs])
    nbformat.validate(v4.new_notebook(cells=[cell]))
