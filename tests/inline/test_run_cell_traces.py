"""What a cell's run leaves behind, prints and passes on."""

from __future__ import annotations

import asyncio
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mlqa.inline.run import run, run_cell


def outcomes(text, namespace, **options):
    """Run a cell and return ``{source: outcome}``."""
    report = run_cell(f"%%mlqa\n{text}", namespace=namespace, cell_id="c1", **options)
    return {case.source: case.outcome for case in report.cases}


def test_pytest_prints_nothing_and_only_failures_show_what_they_printed(notebook, capsys):
    text = "%%mlqa\nprint('top')\ndef test_a(): print('quiet')\ndef test_b():\n    print('loud')\n    1 / 0"
    ran = run(text, namespace=notebook, cell_id="")
    assert capsys.readouterr().out == "top\n"
    assert "loud" in ran.words
    assert "quiet" not in ran.words


def test_an_event_loop_may_be_running(notebook):
    async def kernel():
        found = outcomes(
            "import asyncio\nasync def answer(): return 3\ndef test_a(): assert asyncio.run(answer()) == 3", notebook
        )
        assert asyncio.get_running_loop()
        await asyncio.sleep(0)
        return found

    # in a thread: a test of a browser may have left a loop running in this one
    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asyncio.run, kernel()).result() == {"test_a": "pass"}


def test_nothing_is_left_beside_the_notebook_or_in_the_process(notebook, tmp_path, recwarn):
    before = ({path.name for path in tmp_path.iterdir()}, dict(os.environ), list(sys.path), Path.cwd())
    text = """
from hypothesis import given, strategies as st
@given(st.integers())
def test_a(x): assert x < 50
"""
    assert outcomes(text, notebook) == {"test_a": "fail"}
    after = ({path.name for path in tmp_path.iterdir()}, dict(os.environ), list(sys.path), Path.cwd())
    assert after == before
    assert not [warning for warning in recwarn if "rewritten" in str(warning.message)]


def test_an_interrupt_is_passed_on(notebook):
    with pytest.raises(KeyboardInterrupt, match="interrupted at <cell c1>, line 2") as caught:
        run_cell("%%mlqa\ndef test_a(): raise KeyboardInterrupt", namespace=notebook, cell_id="c1")
    assert len(caught.traceback) < 5


def test_an_edited_conftest_is_read_again(notebook, tmp_path):
    text = "def test_a(limit): assert limit == 1"
    for value, wanted in ((1, "pass"), (2, "fail")):
        (tmp_path / "conftest.py").write_text(
            f"import pytest\n@pytest.fixture\ndef limit(): return {value:_>9}\n".replace("_", " ")
        )
        assert outcomes(text, notebook) == {"test_a": wanted}


def test_a_run_inside_a_run_leaves_the_outer_one_alone(notebook):
    current = os.environ.get("PYTEST_CURRENT_TEST")
    outcomes("def test_a(): assert [1] == [2]", notebook)
    assert os.environ.get("PYTEST_CURRENT_TEST") == current
    with pytest.raises(AssertionError, match="At index 0 diff"):
        assert [1] == [2]
