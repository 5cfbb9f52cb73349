"""pipeline.toml is checked against its notebooks before anything runs."""

from __future__ import annotations

import re

import pytest

from mlqa.errors import UsageError
from mlqa.gate import Policy
from mlqa.pipeline import one_step, read_pipeline

GOOD = """
[pipeline]
name = "tiny"
[parameters]
seed = 7
[steps.second]
notebook = "b.ipynb"
inputs = { mid = "art/mid.txt" }
outputs = { final = "art/final.txt" }
gate = { strict = true, expect = ["a.b"] }
timeout = 60
[steps.first]
notebook = "a.ipynb"
inputs = { raw = "raw.txt" }
outputs = { out = "./art//mid.txt" }
"""


@pytest.fixture
def folder(tmp_path, notebook):
    (tmp_path / "a.ipynb").write_text(notebook("#tag parameters\nraw = ''\nout = ''\nseed = 0\nok = True"))
    (tmp_path / "b.ipynb").write_text(notebook("#tag parameters\nmid = ''\nfinal = ''\nrate: float = 0.5\nname = 'x'"))
    (tmp_path / "raw.txt").write_text("raw")
    (tmp_path / "pipeline.toml").write_text(GOOD)
    return tmp_path


def test_steps_come_in_an_order_in_which_they_can_run(folder):
    pipeline = read_pipeline(folder / "pipeline.toml")
    assert [step.name for step in pipeline.steps] == ["first", "second"]
    assert pipeline.needs == {"first": (), "second": ("first",)}
    assert pipeline.name == "tiny"
    assert pipeline.made == {"art/mid.txt", "art/final.txt"}


def test_a_shared_parameter_reaches_only_the_steps_that_have_it(folder):
    first, second = read_pipeline(folder / "pipeline.toml").steps
    assert first.parameters == {"seed": 7}
    assert second.parameters == {}
    assert second.policy == Policy(strict=True, expect=("a.b",))
    assert second.timeout == 60


def test_a_given_parameter_wins(folder):
    first, _ = read_pipeline(folder / "pipeline.toml", parameters={"seed": 3, "ok": False}).steps
    assert first.parameters == {"seed": 3, "ok": False}


def test_a_given_input_takes_the_place_of_the_pipelines_own(folder):
    (folder / "other.txt").write_text("other")
    first, _ = read_pipeline(folder / "pipeline.toml", inputs={"raw": folder / "other.txt"}).steps
    assert first.inputs == {"raw": (folder / "other.txt").as_posix()}


def test_an_input_given_by_hand_is_no_longer_waited_for(folder):
    (folder / "mid.txt").write_text("by hand")
    pipeline = read_pipeline(folder / "pipeline.toml", inputs={"mid": folder / "mid.txt"})
    assert pipeline.needs == {"second": (), "first": ()}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"a.ipynb"', '"c.ipynb"', "notebook='.*c.ipynb': expected a notebook that exists, got no file"),
        ('"raw.txt"', '"rew.txt"', r"\[steps.first\] inputs.raw='rew.txt': expected a file that exists or that a step"),
        ("final = ", "finale = ", r"\[steps.second\] outputs.finale='finale': .*\nHint: did you mean 'final'"),
        ('"./art//mid.txt"', '"art/final.txt"', "expected a path that one step writes, got also written by 'second'"),
        ('"raw.txt"', '"art/final.txt"', "steps='first -> second -> first|steps='second -> first -> second"),
        ('"./art//mid.txt"', '"/tmp/mid.txt"', "expected a path below the pipeline's folder"),
        ('"./art//mid.txt"', '"../mid.txt"', "expected a path below the pipeline's folder"),
        ('"./art//mid.txt"', '".mlqa/mid.txt"', "expected a path below the pipeline's folder"),
        ("seed = 7", "seeds = 7", r"\[parameters\] seeds=7: .*\nHint: did you mean 'seed'"),
        ("seed = 7", 'seed = "7"', r"\[steps.first\] parameters.seed='7': expected a value of type int, got str"),
        ("strict = true", "strikt = true", r"\[steps.second\] gate.strikt=True: .*\nHint: did you mean 'strict'"),
        ("strict = true", 'strict = "yes"', "gate.strict='yes': expected a value of type bool"),
        ('["a.b"]', '"a.b"', "gate.expect='a.b': expected a value of type list"),
        ("timeout = 60", "timeout = 0", "timeout=0: expected a number of seconds above 0"),
        ("timeout = 60", "timeout = true", "timeout=True: expected a value of type number"),
        ("timeout = 60", "timout = 60", "did you mean 'timeout'"),
        ("[steps.second]", '[steps."../x"]', "expected a name of letters, digits"),
        ("[pipeline]", "[pipelines]", "did you mean 'pipeline'"),
        ("[pipeline]", "[pipeline", "expected valid TOML"),
        ('notebook = "b.ipynb"', "", r"\[steps.second\] notebook=None: expected the path of a notebook"),
        ('raw = "raw.txt"', "raw = 3", r"\[steps.first\] inputs.raw=3: expected a value of type str"),
        ('raw = "raw.txt"', 'seed = "raw.txt"', "inputs.seed='raw.txt': expected a value of type int"),
        ('out = "./art//mid.txt"', 'raw = "a", out = "art/mid.txt"', "expected each name once, got also in inputs"),
    ],
)
def test_what_cannot_run_is_refused(folder, old, new, message):
    text = GOOD.replace(old, new)
    if message.startswith("steps="):  # a circle: the first step reads what the second one writes
        text = GOOD.replace('raw = "raw.txt"', 'raw = "art/final.txt"')
    assert text != GOOD
    (folder / "pipeline.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        read_pipeline(folder / "pipeline.toml")
    assert re.search(message, str(caught.value)), caught.value


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"parameters": {"sed": 1}},
            "-p sed=1: expected a name that some step has, got no such name.\nHint: did you mean",
        ),
        ({"parameters": {"seed": 0.5}}, "parameters.seed=0.5: expected a value of type int, got float"),
        ({"parameters": {"name": 3}}, "expected a value of type str, got int.\nHint: quote it: '\"3\"'"),
        ({"inputs": {"row": "x"}}, "-i row='x': expected a name that some step has"),
        ({"inputs": {"raw": "/no/such"}}, "inputs.raw='/no/such': expected a file that exists"),
    ],
)
def test_what_is_given_by_hand_is_checked_too(folder, given, message):
    with pytest.raises(UsageError) as caught:
        read_pipeline(folder / "pipeline.toml", **given)
    assert message in str(caught.value)


def test_without_a_file_or_steps_it_is_refused(folder):
    with pytest.raises(UsageError, match=r"expected a pipeline\.toml or a notebook, got no file"):
        read_pipeline(folder / "none.toml")
    (folder / "pipeline.toml").write_text("")
    with pytest.raises(UsageError, match=r"expected at least one \[steps.NAME\] table"):
        read_pipeline(folder / "pipeline.toml")


def test_one_notebook_is_a_pipeline_of_one_step(folder):
    pipeline = one_step(folder / "a.ipynb", parameters={"ok": False}, inputs={"raw": folder / "raw.txt"})
    (step,) = pipeline.steps
    assert (step.name, step.parameters) == ("a", {"ok": False})
    assert step.inputs == {"raw": (folder / "raw.txt").as_posix()}
