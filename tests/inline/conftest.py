"""A notebook's folder and variables, for cells that run in this process."""

from __future__ import annotations

import pytest

from mlqa.verdict import Outcome, Verdict


def verdict(outcome, alpha=None):
    return Verdict(check="demo.claim", outcome=Outcome(outcome), claim="it holds", reason="so", alpha=alpha)


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A notebook's folder to stand in, and its variables."""
    (tmp_path / "pyproject.toml").write_text('[tool.pytest.ini_options]\naddopts = "-n2 --never-heard-of"\n')
    monkeypatch.chdir(tmp_path)
    return {"__name__": "__main__", "verdict": verdict, "pytest": pytest, "number": 3}
