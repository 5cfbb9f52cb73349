"""The demo and run verbs on a tiny project, with real kernels."""

from __future__ import annotations

import json
import shutil
import sys

import polars as pl
import pytest
from click.testing import CliRunner

from mlqa.cli import main
from mlqa.cli.console import command

TOML = """
[steps.prepare]
notebook = "n.ipynb"
inputs = { raw = "data/raw.parquet" }
outputs = { out = "art/out.parquet" }
[demo]
fault_input = "raw"
fault_column = "charges"
fault_factor = 100
"""
PARAMETERS = "raw = ''\nout = ''\nmost = 99"
LOAD = """%load_ext mlqa
import polars as pl
from mlqa import Outcome, Verdict
table = pl.read_parquet(raw)
table.write_parquet(out)"""
TEST = """%%mlqa
def test_charges(table, most):
    found = Outcome.PASS if table["charges"].max() <= most else Outcome.FAIL
    assert Verdict(check="demo.small", outcome=found, claim="small", reason="so", columns=("charges",))"""


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    (root / "notebooks" / "data").mkdir(parents=True)
    tags = (["parameters"], [], [])
    cells = [
        {
            "cell_type": "code",
            "id": str(i),
            "metadata": {"tags": t},
            "source": c,
            "outputs": [],
            "execution_count": None,
        }
        for i, (c, t) in enumerate(zip((PARAMETERS, LOAD, TEST), tags))
    ]
    content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    (root / "notebooks" / "n.ipynb").write_text(json.dumps(content))
    (root / "notebooks" / "pipeline.toml").write_text(TOML)
    pl.DataFrame({"charges": [1.0, 2.0]}).write_parquet(root / "notebooks" / "data" / "raw.parquet")
    return root


@pytest.mark.kernel
def test_the_demo_goes_is_stopped_and_touches_nothing_else(project, monkeypatch):
    monkeypatch.chdir(project / "notebooks")
    before = sorted(path.name for path in (project / "notebooks").rglob("*"))
    result = CliRunner().invoke(main, ["demo", "--into", str(project / "demo")])
    assert result.exit_code == 0, result.output
    assert result.output.count("  yes  ") == 4
    assert "prepare  NO-GO  1 fail" in result.output
    assert "jupyter lab" in result.output
    assert pl.read_parquet(project / "demo" / "art" / "out.parquet")["charges"].to_list() == [1.0, 2.0]
    assert sorted(path.name for path in (project / "notebooks").rglob("*")) == before


@pytest.fixture
def demo():
    """The module: its name in the package is the verb's."""
    return sys.modules["mlqa.cli.demo"]


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """A checkout with an environment of its own that is not activated."""
    place = tmp_path / "a b" / ".venv" / "bin"
    place.mkdir(parents=True)
    for name in ("python", "jupyter", "mlqa"):
        (place / name).write_text("")
    (tmp_path / "a b" / "notebooks").mkdir()
    monkeypatch.setattr(sys, "executable", str(place / "python"))
    monkeypatch.chdir(tmp_path / "a b")
    return tmp_path / "a b"


def test_a_command_is_told_as_it_can_be_typed(environment, demo, monkeypatch):
    assert demo._lab(environment / "notebooks") == ".venv/bin/jupyter lab notebooks"
    assert command("mlqa") == ".venv/bin/mlqa"
    monkeypatch.chdir(environment / ".venv" / "bin")
    assert command("mlqa") == "./mlqa"
    monkeypatch.chdir(environment.parent)
    assert command("mlqa") == "'a b/.venv/bin/mlqa'"
    monkeypatch.setattr(shutil, "which", lambda name: str(environment / ".venv" / "bin" / name))
    assert command("mlqa") == "mlqa"
    assert demo._lab(environment / "notebooks") == "jupyter lab 'a b/notebooks'"


def test_in_a_checkout_the_lab_is_a_target_of_make(environment, demo, monkeypatch):
    (environment / "Makefile").write_text("lab:\n")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert demo._lab(environment / "notebooks") == "make lab"
    monkeypatch.chdir(environment / "notebooks")
    assert demo._lab(environment / "notebooks") == "../.venv/bin/jupyter lab ."


def test_without_jupyterlab_the_demo_says_what_to_install(environment, demo, monkeypatch):
    monkeypatch.setattr(demo, "find_spec", lambda _: None)
    assert ".venv/bin/python -m pip install 'pytest-mlqa[lab]'" in demo._lab(environment / "notebooks")


@pytest.mark.kernel
@pytest.mark.parametrize(("most", "code", "said"), [("99", 0, "\ngo\n"), ("1", 1, "\nNO-GO: a gate said no\n")])
def test_run_takes_one_notebook_and_its_parameters(project, monkeypatch, tmp_path, most, code, said):
    monkeypatch.chdir(project)
    words = ["-p", "most", most, "-p", "out", str(tmp_path / "out.parquet")]
    words += ["-i", "raw", "notebooks/data/raw.parquet", "--into", str(tmp_path)]
    result = CliRunner().invoke(main, ["run", "notebooks/n.ipynb", *words])
    assert (result.exit_code, said in result.output) == (code, True), result.output


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('fault_column = "charges"', "", "[demo] fault_column=None: expected the fault to make"),
        ("[demo]", "[other]", "did you mean"),
    ],
)
def test_a_demo_that_is_not_described_is_refused(project, monkeypatch, tmp_path, old, new, message):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "pipeline.toml").write_text(TOML.replace(old, new))
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["demo"])
    assert result.exit_code == 2
    assert message in result.output or "expected a known key" in result.output
