"""Every check through the bridge says what deepchecks says when it is called by itself; DEEPCHECKS.md says the same."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
from pathlib import Path

import pytest
from bridgetables import OBJECTS, ROLES, Rule, frame, pair

import mlqa
from mlqa.bridges.deepchecks import session
from mlqa.bridges.deepchecks.known import CHECKS, LIVE, SUITES
from mlqa.bridges.deepchecks.migrate.meaning import OURS
from mlqa.verdict import Outcome

pytestmark = pytest.mark.deepchecks
PAGES = Path(__file__).parents[2] / "notebooks"
TASKS = ("binary", "regression")
OUTCOMES = {"PASS": Outcome.PASS, "FAIL": Outcome.FAIL, "WARN": Outcome.FAIL}


@pytest.fixture(scope="module")
def directly(their_python, tmp_path_factory):
    """What deepchecks answers without us."""
    folder = tmp_path_factory.mktemp("direct")
    checks = {name: list(conditions) for name, conditions in CHECKS.items() if name not in LIVE}
    tasks = [{**pair(task), "task": task, "objects": OBJECTS, "checks": checks} for task in TASKS]
    (folder / "tasks.json").write_text(json.dumps(tasks))
    script = Path(__file__).with_name("direct.py")
    command = [str(their_python), str(script), str(folder / "tasks.json"), str(folder / "found.json")]
    variables = {**{key: value for key, value in os.environ.items() if "PYTHON" not in key}, "PYTHONHASHSEED": "0"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=250, check=False, env=variables)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads((folder / "found.json").read_text())
    return found["known"], dict(zip(TASKS, found["answers"], strict=True))


@pytest.fixture(scope="module")
def bridged(their_python):
    """Reports of all 43 checks, and what the worker said."""
    said, whole = [], session.Worker.ask

    def ask(self, task, **given):
        said.append(whole(self, task, **given))
        return said[-1]

    reports = {}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session.Worker, "ask", ask)
        for task in TASKS:
            tables = {side: frame(columns) for side, columns in pair(task).items()}
            models = {"one": Rule(task), "other": Rule(task, 0.5)}
            reports[task] = mlqa.deepchecks(list(CHECKS), **tables, **ROLES, model=models)
    return reports, dict(zip(TASKS, (one["results"] for one in said), strict=True))


def same(one, other) -> bool:
    """Equal values; floats to nine digits, since one side wrote them from another library's arrays."""
    if isinstance(one, dict) and isinstance(other, dict):
        # jsonpickle names dtypes by where classes lie in memory: 'pd/f64' in one process, 'pd/f' in the next
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one if key != "dtypes_rle")
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(one) and math.isnan(other))
    return one == other


@pytest.mark.parametrize("task", TASKS)
def test_values_and_conditions_are_those_of_deepchecks_itself(task, directly, bridged):
    wanted = directly[1][task]
    found = {f"{one['check']}: {one['header']}": one for one in bridged[1][task]}
    assert sorted(found) == sorted(wanted)
    wrong = {}
    for name, answer in found.items():
        theirs = wanted[name]
        if "failure" in answer:
            if (answer["failure"]["type"], answer["failure"]["message"]) != (theirs.get("failure"), theirs["message"]):
                wrong[name] = answer["failure"], theirs
            continue
        conditions = [[one["name"], one["category"], one["details"]] for one in answer["conditions"]]
        if "value" not in theirs or not same(answer["value"], theirs["value"]) or conditions != theirs["conditions"]:
            wrong[name] = answer, theirs
    assert not wrong, json.dumps(wrong, indent=1)[:4000]


@pytest.mark.parametrize("task", TASKS)
def test_verdicts_are_what_the_conditions_say(task, directly, bridged):
    """A PASS, FAIL or SKIPPED for each condition or its absence, in the order of the results."""
    report, results = bridged[0][task], bridged[1][task]
    for case, result in zip(report.cases, results, strict=False):
        theirs = directly[1][task][f"{result['check']}: {result['header']}"]
        outcomes = [OUTCOMES[category] for _, category, _ in theirs.get("conditions", [])]
        assert case.crash is None, case
        assert [verdict.outcome for verdict in case.verdicts] == (outcomes or [Outcome.SKIPPED]), case
        assert all(verdict.kind == "contract" for verdict in case.verdicts)
    assert {case.source.removeprefix("checks: ").partition(" ")[0] for case in report.cases} == set(CHECKS)


def test_the_checks_suites_and_default_conditions_are_those_of_deepchecks(directly, bridged):
    known = directly[0]
    assert sorted(CHECKS) == known["checks"]
    names = {}
    for results in bridged[1].values():
        for one in results:
            if "conditions" in one:
                names[one["check"]] = [each["name"] for each in one["conditions"]]
    for suite, checks in known["suites"].items():
        assert sorted(checks) == sorted(SUITES[suite])
        if suite == "production_suite":  # attaches fewer conditions to some
            continue
        assert {name: theirs for name, theirs in checks.items() if name in names} == {
            name: names[name] for name in checks if name in names
        }


def answered(cases) -> str:
    """One word for what the bridge made of a check."""
    verdicts = [verdict for case in cases for verdict in case.verdicts]
    ours = [verdict.check for verdict in verdicts if not verdict.check.startswith("deepchecks.")]
    if ours:
        return f"`{ours[0].partition('.')[2]}` instead"
    if any(verdict.outcome is not Outcome.SKIPPED for verdict in verdicts):
        return "verdict"
    if any("no condition" in verdict.reason for verdict in verdicts):
        return "value only"
    return "not applicable" if "deepchecks says" in verdicts[0].reason else "skipped"


def rows(page: str, heading: str) -> dict[str, list[str]]:
    """The rows of a table, by first cell."""
    section = re.split(rf"^#+ {heading}$", (PAGES / page).read_text(encoding="utf-8"), flags=re.MULTILINE)[1]
    lines = [line for line in section.partition("\n#")[0].splitlines() if line.startswith("|")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in cells}


def test_the_page_says_of_every_check_what_the_bridge_ours_and_migrate_make_of_it(bridged):
    catalogue, found = rows("CATALOGUE.md", "deepchecks"), {}
    for check in CHECKS:
        made = []
        for task in TASKS:
            cases = bridged[0][task].cases
            own = [case for case in cases if case.source.split(": ")[1].partition(" ")[0] == check]
            made.append(answered(own))
        migrated = f"`{OURS[check].name}`" if check in OURS else "bridge"
        found[check] = [*made, migrated, *catalogue[check]]
    told = rows("DEEPCHECKS.md", "The 43 checks")
    assert list(told) == list(CHECKS)
    wrong = [f"| {check} | " + " | ".join(cells) + " |" for check, cells in found.items() if told[check] != cells]
    assert not wrong, "\n".join(wrong)
