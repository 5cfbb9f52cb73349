"""Notebooks in CI: chosen, parametrized, cached, kept as artefacts, and told where people look."""

from __future__ import annotations

import json

import pytest

from mlqa.plugin.notebook_run import COLOURS

pytestmark = pytest.mark.kernel

FLOW = {
    "prep": "with open('visited', 'a') as file: file.write('x')\nnumber = 3",
    "tests": "%%mlqa\ndef test_a(number): assert number == 3\ndef test_b(): pass",
    "last": "number + 1",
}


def tagged(written, cell_id, *tags, **metadata):
    """Give a cell of a notebook's text tags and metadata."""
    content = json.loads(written)
    (cell,) = [cell for cell in content["cells"] if cell["id"] == cell_id]
    cell["metadata"] = {"tags": list(tags), **metadata}
    return json.dumps(content)


@pytest.mark.parametrize("dist", ["loadgroup", "worksteal"])
def test_any_distribution_gives_the_same_outcomes_in_one_kernel(project, notebook, dist):
    story = project({"a.ipynb": notebook(FLOW), "test_plain.py": "def test_p(): pass\ndef test_q(): pass\n"})
    run = story.run("--mlqa", "-n2", "--dist", dist, apart=True)
    assert run.outcomes == {"passed": 6}
    assert (story.folder / "visited").read_text() == "x"


def test_items_of_two_notebooks_in_turn_and_twice_see_whole_kernels(project, notebook):
    cells = {**FLOW, "counts": "%%mlqa\ndef test_c(number): assert number == 3"}
    mixed = (
        "def pytest_collection_modifyitems(items):\n    items.sort(key=lambda item: item.nodeid.partition('::')[2])\n"
    )
    files = {"a.ipynb": notebook(cells), "sub/b.ipynb": notebook(cells), "conftest.py": mixed}
    story = project(files)
    assert story.run("--mlqa").outcomes == {"passed": 10}
    assert (story.folder / "visited").read_text() == "x"
    again = story.run("--mlqa", "--keep-duplicates", "a.ipynb::tests", "a.ipynb::tests", "a.ipynb::last")
    assert again.outcomes["passed"] in {3, 5}


PARAMETERS = """
[tool.mlqa]
[tool.mlqa.parameters]
"a.ipynb" = [{ alpha = 1 }, { alpha = 2, kind = "x [y]" }]
"""


def test_a_notebook_runs_once_for_each_set_of_parameters(project, notebook):
    cells = {
        "given": "alpha = 0\nkind = 'plain'",
        "tests": "%%mlqa\ndef test_a(alpha, kind): assert (alpha, kind) in [(1, 'plain'), (2, 'x [y]')]",
    }
    text = tagged(notebook(cells), "given", "parameters", mlqa={"parameters": [{"alpha": 3}]})
    story = project({"a.ipynb": text, "pyproject.toml": PARAMETERS})
    run = story.run("--mlqa", "-rA")
    assert run.outcomes == {"passed": 5, "failed": 1}
    assert "FAILED a.ipynb::alpha=3::tests::test_a" in run.text
    one = story.run("--mlqa", "a.ipynb::alpha=2,kind=x-y-::tests::test_a")
    assert one.outcomes == {"passed": 1}


def test_parameters_are_checked_before_a_kernel_starts(project, notebook):
    text = tagged(notebook({"given": "alpha = 0.5"}), "given", "parameters")
    wrong = '[tool.mlqa.parameters]\n"*.ipynb" = [{{ {} }}]\n'
    story = project({"a.ipynb": text, "pyproject.toml": wrong.format('alpha = "high"')})
    run = story.run("--mlqa")
    assert run.outcomes == {"errors": 1}
    assert "alpha='high': expected a value of type float" in run.text
    story.write("pyproject.toml", wrong.format("alhpa = 1.0"))
    run = story.run("--mlqa")
    assert "expected a parameter of the notebook" in run.text
    assert "alpha" in run.text


def test_what_is_unchanged_since_it_passed_is_not_run_again(project, notebook):
    cells = {
        **FLOW,
        "reads": "text = open('data.txt').read()\nimport own",
        "fails": "%%mlqa\nimport os\ndef test_f(): assert 'GOOD' in os.environ or os.path.exists('good')",
    }
    story = project({"a.ipynb": notebook(cells), "data.txt": "1", "own.py": "x = 1\n"})

    def visits(*args):
        (story.folder / "visited").unlink(missing_ok=True)
        run = story.run("--mlqa", "--mlqa-notebook-cache", *args)
        path = story.folder / "visited"
        return run, path.read_text() if path.exists() else ""

    first, visited = visits()
    assert (first.outcomes, visited) == ({"passed": 5, "failed": 1}, "x")
    second, visited = visits()  # a FAIL is never kept
    assert (second.outcomes, visited) == ({"passed": 5, "failed": 1}, "x")
    assert "5 of 6 unchanged, not run" in second.text
    third, visited = visits("-k", "not test_f", "--mlqa-report=report.json")
    assert (third.outcomes, visited) == ({"passed": 5, "deselected": 1}, "")
    assert len(third.report.cases) == 5
    for name, text in (("data.txt", "2"), ("own.py", "x = 2\n"), ("conftest.py", "")):
        story.write(name, text)
        changed, visited = visits("-k", "not test_f")
        assert (changed.outcomes["passed"], visited) == (5, "x"), name
        assert visits("-k", "not test_f")[1] == "", name
    assert visits("-k", "not test_f", "--mlqa-alpha", "0.01")[1] == "x"
    story.write("a.ipynb", notebook({**cells, "last": "number + 2"}))
    run, visited = visits("-k", "test_a or test_b or last")
    assert visited == "x"
    assert run.outcomes["passed"] == 3


def test_what_leaves_the_process_is_never_kept(project, notebook):
    story = project({"a.ipynb": notebook({"shell": "!true", "one": "x = 1"})})
    for _ in range(2):
        run = story.run("--mlqa", "--mlqa-notebook-cache")
        assert run.outcomes == {"passed": 2}
        assert "unchanged" not in run.text


def test_the_executed_notebook_is_an_artefact_with_verdicts_time_and_memory(project, notebook):
    cells = {**FLOW, "breaks": "1 / 0", "needs": "%%mlqa\ndef test_n(): assert 0"}
    story = project({"sub/a.ipynb": notebook(cells)})
    run = story.run("--mlqa", "--mlqa-notebook-out", "out", "--junitxml=junit.xml")
    assert run.outcomes == {"passed": 4, "failed": 2}
    written = json.loads((story.folder / "out/sub/a.ipynb").read_text())
    prep, tests, last, breaks, needs = (cell["metadata"]["mlqa"] for cell in written["cells"])
    assert [one["outcome"] for one in (prep, tests, last, breaks, needs)] == ["passed"] * 3 + ["failed"] * 2
    assert prep["seconds"] >= 0
    assert prep["peak_mb"] > 1
    assert needs["verdicts"][0]["outcome"] == "fail"
    assert written["cells"][2]["outputs"][0]["data"]["text/plain"] == "4"
    assert written["cells"][2]["execution_count"] == 3
    assert written["cells"][3]["outputs"][0]["ename"] == "ZeroDivisionError"
    assert "Cell In[4], line 1" in COLOURS.sub("", "".join(written["cells"][3]["outputs"][0]["traceback"]))
    junit = (story.folder / "junit.xml").read_text()
    assert junit.count('name="mlqa.cell_seconds"') == 6
    assert junit.count('name="mlqa.cell_peak_mb"') == 6
    assert json.loads((story.folder / "sub/a.ipynb").read_text())["cells"][2]["outputs"] == []


def test_github_is_told_at_the_line_of_the_file(project, notebook, monkeypatch):
    cells = {"one": "x = 1\n\ny = {'100%, a:b': 1}[2]", "two": "%%mlqa\n\ndef test_a(): assert 0, '::error::x'"}
    content = json.loads(notebook(cells))
    for cell in content["cells"]:
        cell["source"] = cell["source"].splitlines(keepends=True)
    written = json.dumps(content, indent=1)
    story = project({"a.ipynb": written})
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    told = [line for line in story.run("--mlqa").text.splitlines() if line.startswith("::")]
    line = 1 + next(index for index, one in enumerate(written.splitlines()) if "y = {" in one)
    test = 1 + next(index for index, one in enumerate(written.splitlines()) if "test_a" in one)
    assert [one.partition("::")[2].partition("::")[0] for one in told] == [
        f"error file=a.ipynb,line={line},title=one",
        f"error file=a.ipynb,line={test},title=two%3A%3Atest_a",
    ]
    assert all("\n" not in one for one in told)
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert "::error" not in "".join(story.run("--mlqa", "--tb=no").text.splitlines()[:3])


def test_modules_that_a_notebook_imports_are_covered(project, notebook, pytester):
    pytest.importorskip("pytest_cov")
    own = "def used():\n    return 1\ndef unused():\n    return 2\n"
    story = project({"a.ipynb": notebook({"one": "import own; own.used()"}), "own.py": own})
    result = pytester.runpytest_subprocess("--mlqa", "-p", "no:nbval", "--cov=own", "--cov-report=term-missing")
    result.stdout.fnmatch_lines(["own.py*4*1*75%*4"])
    assert not list(story.folder.glob(".coverage.*"))


def test_tags_of_nbmake_leave_a_cell_out(project, notebook):
    text = tagged(notebook({"one": "1 / 0", "two": "x = 1"}), "one", "skip-execution")
    assert project({"a.ipynb": text}).run("--mlqa").outcomes == {"skipped": 1, "passed": 1}
