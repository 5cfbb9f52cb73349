"""pipeline.toml is checked against its notebooks before anything runs."""

from __future__ import annotations

import re

import pytest

from mlqa.errors import UsageError
from mlqa.gate import Policy
from mlqa.pipeline import one_step, read_pipeline
from mlqa.pipeline.toml import resources_of

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
    assert pipeline.makers_of("art//mid.txt") == ("first",)
    assert pipeline.makers_of("art") == ("second", "first") or pipeline.makers_of("art") == ("first", "second")
    assert pipeline.makers_of("raw.txt") == ()


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
    assert first.inputs == {"raw": "other.txt"}


def test_an_input_given_by_hand_is_no_longer_waited_for(folder):
    (folder / "mid.txt").write_text("by hand")
    pipeline = read_pipeline(folder / "pipeline.toml", inputs={"mid": folder / "mid.txt"})
    assert pipeline.needs == {"second": (), "first": ()}


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"a.ipynb"', '"c.ipynb"', "notebook='.*c.ipynb': expected a notebook that exists, got no file"),
        ('"raw.txt"', '"rew.txt"', r"\[steps.first\] inputs.raw='rew.txt': expected a file that exists or that a step"),
        ("final = ", "finale = ", r"\[steps.second\] outputs.finale='art/final.txt': .*\nHint: did you mean 'final'"),
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
        ("timeout = 60", "cell_timeout = -1", "cell_timeout=-1: expected a number of seconds above 0"),
        ("timeout = 60", "retries = -1", "retries=-1: expected a number of at least 0"),
        ("timeout = 60", "retries = 1.5", "retries=1.5: expected a value of type int"),
        ("timeout = 60", "resources = { cpu = 2 }", "resources.cpu=2: .*\nHint: did you mean 'cpus'"),
        ("timeout = 60", "resources = { cpus = 0 }", "resources.cpus=0: expected a number of at least 1"),
        ("timeout = 60", "resources = { memory = 'lots' }", "memory='lots': expected a size such as '500 MB'"),
        ("timeout = 60", "secrets = { name = 'abc123' }", r"secrets.name='\.\.\.': expected a reference env:NAME"),
        ("timeout = 60", "secrets = { name = 'env:NONE_SUCH' }", "expected a variable that is set, got no value"),
        ("timeout = 60", "secrets = { nam = 'env:HOME' }", r"nam='\.\.\.': .*\nHint: did you mean 'name'"),
        (
            "timeout = 60",
            "secrets = { mid = 'env:HOME' }",
            r"mid='\.\.\.': expected each name once, got also in inputs",
        ),
        ("timeout = 60", "secrets = { name = 'file:none' }", "expected a file that can be read, got No such file"),
        ('name = "tiny"', "jobs = 0", r"\[pipeline\] jobs=0: expected a number of at least 1"),
        ('name = "tiny"', 'openlineage = "host"', "openlineage='host': expected an address http"),
        ('name = "tiny"', 'nam = "x"', "did you mean 'name'"),
        ("timeout = 60", "timeout = 0", "timeout=0: expected a number of seconds above 0"),
        ("timeout = 60", "timeout = true", "timeout=True: expected a value of type number"),
        ("timeout = 60", "timout = 60", "did you mean 'timeout'"),
        ('"./art//mid.txt"', '"art/final.txt/x"', "got also written by 'second', as 'art/final.txt'"),
        (
            '"raw.txt"',
            '"art/mid.txt"',
            r"inputs.raw='art/mid.txt': expected a path that the step itself does not write",
        ),
        (
            '"./art//mid.txt"',
            '"b.ipynb"',
            r"\[steps.first\] outputs='b.ipynb': expected a path of its own, got the place",
        ),
        ('"./art//mid.txt"', '"pipeline.toml"', "got the place of 'pipeline.toml'"),
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
        ({"parameters": {"seed": 0.5}}, "-p seed=0.5: expected a value of type int, got float"),
        ({"parameters": {"name": 3}}, "expected a value of type str, got int.\nHint: quote it: '\"3\"'"),
        ({"inputs": {"row": "x"}}, "-i row='x': expected a name that some step has"),
        ({"inputs": {"raw": "/no/such"}}, "inputs.raw='/no/such': expected a file that exists"),
        (
            {"parameters": {"raw": "x"}},
            "inputs.raw='raw.txt': expected each name once, got also in parameters.\nHint: it",
        ),
        (
            {"parameters": {"out": "x"}},
            "got also in parameters.\nHint: it is one of the outputs: its path stands in the file",
        ),
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
    assert step.inputs == {"raw": "raw.txt"}


def test_an_input_elsewhere_stays_absolute(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other") / "raw \N{SNOWMAN}.txt"
    other.write_text("")
    (step,) = one_step(folder / "a.ipynb", inputs={"raw": other}).steps
    assert step.inputs == {"raw": other.as_posix()}


def test_an_input_is_known_for_what_a_step_writes_however_it_is_written(folder):
    text = GOOD.replace('mid = "art/mid.txt"', f'mid = "../{folder.name}/art/mid.txt"')
    (folder / "pipeline.toml").write_text(text)
    assert read_pipeline(folder / "pipeline.toml").needs["second"] == ("first",)
    by_hand = read_pipeline(folder / "pipeline.toml", inputs={"mid": folder / "art" / "mid.txt"})
    assert by_hand.needs["second"] == ("first",)


@pytest.mark.parametrize("path", ["art", "art/mid.txt/part.csv"])
def test_a_part_of_an_output_or_a_folder_around_it_is_waited_for(folder, path):
    text = GOOD.replace('mid = "art/mid.txt"', f'mid = "{path}"').replace("art/final", "other/final")
    (folder / "pipeline.toml").write_text(text)
    assert read_pipeline(folder / "pipeline.toml").needs["second"] == ("first",)


def test_a_notebook_may_serve_two_steps_without_outputs(folder):
    (folder / "pipeline.toml").write_text('[steps.a]\nnotebook = "a.ipynb"\n[steps.b]\nnotebook = "a.ipynb"\n')
    assert [step.outputs for step in read_pipeline(folder / "pipeline.toml").steps] == [{}, {}]


def test_every_toml_value_can_be_a_parameter(folder, notebook):
    defaults = "day = ''\nat = ''\nrows = 0\nrates = []\ndeep = {}\ncode = ''\nlimit = 0.0"
    (folder / "a.ipynb").write_text(notebook(f"#tag parameters\n{defaults}"))
    text = """
[steps.a]
notebook = "a.ipynb"
parameters.day = 2026-01-31
parameters.at = 07:32:00
parameters.rows = 1_000
parameters.rates = [0.5, 1979-05-27T07:32:00Z, ["a"]]
parameters.deep = { code = "007", inner = { day = 2026-01-31 } }
parameters.code = "1e3"
parameters.limit = inf
"""
    (folder / "pipeline.toml").write_text(text)
    (step,) = read_pipeline(folder / "pipeline.toml").steps
    assert step.parameters == {
        "day": "2026-01-31",
        "at": "07:32:00",
        "rows": 1000,
        "rates": [0.5, "1979-05-27T07:32:00+00:00", ["a"]],
        "deep": {"code": "007", "inner": {"day": "2026-01-31"}},
        "code": "1e3",
        "limit": float("inf"),
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"parameters": {"se": 1}},
            "-p se=1: expected a parameter of the notebook, got no such parameter.\nHint: did you",
        ),
        ({"parameters": {"sed": 1}}, "Hint: did you mean 'seed'?"),
        ({"parameters": {"seed": "x"}}, "-p seed='x': expected a value of type int"),
        ({"inputs": {"rew": "pipeline.toml"}}, "/pipeline.toml': expected a parameter of the notebook"),
        ({"parameters": {"seed": {1}}}, "expected a text, number, truth value, date, list or table, got set"),
    ],
)
def test_what_a_single_notebook_is_given_is_checked(folder, given, message):
    with pytest.raises(UsageError) as caught:
        one_step(folder / "a.ipynb", **given)
    assert message in str(caught.value)


def test_a_folder_in_place_of_its_pipeline_is_refused_with_the_file(folder):
    with pytest.raises(UsageError, match=r"got a folder\.\nHint: did you mean '.*pipeline\.toml'"):
        read_pipeline(folder)


def test_the_pipeline_of_a_project_stands_in_its_pyproject(folder):
    tables = GOOD.replace("[pipeline]", "[tool.mlqa.pipeline]").replace(
        "[parameters]", "[tool.mlqa.pipeline.parameters]"
    )
    tables = tables.replace("[steps.", "[tool.mlqa.pipeline.steps.").replace('name = "tiny"', 'name = "tiny"\njobs = 3')
    (folder / "pyproject.toml").write_text(tables)
    there, here = (read_pipeline(folder / name) for name in ("pyproject.toml", "pipeline.toml"))
    assert (there.name, there.jobs, there.steps, there.needs) == ("tiny", 3, here.steps, here.needs)
    (folder / "pyproject.toml").write_text("[tool.mlqa]\n")
    with pytest.raises(UsageError, match=r"expected a table \[tool\.mlqa\.pipeline\], got none"):
        read_pipeline(folder / "pyproject.toml")


@pytest.mark.parametrize(
    ("size", "count"), [("500 MB", 500e6), ("2GiB", 2 * 1024**3), ("1.5 kB", 1500), (4096, 4096), ("10", 10)]
)
def test_sizes_are_read(size, count):
    assert resources_of("", {"memory": size})["memory"] == count


def test_a_secret_given_by_hand_wins_and_a_number_for_it_is_not_shown(folder, monkeypatch):
    monkeypatch.setenv("MLQA_FORM_SECRET", "swordfish")
    text = GOOD.replace("timeout = 60", "secrets = { name = 'env:MLQA_FORM_SECRET' }")
    (folder / "pipeline.toml").write_text(text)
    assert read_pipeline(folder / "pipeline.toml").steps[1].secrets == {"name": "env:MLQA_FORM_SECRET"}
    (folder / "key").write_text("swordfish")
    by_hand = read_pipeline(folder / "pipeline.toml", secrets={"name": "file:key"})
    assert by_hand.steps[1].secrets == {"name": "file:key"}
    (folder / "pipeline.toml").write_text(text.replace("'env:MLQA_FORM_SECRET'", "1234567"))
    with pytest.raises(UsageError) as caught:
        read_pipeline(folder / "pipeline.toml")
    assert "1234567" not in str(caught.value)
