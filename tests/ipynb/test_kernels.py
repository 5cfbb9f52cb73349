"""A kernel driven cell by cell: outputs as a front end would keep them, and no hang and no orphan."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from mlqa.errors import NotebookError
from mlqa.ipynb.kernels import Kernel, running_kernel
from mlqa.ipynb.messages import Outputs

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    with running_kernel("python3", tmp_path_factory.mktemp("nb")) as started:
        yield started


def said(execution):
    return "".join(output.get("text", "") for output in execution.outputs)


def gone(pid):
    """Say whether a process has ended (a zombie that nobody has waited for counts)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_it_runs_this_interpreter_in_the_folder_of_the_notebook(kernel):
    done = kernel.execute("import os, sys; print(sys.executable, os.path.basename(os.getcwd()))")
    assert said(done).split()[0] == sys.executable
    assert said(done).split()[1].startswith("nb")


def test_a_trailing_semicolon_silences(kernel):
    assert kernel.execute("1 + 1;").outputs == []
    assert kernel.execute("1 + 1").outputs[0]["data"]["text/plain"] == "2"


def test_an_error_is_an_output_and_the_kernel_goes_on(kernel):
    done = kernel.execute("print('before')\n1 / 0")
    assert (done.error["ename"], said(done)) == ("ZeroDivisionError", "before\n")
    assert said(kernel.execute("print('after')")) == "after\n"


def test_cleared_and_updated_displays_are_kept_as_shown(kernel):
    text = """
from IPython.display import clear_output, display
print("lost"); clear_output()
handle = display("first", display_id=True)
handle.update("second")
"""
    done = kernel.execute(text)
    assert [output.get("data", {}).get("text/plain") for output in done.outputs] == ["'second'"]
    done = kernel.execute("print('old'); clear_output(wait=True); print('new')")
    assert said(done) == "new\n"


def test_the_cell_id_reaches_the_kernel(kernel):
    done = kernel.execute("print(get_ipython().get_parent()['metadata'].get('cellId'))", cell_id="abc")
    assert said(done) == "abc\n"


def test_asking_for_input_is_an_error_not_a_hang(kernel):
    assert kernel.execute("input()").error["ename"] == "StdinNotImplementedError"


def test_too_long_a_cell_is_stopped(tmp_path):
    with running_kernel("python3", tmp_path) as kernel:
        with pytest.raises(NotebookError, match=r"cell slow ran longer than 0.5 s"):
            kernel.execute("import time; time.sleep(60)", cell_id="slow", timeout=0.5)
        assert not kernel.is_alive()
        with pytest.raises(NotebookError, match="dead, cell next was not run"):
            kernel.execute("1", cell_id="next")


def test_a_killed_kernel_is_a_clear_error_with_its_last_words_and_leaves_no_orphan(tmp_path):
    kernel = Kernel("python3", tmp_path)
    text = "import os, subprocess, sys; child = subprocess.Popen(['sleep', '300']); print(os.getpid(), child.pid)"
    pid, child = map(int, said(kernel.execute(text)).split())
    kernel.execute("sys.__stderr__.write('out of luck'); sys.__stderr__.flush()")
    threading.Timer(0.5, os.kill, (pid, signal.SIGKILL)).start()
    with pytest.raises(NotebookError, match=r"the kernel died in cell c1 \(killed by signal 9") as caught:
        kernel.execute("import time; time.sleep(60)", cell_id="c1")
    assert "out of luck" in str(caught.value)
    kernel.stop()
    assert gone(pid)
    until = time.monotonic() + 5
    while not gone(child) and time.monotonic() < until:
        time.sleep(0.02)
    assert gone(child)


def test_a_kernel_that_exits_says_its_code(tmp_path):
    with running_kernel("python3", tmp_path) as kernel, pytest.raises(NotebookError, match="it exited with code 7"):
        kernel.execute("import os; os._exit(7)")


def test_an_interrupt_kills_the_kernel(tmp_path):
    with running_kernel("python3", tmp_path) as kernel:
        pid = int(said(kernel.execute("import os; print(os.getpid())")))
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            kernel.execute("import time; time.sleep(60)")
        assert gone(pid)


def test_a_missing_kernelspec_is_named_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(NotebookError, match=r"asks for the kernel 'absent'.*jupyter kernelspec list"):
        Kernel("absent", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_messages_of_a_stream_are_joined():
    outputs = Outputs()
    for text in ("a", "b"):
        outputs.add({"header": {"msg_type": "stream"}, "content": {"name": "stdout", "text": text}})
    outputs.add({"header": {"msg_type": "status"}, "content": {"execution_state": "idle"}})
    assert outputs.done
    assert outputs.kept == [{"output_type": "stream", "name": "stdout", "text": "ab"}]
