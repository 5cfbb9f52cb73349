"""The environment of a record: compared with the one at hand, and built again where that can be done."""

from __future__ import annotations

import subprocess
import sys

from mlqa import records
from mlqa.pipeline import environments
from mlqa.pipeline.environments import build, differing


def test_packages_that_differ_are_named_with_both_versions():
    packages = {**records.installed(), "numpy": "0.1", "gone-since": "3"}
    assert differing(packages) == (
        "gone-since was 3, is none",
        f"numpy was 0.1, is {records.installed()['numpy']}",
    )
    assert differing(records.installed()) == ()


def test_an_environment_is_made_then_filled_without_asking_for_more(tmp_path, monkeypatch):
    seen = []

    def ran(command, **_):
        seen.append(command)
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(environments.subprocess, "run", ran)
    monkeypatch.setattr(environments.shutil, "which", lambda *_, **__: "/bin/uv")
    python, reason = build({"numpy": "1", "pytest-mlqa": "0.1.0"}, "3.12.1", tmp_path / "e")
    assert (python, reason) == (tmp_path / "e" / "bin" / "python", "")
    assert (tmp_path / "e.txt").read_text() == "numpy==1\n"
    assert seen[0] == ["/bin/uv", "venv", "--quiet", "--python", "3.12.1", str(tmp_path / "e")]
    assert seen[1][:3] == ["/bin/uv", "pip", "install"]
    assert "--no-deps" in seen[1]


def test_where_it_cannot_be_built_the_reason_is_told(tmp_path, monkeypatch):
    def failed(command, **_):
        return subprocess.CompletedProcess(command, 1, "", "error: no such package\n\n  hint\n")

    monkeypatch.setattr(environments.subprocess, "run", failed)
    monkeypatch.setattr(environments.shutil, "which", lambda *_, **__: "/bin/uv")
    assert build({}, "3.11.1", tmp_path / "e") == (None, "uv could not: error: no such package hint")
    monkeypatch.setattr(environments.shutil, "which", lambda *_, **__: None)
    assert build({}, "2.7.18", tmp_path / "e") == (None, "it needs Python 2.7.18; install uv, which can fetch it")
    here = ".".join(map(str, sys.version_info[:3]))
    assert build({}, here, tmp_path / "e")[0] is None
