"""Snapshots: the state after a cell, as often as wanted; refused where a fork would do harm."""

from __future__ import annotations

import os
import signal

import pytest

from mlqa.errors import NotebookError
from mlqa.ipynb.forks import guard
from mlqa.ipynb.kernels import running_kernel

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(bool(guard.unavailable()), reason=f"kernels are not forked: {guard.unavailable()}"),
]


def said(execution):
    assert execution.error is None, execution.error
    return "".join(output.get("text", "") for output in execution.outputs).strip()


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    folder = tmp_path_factory.mktemp("state")
    (folder / "lines").write_text("one\ntwo\nthree\n")
    with running_kernel("python3", folder) as kernel:
        kernel.execute("import logging, random, sys; logging.basicConfig(level=20, format='%(message)s')")
        kernel.execute("random.seed(3); x = [1]; file = open('lines'); first = file.readline()")
        kernel.execute("import numpy as np; rng = np.random.default_rng(0); eye = np.eye(300) @ np.eye(300)")
        kernel.execute("%load_ext autoreload")
        kernel.execute("def double(y):\n    return 2 * y\nnp.random.seed(1)")
        snapshot = kernel.snapshot()
    yield snapshot  # the kernel has ended: its snapshot has not
    snapshot.drop()


def test_each_fork_has_the_state_and_none_sees_the_other(state):
    text = "x.append(random.random()); print(x, file.readline().strip(), np.random.rand(), rng.random(), double(4))"
    one, two = state.kernel(), state.kernel()
    try:
        assert one.how == "forked from a snapshot"
        first = said(one.execute(text))
        assert first.startswith("[1, 0.23796462709189137] two ")
        assert said(two.execute(text)) == first
        assert said(two.execute("print(int((eye @ eye).sum()), file.readline().strip())")) == "300 three"
    finally:
        one.stop()
        two.stop()


def test_history_count_and_extensions_go_on(state):
    kernel = state.kernel()
    try:
        done = kernel.execute("print(In[2][:11]); get_ipython().run_line_magic('autoreload', '0'); _ih[-1][:5]")
        assert done.execution_count == 6
        assert done.outputs[0]["text"] == "random.seed\n"
    finally:
        kernel.stop()


def test_a_logger_and_a_child_process_of_a_fork_write_to_its_own_cell(state):
    kernel = state.kernel()
    try:
        assert said(kernel.execute("logging.info('from the logger')")) == "from the logger"
        assert said(kernel.execute("!echo from the shell")) == "from the shell"
    finally:
        kernel.stop()


def test_an_error_shows_the_line_and_an_interrupt_reaches_a_fork(state):
    kernel = state.kernel()
    try:
        assert kernel.execute("double(None)").error["ename"] == "TypeError"
        with pytest.raises(NotebookError, match="ran longer than"):
            kernel.execute("while True: pass", timeout=0.5)
    finally:
        kernel.stop()


def test_a_fork_can_be_kept_as_a_snapshot_again(state):
    kernel = state.kernel()
    kernel.execute("x.append('more')")
    deeper = kernel.snapshot()
    kernel.stop()
    second = deeper.kernel()
    try:
        assert said(second.execute("print(x)")) == "[1, 'more']"
    finally:
        second.stop()
        deeper.drop()
    with pytest.raises(NotebookError, match="the snapshot is gone"):
        deeper.kernel()


def test_how_a_fork_ended_is_told_and_the_snapshot_goes_on(state):
    kernel = state.kernel()
    with pytest.raises(NotebookError, match="exited with code 5"):
        kernel.execute("import os; os._exit(5)")
    kernel.stop()
    kernel = state.kernel()
    assert said(kernel.execute("print(x)")) == "[1]"
    kernel.stop()


REFUSED = {
    "a thread of the notebook": (
        "import threading, time; threading.Thread(target=time.sleep, args=(60,), name='mine', daemon=True).start()",
        "a thread of the notebook is running: mine",
    ),
    "the threads of polars": (
        "import polars as pl; pl.DataFrame({'a': [1, 2]}).group_by('a').len()",
        "a library keeps threads that a fork would lose: .*polars",
    ),
    "a task": (
        "import asyncio; task = asyncio.create_task(asyncio.sleep(60))",
        "a task of the notebook is not done",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_fork_would_break_refuses_a_snapshot_and_the_kernel_goes_on(tmp_path, name):
    cell, words = REFUSED[name]
    with running_kernel("python3", tmp_path) as kernel:
        assert kernel.execute(cell).error is None
        with pytest.raises(NotebookError, match=f"no snapshot: {words}"):
            kernel.snapshot()
        assert said(kernel.execute("print('on')")) == "on"


def test_a_dead_kernel_has_no_snapshot(tmp_path):
    with running_kernel("python3", tmp_path) as kernel:
        pid = int(said(kernel.execute("import os; print(os.getpid())")))
        os.kill(pid, signal.SIGKILL)
        while kernel.is_alive():
            pass
        with pytest.raises(NotebookError, match="no snapshot: the kernel is dead"):
            kernel.snapshot()
