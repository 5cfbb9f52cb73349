"""Real papermill, real kernels: few runs, shared by the tests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlqa.pipeline import run
from mlqa.records import read, verify
from mlqa.report import Report

pytestmark = pytest.mark.kernel

TEST = "%load_ext mlqa", "%%mlqa\ndef test_it(value):\n    assert value > 0"
TOML = """
[pipeline]
name = "tiny"
[parameters]
seed = 7
[steps.use]
notebook = "use.ipynb"
inputs = { mid = "art/mid.txt" }
outputs = { final = "art/final.txt" }
[steps.make]
notebook = "make.ipynb"
inputs = { raw = "raw.txt" }
outputs = { out = "art/mid.txt" }
gate = { expect = ["test_it", "test.assertion"] }
"""
BROKEN = """
[steps.raises]
notebook = "raises.ipynb"
outputs = { out = "art/raises.txt" }
[steps.unwritten]
notebook = "unwritten.ipynb"
outputs = { out = "art/unwritten.txt" }
[steps.untested]
notebook = "untested{x}.ipynb"
outputs = { out = "art/untested.txt" }
gate = { expect = ["quality.schema_holds"] }
[steps.slow]
notebook = "slow.ipynb"
timeout = 10
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory, notebook):
    root = tmp_path_factory.mktemp("pipe")
    make = (
        "#tag parameters\nraw = ''\nout = ''\nseed = 0\nvalue = 1",
        "open(out, 'w').write(open(raw).read() + str(seed))",
    )
    use = "#tag parameters\nmid = ''\nfinal = ''\nvalue = 1", "open(final, 'w').write(open(mid).read() * 2)"
    write = "#tag parameters\nout = ''\nvalue = 1", "open(out, 'w').write('x')"
    for name, cells in {
        "make": (*make, "#tag raises-exception\n1 / 0", *TEST),
        "use": (*use, *TEST),
        "raises": (*write, *TEST, "raise KeyError('age')", "%%mlqa\ndef test_after(): ..."),
        "unwritten": (write[0], *TEST),
        "untested{x}": write,
        "slow": ("import os, time\nopen('slow.pid', 'w').write(str(os.getpid()))\ntime.sleep(60)",),
    }.items():
        (root / f"{name}.ipynb").write_text(notebook(*cells))
    (root / "raw.txt").write_text("raw")
    (root / "pipeline.toml").write_text(TOML)
    (root / "broken.toml").write_text(BROKEN)
    return root


@pytest.fixture(scope="module")
def good(folder):
    told = []
    return run(folder / "pipeline.toml", reason="to see it go", say=told.append), told


@pytest.fixture(scope="module")
def stopped(folder, good):
    return run(folder / "pipeline.toml", parameters={"value": -1, "seed": 8}, say=str)


@pytest.fixture(scope="module")
def broken(folder):
    told = []
    done = run(folder / "broken.toml", into=folder / "elsewhere", say=told.append)
    return done, {result.step.name: result for result in done.steps}, told


def gone(pid: int) -> bool:
    """Whether a process has ended, within a while."""
    for _ in range(100):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.1)
    return False


def test_when_every_gate_says_go_then_outputs_are_published(folder, good):
    done, _ = good
    assert [(result.step.name, result.status) for result in done.steps] == [("make", "go"), ("use", "go")]
    assert done.exit_code == 0
    assert (folder / "art" / "final.txt").read_text() == "raw7raw7"


def test_progress_is_told_in_lines(good):
    done, told = good
    assert told[0] == f"run {done.name} of tiny, 2 steps"
    assert told[1].startswith("  make  go  1 passed")


def test_the_executed_notebook_carries_report_and_decision(good):
    done, _ = good
    executed = json.loads((done.steps[0].folder / "executed.ipynb").read_text())
    assert executed["metadata"]["mlqa"]["decision"] == {"go": True, "reasons": [], "exit_code": 0}
    assert Report.from_dict(executed["metadata"]["mlqa"]["report"]) == done.steps[0].report


def test_an_expected_error_is_kept_as_text(good):
    executed = json.loads((good[0].steps[0].folder / "executed.ipynb").read_text())
    kinds = {output["output_type"] for cell in executed["cells"] for output in cell.get("outputs", [])}
    assert "error" not in kinds
    assert "ZeroDivisionError" in json.dumps(executed)


def test_the_kernel_opens_no_port_and_warns_of_none(good):
    assert "TCP" not in (good[0].steps[0].folder / "step.log").read_text()


def test_the_report_of_the_run_names_the_steps(good):
    done, _ = good
    report = Report.from_json((done.folder / "report.json").read_text())
    assert [case.source.split("::")[0] for case in report.cases] == ["make", "use"]
    assert "<table" in (done.folder / "report.html").read_text()


def test_a_run_is_on_record_with_who_what_when_and_why(good, stopped):
    done, _ = good
    chain = read(done.records)
    assert verify(done.records) == ()
    mine = [record for record in chain.records if record["run"]["facets"]["mlqa"]["run"] == done.name]
    assert [record["eventType"] for record in mine] == ["START", "START", "COMPLETE", "START", "COMPLETE", "COMPLETE"]
    start, make, use, end = mine[0], mine[2], mine[4], mine[5]
    facet = start["run"]["facets"]["mlqa"]
    assert (start["eventType"], facet["reason"], bool(facet["who"]["user"])) == ("START", "to see it go", True)
    assert make["job"]["name"] == "tiny.make"
    assert make["run"]["facets"]["parent"]["run"] == {"runId": start["run"]["runId"]}
    assert len({record["run"]["runId"] for record in (start, make, use)}) == 3
    assert make["run"]["facets"]["mlqa"]["parameters"] == {"seed": 7}
    assert make["run"]["facets"]["mlqa"]["verdicts"][0]["check"] == "test.assertion"
    assert make["outputs"] == use["inputs"]
    assert end["run"]["facets"]["mlqa"]["statuses"] == {"make": "go", "use": "go"}


def test_when_a_gate_says_no_then_nothing_is_published_and_dependents_wait(folder, stopped):
    make, use = stopped.steps
    assert stopped.exit_code == 1
    assert (make.status, make.exit_code, make.outputs) == ("no-go", 1, {})
    assert "test.assertion is FAIL" in make.reasons[0]
    assert (use.status, use.reasons) == ("not run", ("it needs 'make', which did not go",))
    assert (folder / "art" / "mid.txt").read_text() == "raw7"


def test_runs_keep_themselves_out_of_git(folder, good):
    assert (folder / ".mlqa" / ".gitignore").read_text() == "*\n"


def test_when_a_notebook_raises_then_failed_and_later_tests_are_missed(broken):
    done, steps, told = broken
    assert done.exit_code == 3
    assert (steps["raises"].status, steps["raises"].exit_code) == ("failed", 3)
    assert f"    see {steps['raises'].folder / 'executed.ipynb'}" in told
    assert steps["raises"].reasons == (
        "cell 5 raised KeyError: 'age'",
        "'test_after' was expected and has no verdict",
    )


def test_when_a_declared_output_is_not_written_then_failed(broken):
    result = broken[1]["unwritten"]
    assert (result.status, result.exit_code, result.reasons) == ("failed", 3, ("output 'out' was not written",))


def test_when_nothing_was_answered_then_no_go(broken):
    result = broken[1]["untested"]
    assert (result.status, result.exit_code) == ("no-go", 1)
    assert result.reasons == (
        "'quality.schema_holds' was expected and has no verdict",
        "nothing was answered: there is no verdict",
    )


def test_when_a_step_takes_too_long_then_it_ends_with_its_kernel(broken, folder):
    assert broken[1]["slow"].reasons == ("it did not end within 10 s",)
    assert gone(int((folder / "slow.pid").read_text()))


def test_when_nothing_goes_then_nothing_is_published(broken, folder):
    assert not (folder / "elsewhere" / "art").exists()


@pytest.mark.parametrize(
    ("sign", "kinds"), [(signal.SIGINT, ["run", "begin", "end"]), (signal.SIGKILL, ["run", "begin"])]
)
def test_when_the_run_is_stopped_then_its_kernel_ends(folder, notebook, sign, kinds):
    """Asked to stop, the run is recorded as aborted; killed, it stays without an end.

    polars makes the system's own waits deaf to Ctrl-C, so it is imported here.
    """
    name = sign.name
    waiting = f"import os, time\nopen('{name}', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    (folder / f"{name}.ipynb").write_text(notebook(waiting))
    code = f"import polars; from mlqa.pipeline import run; run('{name}.ipynb', into='{name}-run', say=str)"
    process = subprocess.Popen([sys.executable, "-c", code], cwd=folder, stderr=subprocess.DEVNULL)
    pid_file = folder / name
    for _ in range(300):
        if pid_file.exists() and pid_file.read_text():
            break
        time.sleep(0.1)
    process.send_signal(sign)
    assert process.wait(30) != 0
    assert gone(int(pid_file.read_text()))
    records = read(folder / f"{name}-run" / ".mlqa" / "records.jsonl").records
    assert [record["run"]["facets"]["mlqa"]["kind"] for record in records] == kinds
    assert (records[-1]["eventType"] == "ABORT") == (sign is signal.SIGINT)


def test_plain_papermill_finds_the_engine_and_the_gate_stops_it(folder, tmp_path):
    installed = tmp_path / "fake-0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: fake\nVersion: 0\n")
    (installed / "entry_points.txt").write_text("[papermill.engine]\nmlqa = mlqa.pipeline.engine:MlqaEngine\n")
    output = tmp_path / "out.ipynb"
    words = ["--engine", "mlqa", "-p", "value", "-1", "-p", "out", str(tmp_path / "x"), "--no-progress-bar"]
    done = subprocess.run(
        [sys.executable, "-m", "papermill", str(folder / "unwritten.ipynb"), str(output), *words],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "the gate said no:\n  - test.assertion is FAIL" in done.stderr
    assert json.loads(output.read_text())["metadata"]["mlqa"]["decision"]["exit_code"] == 1
