"""Options over pyproject.toml over defaults; what cannot be used is refused before any test runs."""

from __future__ import annotations

import re

import pytest

LEVELS = """
import mlqa
from mlqa.alpha import level_of

def test_level(mlqa_rng):
    print("level", level_of(None), "draw", mlqa_rng.integers(10**6))
"""


def _told(run):
    return re.search(r"level (\S+) draw (\d+)", run.text).groups()


def test_the_command_line_beats_the_file_and_the_file_beats_the_default(project):
    place = project({"test_a.py": LEVELS})
    assert _told(place.run("--mlqa", "-s"))[0] == "0.0001"
    place.write("pyproject.toml", "[tool.mlqa]\nalpha = 0.01\n")
    assert _told(place.run("--mlqa", "-s"))[0] == "0.01"
    assert _told(place.run("--mlqa", "-s", "--mlqa-alpha", "0.05"))[0] == "0.05"


def test_random_numbers_follow_the_name_and_the_seed_only(project):
    place = project({"test_a.py": LEVELS, "sub/test_b.py": LEVELS})
    draw = _told(place.run("--mlqa", "-s", "test_a.py"))[1]
    assert _told(place.run("--mlqa", "-s", "sub/test_b.py"))[1] == draw
    assert _told(place.run("--mlqa", "-s", "test_a.py", "--mlqa-seed=1"))[1] != draw


def test_strict_and_reports_can_be_set_in_the_file(answers):
    files = {
        "test_a.py": 'from answers import answer\n\ndef test_unsure():\n    assert answer("undecided")\n',
        "pyproject.toml": "[tool.mlqa]\nstrict = true\nreport = ['report.json']\n",
    }
    run = answers(files).run("--mlqa")
    assert run.outcomes == {"failed": 1}
    assert [case.outcome for case in run.report.cases] == ["fail"]


@pytest.mark.parametrize(
    ("args", "settings", "said"),
    [
        (["--mlqa-alpha=2"], "", "alpha=2.0: expected a number in (0, 0.5), got float."),
        (["--mlqa-alpha=x"], "", "--mlqa-alpha='x': expected a number (float), got text."),
        (["--mlqa-seed=-1"], "", "seed=-1: expected a whole number of at least 0, got int."),
        (
            ["--mlqa-report=r.pdf"],
            "",
            "--mlqa-report='r.pdf': expected a path ending in .html, .json, .md, .xml, got str.",
        ),
        (["--mlqa-notebooks=maybe"], "", "notebooks='maybe': expected one of run, check, off, got str."),
        ([], "[tool.mlqa]\nalpa = 1\n", "[tool.mlqa] alpa=1: expected a known key, got an unknown key."),
        ([], "[tool.mlqa]\nalpha = 'x'\n", "[tool.mlqa] alpha='x': expected a value of type float, got str."),
        ([], "[tool.mlqa]\nreport = [1]\n", "--mlqa-report=1: expected a path ending in"),
        ([], "[tool.mlqa.subjects]\nchurn = 1\n", "[tool.mlqa.subjects] churn=1: expected a table"),
        ([], "[tool.mlqa.subjects.churn]\nmodle = 'x'\n", "[tool.mlqa.subjects.churn] modle='x': expected a known key"),
    ],
)
def test_what_cannot_be_used_is_refused_with_our_words(project, args, settings, said):
    files = {"test_a.py": "def test_a(): pass", "pyproject.toml": settings}
    run = project(files).run("--mlqa", *args)
    assert run.code == 4
    assert run.text.startswith("ERROR: "), run.text
    assert said in run.text
    assert "\nHint: " in run.text
    assert "Traceback" not in run.text
