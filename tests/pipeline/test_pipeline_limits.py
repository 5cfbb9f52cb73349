"""Secrets, retries, limits and repeats with real kernels: one run, looked at from many sides."""

from __future__ import annotations

import json

import pytest

from mlqa import records
from mlqa.pipeline import plan, reproduce, run
from mlqa.records.compare import compared

pytestmark = pytest.mark.kernel

SECRET = 'sword<fish>\\"9'
TEST = "%load_ext mlqa", "%%mlqa\ndef test_it(value):\n    assert value > 0"
TOML = """
[tool.mlqa.pipeline]
name = "limits"
jobs = 4
[tool.mlqa.pipeline.steps.secret]
notebook = "secret.ipynb"
secrets = { token = "env:MLQA_DEMO_TOKEN", key = "file:key.txt" }
inputs = { raw = "raw.txt" }
outputs = { out = "art/secret.txt" }
[tool.mlqa.pipeline.steps.again]
notebook = "again.ipynb"
outputs = { out = "art/again.txt" }
retries = 2
retry_wait = 0.1
[tool.mlqa.pipeline.steps.slow]
notebook = "slow.ipynb"
cell_timeout = 1
[tool.mlqa.pipeline.steps.large]
notebook = "large.ipynb"
resources = { memory = "400 MB", cpus = 1 }
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory, notebook):
    root = tmp_path_factory.mktemp("limits")
    tell = (
        "import sys, os\nprint(token, repr(key))\nsys.stdout.write(token[:5]); sys.stdout.flush()\n"
        "sys.stdout.write(token[5:])\nos.write(2, token.encode())\n{'deep': [token]}"
    )
    write = "open(out, 'w').write(doubled(open(raw).read()))"
    for name, cells in {
        "secret": (
            "#tag parameters\nraw = out = token = key = ''\nvalue = 1",
            "from own.text import doubled",
            tell,
            "#tag raises-exception\nraise ValueError(token)",
            write,
            "open('stray.txt', 'w').write('x')",
            *TEST,
        ),
        "again": (
            "#tag parameters\nout = ''\nvalue = 1",
            "import os\nif not os.path.exists('tried'):\n    open('tried', 'w').close()\n    os._exit(9)",
            "import random\nopen(out, 'w').write(str(random.random()))",
            *TEST,
        ),
        "slow": ("import time\ntime.sleep(60)",),
        "large": (
            "kept = bytearray(600_000_000)\nkept[::4096] = b'x' * len(kept[::4096])\nimport time\ntime.sleep(60)",
        ),
    }.items():
        (root / f"{name}.ipynb").write_text(notebook(*cells))
    (root / "own").mkdir()
    (root / "own" / "text.py").write_text("def doubled(text):\n    return text * 2\n")
    (root / "raw.txt").write_text("raw")
    (root / "key.txt").write_text("file-secret-77\n")
    (root / "pyproject.toml").write_text(TOML)
    return root


@pytest.fixture(scope="module")
def ran(project):
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLQA_DEMO_TOKEN", SECRET)
        done = run(project / "pyproject.toml", say=told.append)
        yield done, {result.step.name: result for result in done.steps}, told


def test_a_secret_reaches_its_notebook_and_no_file_of_ours(ran, project):
    _, steps, told = ran
    assert steps["secret"].status == "go", steps["secret"].reasons
    home = project / ".mlqa"
    forms = (SECRET, repr(SECRET)[1:-1], json.dumps(SECRET)[1:-1], "sword<", "sword&lt;", "file-secret-77")
    # a text inside JSON that is inside JSON, too
    texts = {file: file.read_text(errors="replace") for file in home.rglob("*") if file.is_file()}
    texts["what was said"] = "\n".join(told)
    assert len(texts) > 10
    guilty = [(str(name), form) for name, text in texts.items() for form in forms if form in text]
    assert guilty == []
    executed = (steps["secret"].folder / "executed.ipynb").read_text()
    assert executed.count("[secret]") >= 4
    assert "os\\\").environ['MLQA_DEMO_TOKEN']" in executed


def test_a_step_that_crashes_is_run_again_and_both_are_kept(ran):
    done, steps, told = ran
    assert (steps["again"].status, steps["again"].tries) == ("go", 2)
    assert (done.folder / "again.try1" / "step.log").is_file()
    assert "    it took 2 tries" in told


def test_a_cell_that_takes_too_long_ends_its_step(ran):
    assert ran[1]["slow"].reasons[0] == "a cell ran longer than 1 s"


def test_a_step_that_takes_too_much_memory_is_ended(ran):
    assert ran[1]["large"].reasons == ("it took more memory than the 400 MB it may take",)


def test_a_file_beside_the_outputs_is_warned_of(ran):
    assert "stray.txt" in ran[1]["secret"].strays
    assert any("stray.txt was written beside the outputs" in line for line in ran[2])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("own/text.py", "text * 2", "text * 3"), "module own/text.py changed"),
        (("raw.txt", "raw", "row"), "input raw.txt changed"),
        (("secret.ipynb", "stray.txt", "other.txt"), "its code changed"),
        (("pyproject.toml", "cpus = 1", "cpus = 2"), None),
        (("pyproject.toml", "[tool.mlqa.pipeline]", "[tool.mlqa]\\nalpha = 0.01\\n[tool.mlqa.pipeline]"), "settings,"),
        (("key.txt", "77", "88"), None),
    ],
)
def test_what_a_step_is_made_of_decides_whether_it_is_run_again(ran, project, change, reason):
    name, old, new = change
    file = project / name
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new.replace("\\n", "\n")))
    try:
        planned = {one.step: one for one in plan(project / "pyproject.toml")}
    finally:
        file.write_text(text)
    told = planned["secret"].reasons[0]
    assert planned["secret"].would == ("up to date" if reason is None else "run"), told
    assert reason is None or told.startswith(reason)
    assert planned["slow"].reasons == ("it has not gone before",)


def test_a_run_is_repeated_and_what_differs_is_named_with_a_likely_reason(ran, project, tmp_path):
    """The code has changed since; the repeat takes the code of the record. One step draws random numbers."""
    done, _, _ = ran
    toml = project / "pyproject.toml"
    text = toml.read_text()
    toml.write_text(text.split("[tool.mlqa.pipeline.steps.slow]")[0])
    good = run(toml, force=True, say=str)
    toml.write_text(text)
    own = project / "own" / "text.py"
    own.write_text(own.read_text().replace("2", "5"))
    (project / "tried").touch()
    again = reproduce(good.name, done.records, tmp_path / "again", say=str)
    own.write_text(own.read_text().replace("5", "2"))
    assert (again.exit_code, again.same, again.other) == (0, ("art/secret.txt",), ("art/again.txt",))
    assert again.why == ("art/again.txt has other bytes: look for a seed, the time or threads in what writes it",)
    last = records.read(done.records).records[-1]
    assert records.facet_of(last)["kind"] == "reproduced"
    assert records.verify(done.records) == ()
    runs = records.runs_of(records.read(done.records).records)
    homes = (done.records.parent, done.records.parent)
    kinds = {one.kind for one in compared(runs[done.name], runs[good.name], homes)}
    assert {"gate", "outputs", "code"} <= kinds
