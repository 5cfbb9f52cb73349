"""A user's file or notebook, rewritten: what becomes ours, what stays deepchecks', and every other byte."""

from __future__ import annotations

import ast
import json

import pandas as pd
import pytest
from click.testing import CliRunner

import mlqa
from mlqa.bridges.deepchecks.known import CHECKS
from mlqa.bridges.deepchecks.migrate.files import migrate
from mlqa.bridges.deepchecks.migrate.meaning import OURS
from mlqa.cli import main
from mlqa.errors import UsageError

HEAD = "from deepchecks.tabular import Dataset, Suite\nfrom deepchecks.tabular import checks as c, suites\n"
DATA = "train_ds = Dataset(train, label='y', index_name='key')\ntest_ds = Dataset(test, label='y', index_name='key')\n"

ASKED = "train=train, test=test, target='y', id='key'"
TRAIN, TEST = (f"{name}.drop(columns=['y', 'key'])" for name in ("train", "test"))
LIMIT = "{'drift_score_less_than': {'max_allowed_numeric_score': 0.3}}"
AREA = "{'RocReport': {'auc_greater_than': 0.8}}"


@pytest.fixture
def rewritten(tmp_path):
    def rewrite(text):
        path = tmp_path / "theirs.py"
        path.write_text(text, encoding="utf-8")
        return migrate(path)

    return rewrite


def test_a_whole_file_keeps_its_other_bytes(rewritten):
    text = (
        '"""Prüfung — ours."""\n'
        "import pandas as pd\n"
        "from deepchecks.tabular import Dataset\n"
        "from deepchecks.tabular.checks import FeatureDrift, TrainTestSamplesMix\n"
        "from deepchecks.tabular.suites import data_integrity\n"
        "\n"
        "x = {'a':1}   # as   it is\n"
        "ds = Dataset(frame, label='y', cat_features=['c'], datetime_name=\"when\")\n"
        "suite = data_integrity()\n"
        "result = suite.run(ds)\n"
        'result.save_as_html("ü.html")  # kept\n'
        "assert result.passed()\n"
    )
    found = rewritten(text)
    assert found.after == (
        '"""Prüfung — ours."""\n'
        "import pandas as pd\n"
        "import mlqa\n"
        "\n"
        "x = {'a':1}   # as   it is\n"
        "ds = frame\n"
        "result = mlqa.check(ds, target='y', categorical=['c'], time='when')\n"
        'result.save("ü.html")  # kept\n'
        "assert bool(result)\n"
    )
    assert [note.partition(": ")[0] for note in found.notes] == ["line 10"]


@pytest.mark.parametrize(
    ("call", "instead"),
    [
        ("c.FeatureDrift().run(A, B)", "drift_free(train.drop(columns=['y', 'key']), test.drop("),
        ("c.TrainTestFeatureDrift().run(A, B)", "drift_free("),
        ("c.DataDuplicates().add_condition_ratio_less_or_equal(0.1).run(A)", "no_duplicated_rows(train, at_most=0.1)"),
        ("c.NewLabelTrainTest().run(A, B)", "categories_hold(train, test, columns=['y'])"),
        ("c.ConflictingLabels().run(A)", "no_conflicting_labels(train.drop(columns=['key']), target='y')"),
        ("c.UnusedFeatures().run(A, B, model)", "features_used(model, test.drop(columns=['y', 'key']))"),
        (
            "c.FeatureDrift().add_condition_drift_score_less_than(max_allowed_numeric_score=0.3).run(A, B)",
            f"deepchecks('FeatureDrift', {ASKED}, conditions={LIMIT})",
        ),
        ("suites.train_test_validation().run(A, B)", "check(test, train, target='y', id='key')"),
        (
            "suites.model_evaluation().run(A, B, model)",
            f"model_check(model, {TEST}, test['y'], X_train={TRAIN}, y_train=train['y'])",
        ),
        ("suites.full_suite().run(A, B, y_pred_test=said)", f"deepchecks('full_suite', {ASKED}, test_prediction=said)"),
        (
            "suites.production_suite(is_comparative=True, n_samples=9).run(A, B)",
            f"deepchecks('production_suite', {ASKED}, arguments={{'n_samples': 9}})",
        ),
        (
            "Suite('own', c.RocReport().add_condition_auc_greater_than(0.8), c.LabelDrift()).run(A, B, model)",
            f"deepchecks(['RocReport', 'LabelDrift'], {ASKED}, model=model, conditions={AREA})",
        ),
    ],
)
def test_each_run_becomes_ours_where_limits_can_be_kept_else_the_bridge(rewritten, call, instead):
    inline = call.replace("(A", "(Dataset(train, label='y', index_name='key')")
    inline = inline.replace(", B", ", Dataset(test, label='y', index_name='key')")
    after = rewritten(f"{HEAD}found = {inline}\n").after
    assert after.startswith("import mlqa\n")
    assert f"found = mlqa.{instead}" in after
    assert "Dataset" not in after


def test_what_cannot_be_followed_stays_and_is_told(rewritten):
    text = f"{HEAD}{DATA}found = c.FeatureDrift().run(train_ds, test_ds)\nprint(found.value)\nfound.get_metadata()\n"
    found = rewritten(text)
    assert "print(found.value)" in found.after
    assert any("left: .get_metadata() has no counterpart" in note for note in found.notes)
    scored = rewritten(f"{HEAD}result = suites.full_suite(**options).run(Dataset(train, label=labels))\n")
    assert "Dataset(train, label=labels)" in scored.after


def test_conditions_added_later_count(rewritten):
    text = (
        f"{HEAD}{DATA}check = c.RocReport()\ncheck.add_condition_auc_greater_than(0.8)\ncheck.run(train_ds, model=m)\n"
    )
    after = rewritten(text).after
    assert "conditions={'auc_greater_than': 0.8}" in after
    assert "check" not in after.replace("deepchecks", "")


def test_a_notebook_is_rewritten_as_one_text_and_magics_stay(tmp_path):
    cells = [
        ["%matplotlib inline\n", "from deepchecks.tabular import Dataset\n", "from deepchecks.tabular.suites import *"],
        ["!ls\n", "from deepchecks.tabular.suites import data_integrity\n", "ds = Dataset(df, label='y')"],
        ["data_integrity().run(ds).show()"],
    ]
    notebook = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for cell in cells:
        made = {"cell_type": "code", "source": cell, "metadata": {}, "outputs": [{"x": 1}], "execution_count": 3}
        notebook["cells"].append(made)
    notebook["cells"].insert(1, {"cell_type": "markdown", "source": "# deepchecks", "metadata": {}})
    path = tmp_path / "theirs.ipynb"
    path.write_text(json.dumps(notebook))
    done = CliRunner().invoke(main, ["migrate", "deepchecks", str(path), "--write"])
    assert done.exit_code == 0, done.output
    written = json.loads(path.read_text())["cells"]
    assert "".join(written[0]["source"]).startswith("%matplotlib inline\nimport mlqa")
    assert "".join(written[2]["source"]).startswith("!ls\n")
    assert "".join(written[3]["source"]) == "mlqa.check(ds, target='y')"
    assert written[3]["outputs"] == []
    assert written[1] == notebook["cells"][1]


def test_the_file_is_written_only_when_asked(tmp_path):
    path = tmp_path / "theirs.py"
    text = f"{HEAD}c.IsSingleValue().run(Dataset(df))\n"
    path.write_text(text)
    shown = CliRunner().invoke(main, ["migrate", "deepchecks", str(path)])
    assert "+mlqa.no_constant_columns(df)" in shown.output
    assert "IsSingleValue -> no_constant_columns: the same question" in shown.output
    assert path.read_text() == text
    CliRunner().invoke(main, ["migrate", "deepchecks", str(path), "--write"])
    assert path.read_text() == "import mlqa\nmlqa.no_constant_columns(df)\n"
    again = CliRunner().invoke(main, ["migrate", "deepchecks", str(path), "--write"])
    assert "nothing to change" in again.output


def test_what_is_no_python_is_refused(tmp_path):
    for name, text in (("a.py", "def ("), ("b.ipynb", "{"), ("c.txt", "")):
        (tmp_path / name).write_text(text)
        with pytest.raises(UsageError, match="FILE"):
            migrate(tmp_path / name)


def test_every_check_of_theirs_gives_text_that_runs_where_it_becomes_ours(rewritten):
    """The names and arguments written exist: each line is run on a small table."""
    rows = 60
    frame = pd.DataFrame({"key": range(rows), "when": pd.date_range("2024", periods=rows), "a": range(rows)})
    frame["c"], frame["y"] = ["u", "v", "w"] * 20, [0, 1] * 30
    later = frame.assign(key=frame.key + 100, when=frame.when + pd.Timedelta(days=100))
    known = {"mlqa": mlqa, "train": frame, "test": later, "model": lambda X: X["a"].to_numpy() % 2}
    roles = "label='y', index_name='key', datetime_name='when'"
    for check, ours in OURS.items():
        pair = {"one": "train_ds", "two": "train_ds, test_ds", "model": "train_ds, model=model"}[ours.takes]
        made = f"{HEAD}train_ds = Dataset(train, {roles})\ntest_ds = Dataset(test, {roles})\n"
        after = rewritten(f"{made}found = c.{check}().run({pair})\n").after
        assert f"mlqa.{ours.name}(" in after, check
        exec(compile(after, check, "exec"), space := dict(known))
        assert isinstance(space["found"], mlqa.Verdict), check


def test_checks_named_are_theirs_and_ours():
    assert set(OURS) <= set(CHECKS)
    for ours in OURS.values():
        assert callable(getattr(mlqa, ours.name))
        assert ast.parse(f"mlqa.{ours.name}()")
