"""What the README says is run: its Python, its commands, its figures' sources, its picture, its links."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from places import run

import mlqa

ROOT = Path(__file__).parents[1]
DEMO = ROOT / "notebooks"
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
PYTHON = [body for language, body in BLOCKS if language == "python"]
COMMANDS = [
    line.removeprefix("$ ").split("  #")[0].strip()
    for language, body in BLOCKS
    if language == "console"
    for line in body.splitlines()
    if line.startswith("$ ")
]
ELSEWHERE = ("make ", "git ")  # make demo and make test are run by CI itself


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what a reader has: the commands write beside it, never into the tree."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".mlqa", "artifacts"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_every_python_block_runs_in_order(checkout, monkeypatch):
    monkeypatch.chdir(checkout)
    namespace = {"mlqa": mlqa}
    for body in PYTHON:
        exec(compile(body, "README.md", "exec"), namespace)


@pytest.mark.kernel
def test_every_command_runs_in_the_order_of_the_page(checkout):
    known = {"mlqa": ["mlqa"], "pytest": ["pytest", "-p", "no:cacheprovider"]}
    for command in [one for one in dict.fromkeys(COMMANDS) if not one.startswith(ELSEWHERE)]:
        words = shlex.split(command)
        done = run(checkout, *known[words[0]], *words[1:], timeout=200)
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def test_every_make_target_named_is_there():
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"\bmake ([a-z]+)", TEXT)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_link_and_picture_is_there():
    for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", TEXT):
        assert (ROOT / target.split("#")[0]).exists(), target


def test_every_check_named_exists_and_every_check_is_named():
    named = set(re.findall(r"`mlqa\.(\w+)`", TEXT))
    assert named <= set(mlqa.__all__)
    checks = {name for name in mlqa.__all__ if name in TEXT}
    assert {"drift_free", "missing_rate_holds", "no_shared_rows", "not_worse", "schema_holds", "unchanged_by"} <= checks


def test_the_test_shown_is_the_demos_own():
    shown = next(body for body in PYTHON if "def test_new_customers" in body)
    assert shown.strip() in (ROOT / "notebooks" / "test_churn.py").read_text()
    assert shown.strip().splitlines()[0] in (ROOT / "notebooks" / "01_prepare.ipynb").read_text()


def block(language):
    return next(body for kind, body in BLOCKS if kind == language)


def test_the_verdict_shown_is_what_is_printed():
    reference, current = (pl.read_parquet(DEMO / "data" / f"{name}.parquet") for name in ("reference", "current"))
    faulty = current.with_columns(pl.col("monthly_charges") * 100)
    assert str(mlqa.drift_free(reference, faulty)) == block("text").rstrip("\n")


def test_the_counterexample_shown_is_what_is_printed(checkout, monkeypatch):
    monkeypatch.chdir(checkout / "notebooks")
    names = {}
    for notebook in ("01_prepare", "02_train"):
        for cell in json.loads(Path(f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and not source.startswith("%%"):
                exec("\n".join(line for line in source.splitlines() if not line.startswith("%")), names)
    customers = pl.read_parquet("artifacts/test.parquet").to_pandas().drop(columns=["customer", "churn"])
    shown = str(mlqa.unchanged_by(names["model"], customers, mlqa.perturb.exchanged("female")))
    assert shown in [body.rstrip("\n") for kind, body in BLOCKS if kind == "text"]


def test_the_bugs_shown_are_those_that_are_tested():
    told = set(re.findall(r"^\| ([a-zN][^|]+) \| `", TEXT, re.MULTILINE))
    tested = (ROOT / "tests" / "stories" / "model_defects.py").read_text(encoding="utf-8")
    bugs = [bug for bug in told if f'"{bug}"' in tested]
    assert len(bugs) == 20


def test_the_step_shown_is_the_demos_own():
    assert block("toml") in (DEMO / "pipeline.toml").read_text()


def test_the_counts_named_are_right():
    others = {"Perturb", "perturbations_for", "resolution_of", "together"}
    assert len(set(mlqa.perturb.__all__) - others) == 26
    assert "26 ready ones" in TEXT
    assert len((DEMO / "pipeline.toml").read_text().splitlines()) // 10 == 3
    assert "of thirty lines" in TEXT
    rows = sum(pl.read_parquet(DEMO / "data" / f"{name}.parquet").height for name in ("reference", "current"))
    assert f"{rows:,}" in TEXT


def test_every_option_named_is_known_to_pytest():
    helped = subprocess.run([sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True)
    for option in set(re.findall(r"--mlqa[a-z-]*", TEXT)):
        assert option in helped.stdout
