"""The worker's process: warm, quiet, and gone whatever happens to it or to its owner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import mlqa
from mlqa.bridges.deepchecks import session
from mlqa.errors import BridgeError
from mlqa.verdict import Outcome

pytestmark = pytest.mark.deepchecks
TABLE = pl.DataFrame({"a": [1.0, 2.0, 3.0, 4.0] * 10, "b": ["x", "y"] * 20})


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pid: int) -> bool:
    """Whether a process ends; it is given time, since nothing here measures any."""
    for _ in range(600):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def worker(their_python):
    with session.borrowed(their_python) as borrowed:
        yield borrowed


def test_a_second_suite_asks_the_same_process(their_python, capsys):
    mlqa.deepchecks("IsSingleValue", train=TABLE)
    with session.borrowed(their_python) as worker:
        first = worker.process.pid
    began = time.perf_counter()
    report = mlqa.deepchecks("data_integrity", train=TABLE, displays=False)
    took = time.perf_counter() - began
    assert Outcome.PASS in {verdict.outcome for verdict in report.verdicts}
    with session.borrowed(their_python) as worker:
        began = time.perf_counter()
        worker.ask({"name": "nothing"}, timeout=60)
        start = time.perf_counter() - began
        assert worker.process.pid == first
    with capsys.disabled():
        print(f"\na second suite: begun after {1000 * start:.1f} ms, its {len(report.cases)} cases in {took:.2f} s")


def test_the_worker_is_told_to_send_nothing_anywhere(worker):
    variables = Path(f"/proc/{worker.process.pid}/environ").read_bytes().split(b"\0")
    assert b"DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY=1" in variables
    names = [name for name, _, _ in (each.partition(b"=") for each in variables)]
    assert b"PYTHONPATH" not in names


def test_the_worker_refuses_the_network():
    code = """
import importlib.util, socket
spec = importlib.util.spec_from_file_location("worker", PATH)
worker = importlib.util.module_from_spec(spec)
spec.loader.exec_module(worker)
worker.refuse_network()
try:
    socket.create_connection(("127.0.0.1", 9))
except PermissionError as error:
    print(error)
""".replace("PATH", repr(str(Path(session.__file__).with_name("worker.py"))))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout == "no network here\n", done.stderr


def test_a_killed_worker_is_an_error_and_the_next_suite_runs(their_python):
    with session.borrowed(their_python) as worker:
        os.kill(worker.process.pid, signal.SIGKILL)
        with pytest.raises(BridgeError, match=r"(?s)ended by signal 9.*memory ran out"):
            worker.ask({"name": "nothing"}, timeout=60)
        folder = worker.folder
    assert not folder.exists()
    assert mlqa.deepchecks("IsSingleValue", train=TABLE).ok


def test_a_hanging_worker_is_ended_after_its_time(their_python):
    with session.borrowed(their_python) as worker:
        os.kill(worker.process.pid, signal.SIGSTOP)
        with pytest.raises(BridgeError, match=r"no answer to a suite in 0\.2 s"):
            worker.ask({"name": "a suite"}, timeout=0.2)
        assert gone(worker.process.pid)


def test_garbage_on_stdout_is_no_answer(their_python, tmp_path, monkeypatch):
    script = tmp_path / "worker.py"
    script.write_text(
        "import json, sys\n"
        "print('hello'); print('[1]'); print(json.dumps({'id': 0, 'ready': True}), flush=True)\n"
        "for line in sys.stdin:\n"
        "    print('a warning'); print('{broken')\n"
        "    print(json.dumps({'id': json.loads(line)['id'], 'results': []}), flush=True)\n"
    )
    monkeypatch.setattr(session, "_WORKER", script)
    worker = session.Worker(Path(sys.executable))
    try:
        assert worker.ask({"name": "x"}, timeout=60)["results"] == []
    finally:
        worker.close()


def test_a_crash_says_what_the_process_wrote_last(tmp_path, monkeypatch):
    script = tmp_path / "worker.py"
    script.write_text("raise SystemExit('the library is broken')")
    monkeypatch.setattr(session, "_WORKER", script)
    with pytest.raises(BridgeError, match=r"ended with exit code 1\. the library is broken"):
        session.Worker(Path(sys.executable))


def test_too_little_memory_is_told_and_the_worker_answers_again(their_python):
    rows = pl.DataFrame({f"c{at}": pl.int_range(400_000, eager=True).cast(pl.Float64) for at in range(12)})
    try:
        report = mlqa.deepchecks("DataDuplicates", train=rows, memory=0.02)
    except BridgeError as error:
        assert "memory" in str(error)  # noqa: PT017 - either of two ways to say it
    else:
        told = [f"{case.crash.type} {case.crash.message}" for case in report.cases if case.crash]
        assert told
        assert any("memory" in text.lower() or "allocate" in text.lower() for text in told)
    assert mlqa.deepchecks("IsSingleValue", train=TABLE).ok


def test_the_workers_end_when_their_owner_is_killed(their_python):
    code = f"""
import sys, time
from pathlib import Path
from mlqa.bridges.deepchecks import session
with session.borrowed(Path({str(their_python)!r})) as worker:
    print(worker.process.pid, flush=True)
    time.sleep(600)
"""
    owner = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        pid = int(owner.stdout.readline())
        assert alive(pid)
    finally:
        owner.kill()
        owner.wait()
        owner.stdout.close()
    assert gone(pid)


def test_several_suites_run_in_workers_of_their_own(their_python):
    names = ["data_integrity", "IsSingleValue"]
    side = mlqa.deepchecks(names, train=TABLE, workers=2, displays=False)
    one = mlqa.deepchecks(names, train=TABLE, displays=False)
    assert side == one
    assert {case.source.partition(":")[0] for case in one.cases} == {"data_integrity", "checks"}
