"""Notebooks as bad as they come: each has a clear outcome, and the notebooks after it run."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.kernel

AFTER = "%%mlqa\ndef test_after(): pass"
SPEC = {"name": "python3", "display_name": "Python 3", "language": "python"}
V3 = {
    "nbformat": 3,
    "nbformat_minor": 0,
    "metadata": {"name": ""},
    "worksheets": [{"cells": [{"cell_type": "code", "input": "x = 3", "language": "python", "outputs": []}]}],
}


@pytest.fixture
def outcomes(project, notebook):
    """Run one project of many notebooks; return the outcomes by id, and the text."""

    def run(files, *args):
        texts = {name: notebook(cells) if isinstance(cells, dict) else cells for name, cells in files.items()}
        texts["zz.ipynb"] = notebook({"one": AFTER})
        ran = project(texts).run("--mlqa", "-rA", "--color=no", "--continue-on-collection-errors", *args)
        found = {}
        for line in ran.text.splitlines():
            word, _, rest = line.partition(" ")
            if word in {"PASSED", "FAILED", "ERROR"} and ".ipynb" in rest:
                found[rest.partition(" - ")[0].strip()] = word
        return found, ran.text

    return run


def test_files_that_are_hardly_notebooks(outcomes, notebook):
    bare = json.loads(notebook({"one": "x = 1"}))
    files = {
        "a.ipynb": "{not json",
        "b.ipynb": json.dumps(V3),
        "c.ipynb": json.dumps({**bare, "metadata": {}}),
        "d.ipynb": json.dumps({**bare, "metadata": {"kernelspec": {"name": "absent", "display_name": "A"}}}),
        "e.ipynb": json.dumps({**bare, "metadata": {"language_info": {"name": "R"}}}),
    }
    found, text = outcomes(files)
    assert found["a.ipynb"] == found["e.ipynb"] == "ERROR"
    assert found["c.ipynb::one"] == found["zz.ipynb::one::test_after"] == "PASSED"
    assert [word for name, word in found.items() if name.startswith("b.ipynb::")] == ["PASSED"]
    assert found["d.ipynb::one"] == "ERROR"
    assert "a.ipynb: not a notebook, its text is not JSON" in text
    assert "the notebook asks for the kernel 'absent', which is not installed here" in text
    assert "the notebook names no kernel and its language is 'r'" in text


def test_kernels_that_die(outcomes):
    dies = {"exit": "import os; os._exit(3)", "next": "x = 1"}
    killed = {"kill": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "next": "x = 1"}
    fault = {"fault": "import ctypes; ctypes.string_at(0)", "test": AFTER}
    found, text = outcomes({"a.ipynb": dies, "b.ipynb": killed, "c.ipynb": fault})
    assert found == {
        "a.ipynb::exit": "ERROR",
        "b.ipynb::kill": "ERROR",
        "c.ipynb::fault": "ERROR",
        "zz.ipynb::one::test_after": "PASSED",
    }
    assert "the kernel died in cell exit" in text
    assert "the kernel died in cell kill (killed by signal 9; out of memory?)" in text
    assert "the kernel died in cell fault (killed by signal 11" in text
    assert text.count("SKIPPED") >= 1
    assert "the kernel died in cell exit" in "".join(line for line in text.splitlines() if line.startswith("SKIPPED"))


def test_cells_without_end(outcomes):
    files = {
        "a.ipynb": {"endless": "while True: pass", "next": "x = 1"},
        "b.ipynb": {"deaf": "while True:\n    try:\n        while True: pass\n    except KeyboardInterrupt: pass"},
    }
    found, text = outcomes(files, "--mlqa-cell-timeout=6")
    assert found == {"a.ipynb::endless": "ERROR", "b.ipynb::deaf": "ERROR", "zz.ipynb::one::test_after": "PASSED"}
    assert "cell endless ran longer than 6 s and was stopped" in text
    assert "cell deaf ran longer than 6 s and was stopped" in text


def test_a_notebook_without_end_is_stopped_as_a_whole(outcomes):
    cells = {"one": "import time; time.sleep(0.1)", "two": "time.sleep(99)", "three": "x = 1"}
    found, text = outcomes({"a.ipynb": cells}, "--mlqa-notebook-timeout=8", "-k", "a.ipynb")
    assert found == {"a.ipynb::one": "PASSED", "a.ipynb::two": "ERROR"}
    assert "the notebook ran longer than 8 s and was stopped in cell two" in text


def test_cells_that_do_what_cells_should_not(outcomes):
    cells = {
        "loud": "import sys\nfor _ in range(100): sys.stdout.write('y' * 1_000_000)",
        "binary": "import os\nos.write(1, bytes(range(256))); sys.stdout.buffer if False else None",
        "forks": "child = os.fork()\nif child == 0: os._exit(0)\n_ = os.waitpid(child, 0)",
        "threads": "import threading, time\nthreading.Thread(target=time.sleep, args=(99,)).start()",
        "moves": "os.chdir('/')",
        "asks": "input('name? ')",
        "awaits": "import asyncio\nawait asyncio.sleep(0)\nx = 5",
        "magics": "%time y = 1\n!echo hi\nfound = !echo there\nassert found == ['there']",
        "shell": "%%bash\necho whole",
        "fine": "assert (x, y) == (5, 1)",
        "closes": "sys.stdout.close()",
        "last": "y",
    }
    found, text = outcomes({"a.ipynb": cells})
    failed = {name for name, word in found.items() if word != "PASSED"}
    assert failed == {"a.ipynb::asks"}
    assert "StdinNotImplementedError" in text
    assert found["zz.ipynb::one::test_after"] == "PASSED"
    assert len(text) < 200_000


def test_widgets_are_no_stumbling_block(outcomes):
    pytest.importorskip("ipywidgets")
    cells = {
        "widget": "import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider",
        "value": "assert slider.value == 3",
    }
    found, _ = outcomes({"a.ipynb": cells})
    assert set(found.values()) == {"PASSED"}
