"""A subject's model is asked once about each of its tables, whoever wants its predictions."""

from __future__ import annotations

SETTINGS = """
[tool.mlqa.subjects.churn]
model = "shop.models:model"
train = "data/train.csv"
test = "data/test.csv"
target = "left"
id = "customer"
"""
MODELS = """
from pathlib import Path

class Model:
    classes_ = ["no", "yes"]

    def predict(self, table):
        with (Path(__file__).parent / "asked.txt").open("a") as file:
            file.write(f"{len(table)} rows, {list(table.columns)}\\n")
        return ["yes" if x > 2 else "no" for x in table["x"]]

    def predict_proba(self, table):
        return [[1 - x / 8, x / 8] for x in table["x"]]

model = Model()
"""
TEST = """
def test_labels(mlqa_predictions):
    assert mlqa_predictions.test.prediction.tolist() == ["no", "yes", "yes"]
    assert mlqa_predictions.test.y.tolist() == ["no", "no", "yes"]

def test_probabilities(mlqa_predictions):
    found = mlqa_predictions.test
    assert (found.task, found.classes) == ("binary", ("no", "yes"))
    assert found.probability[:, 1].tolist() == [0.125, 0.5, 0.875] == found.score.tolist()

def test_other_table(mlqa_predictions):
    assert mlqa_predictions.train.n == 2
"""
FILES = {
    "pyproject.toml": SETTINGS,
    "shop/__init__.py": "",
    "shop/models.py": MODELS,
    "data/train.csv": "customer,x,left\na,1,no\nb,2,yes\nc,3,\n",
    "data/test.csv": "customer,x,left\nd,1,no\ne,4,no\nf,7,yes\n",
    "tests/test_a.py": TEST,
}


def test_the_model_is_asked_once_for_each_table_and_not_about_ids_or_rows_without_a_label(project):
    run = project(FILES).run("--mlqa", "tests")
    assert run.outcomes == {"passed": 3}
    assert sorted(run.changed["shop/asked.txt"].splitlines()) == ["2 rows, ['x']", "3 rows, ['x']"]


def test_workers_share_what_one_of_them_asked(project):
    files = {**FILES, "tests/test_b.py": TEST.partition("def test_other")[0], "tests/test_c.py": TEST}
    run = project(files).run("--mlqa", "-n2", "--dist=loadfile", "tests", apart=True)
    assert run.outcomes == {"passed": 8}
    assert sorted(run.changed["shop/asked.txt"].splitlines()) == ["2 rows, ['x']", "3 rows, ['x']"]


def test_what_is_missing_is_named_by_its_key(project):
    settings = SETTINGS.replace('target = "left"\n', "")
    run = project({**FILES, "pyproject.toml": settings}).run("--mlqa", "tests")
    assert run.outcomes == {"failed": 3}
    assert "subject 'churn' has no 'target': set [tool.mlqa.subjects.churn] target in pyproject.toml" in run.text
    run = project({**FILES, "pyproject.toml": SETTINGS.replace('"left"', '"lef"')}).run("--mlqa", "tests")
    assert "[tool.mlqa.subjects.churn] target='lef': expected a column of test, got no such column." in run.text
    assert "Hint: did you mean 'left'?" in run.text


def test_a_model_that_raises_is_named_without_a_traceback(project):
    models = MODELS.replace("with (Path", "raise RuntimeError('no weights')\n        with (Path")
    run = project({**FILES, "shop/models.py": models}).run("--mlqa", "tests")
    assert run.outcomes == {"failed": 3}
    assert "model=Model: predict raised RuntimeError('no weights') on 3 rows." in run.text
    assert "Traceback" not in run.text
