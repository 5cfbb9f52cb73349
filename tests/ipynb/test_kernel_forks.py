"""Kernels forked from the server: like fresh ones, told apart, and never left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import mlqa
from mlqa.errors import NotebookError
from mlqa.ipynb.forks import guard, servers
from mlqa.ipynb.kernels import Kernel, running_kernel

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(bool(guard.unavailable()), reason=f"kernels are not forked: {guard.unavailable()}"),
]
OWNER = """
import sys, time
from mlqa.ipynb.kernels import Kernel
kernel = Kernel("python3", ".")
kernel.execute("import subprocess; subprocess.Popen(['sleep', '299'])")
kernel.execute("import os; os.system('setsid nohup sleep 298 >/dev/null 2>&1 &')")
snapshot = kernel.snapshot()
other = snapshot.kernel()
print("up", flush=True)
time.sleep(300)
"""


def said(execution):
    assert execution.error is None, execution.error
    return "".join(output.get("text", "") for output in execution.outputs).strip()


def marked(mark):
    """Return the processes whose environment holds a mark: forks have that of the server they came from."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "environ").read_bytes().split(b"\0")
                if f"MLQA_TEST_MARK={mark}".encode() in words and " Z " not in (entry / "stat").read_text():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def emptied(mark, seconds=10.0):
    until = time.monotonic() + seconds
    while (left := marked(mark)) and time.monotonic() < until:
        time.sleep(0.05)
    return left


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    with running_kernel("python3", tmp_path_factory.mktemp("forked")) as started:
        yield started


def test_a_kernel_of_this_interpreter_is_forked_and_says_so(kernel):
    assert kernel.how == "forked"


def test_two_kernels_share_a_server_and_nothing_else(kernel, tmp_path):
    kernel.execute("only_here = 1")
    with running_kernel("python3", tmp_path) as other:
        assert other.execute("only_here").error["ename"] == "NameError"
        assert len([server for server in servers._servers.values() if server.alive()]) == 1


def test_a_fork_is_like_a_fresh_process(kernel, tmp_path, monkeypatch):
    monkeypatch.setenv("MLQA_TEST_FRESH", "yes")
    text = """
import json, os, signal, sys
found = dict(session=os.getsid(0) == os.getpid(), group=os.getpgrp() == os.getpid(),
    mask=sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), name=__name__, cwd=os.getcwd(),
    interrupt=signal.getsignal(signal.SIGTERM) is signal.SIG_DFL, env=os.environ["MLQA_TEST_FRESH"],
    argv=os.path.basename(sys.argv[0]), stdin=os.readlink("/proc/self/fd/0"))
print(json.dumps(found))
"""
    with running_kernel("python3", tmp_path) as fresh:
        found = json.loads(said(fresh.execute(text)))
    assert (found["session"], found["group"], found["mask"], found["interrupt"]) == (True, True, [], True)
    assert (found["name"], found["cwd"], found["env"]) == ("__main__", str(tmp_path), "yes")
    assert (found["argv"], found["stdin"]) == ("ipykernel_launcher", "/dev/null")


def test_what_a_cold_kernel_finds_on_its_path_a_forked_one_finds(kernel, tmp_path, monkeypatch):
    text = "import sys; print(sys.path)"
    with running_kernel("python3", tmp_path) as forked:
        warm = said(forked.execute(text))
    monkeypatch.setattr("mlqa.ipynb.forks.provisioner.unavailable", lambda: "a test says so")
    with running_kernel("python3", tmp_path) as cold:
        assert cold.how == "cold: a test says so"
        assert said(cold.execute(text)) == warm


def test_what_an_interpreter_reads_at_its_start_gets_a_server_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "only_there.py").write_text("x = 5")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("PYTHONPATH", f"lib{os.pathsep}{os.environ.get('PYTHONPATH', '')}".rstrip(os.pathsep))
    with running_kernel("python3", tmp_path) as other:
        assert other.how == "forked"
        done = said(other.execute("import only_there; print(only_there.x, hash('mlqa'))"))
    told = subprocess.run([sys.executable, "-c", "print(hash('mlqa'))"], capture_output=True, text=True, check=True)
    assert done == f"5 {told.stdout.strip()}"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("import os; os._exit(3)", r"it exited with code 3"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", r"killed by signal 9; out of memory\?"),
        ("import ctypes; ctypes.string_at(0)", r"killed by signal 11: a crash in compiled code"),
    ],
)
def test_how_a_kernel_ended_is_told_exactly_and_the_next_one_starts(tmp_path, cell, words):
    with running_kernel("python3", tmp_path) as kernel, pytest.raises(NotebookError, match=words):
        kernel.execute(cell)
    with running_kernel("python3", tmp_path) as kernel:
        assert said(kernel.execute("print(1)")) == "1"


def test_a_cell_that_closes_stdout_forks_and_starts_threads_is_told_of_and_leaves_nothing(tmp_path):
    text = """
import os, subprocess, threading, time
threading.Thread(target=time.sleep, args=(300,)).start()
if os.fork() == 0:
    time.sleep(300)
    os._exit(0)
child = subprocess.Popen(["setsid", "sleep", "300"])
os.system("setsid nohup sleep 297 >/dev/null 2>&1 &")
os.close(1)
print(child.pid)
"""
    with running_kernel("python3", tmp_path) as kernel:
        pid = int(said(kernel.execute(text)))
    assert not Path(f"/proc/{pid}").exists()
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "sleep 297" not in listed


def test_what_a_child_process_prints_is_an_output(kernel):
    assert said(kernel.execute("import subprocess; subprocess.run(['echo', 'from a child'])")) == "from a child"


def test_a_flood_of_output_is_kept_in_part_and_says_so(kernel):
    text = said(kernel.execute("import os\nfor i in range(30): os.write(1, b'\\xff' * 1_000_000)"))
    assert "[mlqa: only the first 10,000,000 characters are kept]" in text
    assert len(text) < 10_001_000
    assert said(kernel.execute("print('and on')")) == "and on"


@pytest.mark.parametrize("victim", ["owner", "owner and server"])
def test_nothing_survives_a_killed_owner(tmp_path, victim):
    mark = f"{os.getpid()}-{victim.replace(' ', '-')}"
    words = {"MLQA_TEST_MARK": mark, "PYTHONPATH": str(Path(mlqa.__file__).parents[1])}
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER], cwd=tmp_path, env={**os.environ, **words}, stdout=subprocess.PIPE
    )
    try:
        assert owner.stdout.readline() == b"up\n"
        assert len(marked(mark)) >= 8  # owner, server, two kernels, two keepers, a snapshot, what the cells started
        if victim != "owner":
            serving = Path(f"/proc/{owner.pid}/task/{owner.pid}/children").read_text().split()
            for pid in serving:
                os.kill(int(pid), signal.SIGKILL)
    finally:
        owner.kill()
        owner.communicate()
    assert emptied(mark) == []


def test_a_killed_server_is_replaced_and_its_kernels_go_on(tmp_path):
    with running_kernel("python3", tmp_path) as kernel:
        for server in servers._servers.values():
            os.kill(server.pid, signal.SIGKILL)
        assert said(kernel.execute("print('on')")) == "on"
        with running_kernel("python3", tmp_path) as other:
            assert (other.how, said(other.execute("print('new')"))) == ("forked", "new")


def test_a_killed_keeper_takes_its_kernel_along(tmp_path):
    kernel = Kernel("python3", tmp_path)
    pid = int(said(kernel.execute("import os; os.kill(os.getppid(), 9) if False else print(os.getpid())")))
    with pytest.raises(NotebookError, match="killed by signal 9"):
        kernel.execute("os.kill(os.getppid(), 9); import time; time.sleep(60)")
    kernel.stop()
    assert not Path(f"/proc/{pid}").exists()


NBCLIENT = """
import nbformat, os
from nbclient import NotebookClient
book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("import os; os.getppid()")])
client = NotebookClient(book, kernel_name="python3")
with client.setup_kernel():
    client.execute_cell(book.cells[0], 0)
    print(client.km.provisioner.how, int(book.cells[0].outputs[0]["data"]["text/plain"]) != os.getpid())
"""


def test_other_tools_fork_when_the_environment_names_the_provisioner(tmp_path):
    info = tmp_path / "installed" / "fork_for_test-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fork-for-test\nVersion: 0\n")
    lines = (Path(mlqa.__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    name, _, where = next(line for line in lines if line.startswith("mlqa-fork")).partition(" = ")
    (info / "entry_points.txt").write_text(f"[jupyter_client.kernel_provisioners]\n{name} = {where.strip(chr(34))}\n")
    path = os.pathsep.join([str(Path(mlqa.__file__).parents[1]), str(info.parent)])
    words = {"PYTHONPATH": path, "JUPYTER_DEFAULT_PROVISIONER_NAME": "mlqa-fork"}
    env = {**os.environ, **words}
    told = subprocess.run([sys.executable, "-c", NBCLIENT], capture_output=True, text=True, check=False, env=env)
    assert told.stdout.strip().endswith("forked True"), told.stderr


def test_a_kernel_of_another_command_runs_cold_and_says_why(tmp_path, monkeypatch):
    folder = tmp_path / "kernels" / "wrapped"
    folder.mkdir(parents=True)
    (tmp_path / "wrap.py").write_text("from ipykernel.kernelapp import launch_new_instance as go\ngo()\n")
    argv = [sys.executable, str(tmp_path / "wrap.py"), "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Wrapped", "language": "other"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    with running_kernel("wrapped", tmp_path) as kernel:
        assert kernel.how == "cold: the kernel spec does not run `python -m ipykernel_launcher`"
        assert said(kernel.execute("print('cold')")) == "cold"
        with pytest.raises(NotebookError, match="no snapshot: the kernel is cold: the kernel spec"):
            kernel.snapshot()
