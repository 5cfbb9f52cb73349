"""The demo and run verbs on a tiny project, with real kernels."""

from __future__ import annotations

import json

import polars as pl
import pytest
from click.testing import CliRunner

from mlqa.cli import main

pytestmark = pytest.mark.kernel

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
