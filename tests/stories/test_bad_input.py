"""Bad input, all of it in one table: a clear error before any computing, nothing lost, never a silent pass."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

import mlqa
from mlqa import BaselineError, MlqaError, Outcome, SubjectError, UsageError
from mlqa.baselines import load, open_slot, save
from mlqa.errors import NotebookError
from mlqa.ipynb.cells import read_notebook

RNG = np.random.default_rng(0)
TABLE = pl.DataFrame({"age": RNG.normal(40, 9, 300), "plan": RNG.choice(["a", "b"], 300), "y": RNG.integers(0, 2, 300)})
TWICE = pd.DataFrame(np.ones((3, 2)), columns=["age", "age"])
LABELS = TABLE["y"].to_numpy()
SCORES = RNG.random(300)


def broken(_table):
    raise ZeroDivisionError("inside the model")


def half(table):
    return table.head(2)["age"].to_numpy()


def older(table):
    return table.with_columns(pl.col("age") + 1)


def breaks(_table):
    raise KeyError("nope")


def auc(new=SCORES, baseline=SCORES, y=LABELS, **more):
    return mlqa.not_worse(new, baseline, y, **{"metric": "roc_auc", **more})


REFUSED = {
    "unknown target": (lambda: mlqa.check(TABLE, TABLE, target="yy"), UsageError, "target='yy'.*'y'"),
    "unknown time": (lambda: mlqa.check(TABLE, TABLE, time="day"), UsageError, "time='day'"),
    "unknown column": (lambda: mlqa.drift_free(TABLE, TABLE, columns=["agee"]), UsageError, "'agee'.*'age'"),
    "empty table": (lambda: mlqa.check(TABLE.head(0), TABLE), UsageError, "current=.*0 rows"),
    "empty reference": (lambda: mlqa.drift_free(TABLE.head(0), TABLE), UsageError, "reference=.*0 rows"),
    "no columns": (lambda: mlqa.check(pl.DataFrame()), UsageError, "no column"),
    "column names twice": (lambda: mlqa.check(TWICE), UsageError, "current=.*'age' twice"),
    "not a table": (lambda: mlqa.drift_free(3, TABLE), UsageError, "reference=3: expected a table"),
    "no such file": (lambda: mlqa.check("gone.parquet"), UsageError, "a file that exists"),
    "unknown suffix": (lambda: mlqa.check("table.xls"), UsageError, "a file ending in"),
    "nothing in common": (lambda: mlqa.drift_free(TABLE, TABLE.rename(str.upper)), UsageError, "shares a column"),
    "prediction too short": (lambda: mlqa.check(TABLE, prediction=[1, 0]), UsageError, "prediction=.*300"),
    "new too short": (lambda: auc(new=SCORES[:5]), UsageError, "new=.*300"),
    "baseline too short": (lambda: auc(baseline=SCORES[:5]), UsageError, "baseline=.*300"),
    "groups too short": (lambda: auc(groups=[1]), UsageError, "groups=.*300"),
    "nothing to compare": (lambda: auc([], [], []), UsageError, "expected"),
    "metric unknown": (lambda: auc(metric="roc_acu"), UsageError, "did you mean 'roc_auc'"),
    "metric of another task": (lambda: auc(y=np.arange(300)), UsageError, "y="),
    "one class only": (lambda: auc(y=np.ones(300)), UsageError, "y="),
    "probability above one": (lambda: auc(new=SCORES + 1, metric="log_loss"), UsageError, "new="),
    "scores missing": (lambda: auc(new=np.where(SCORES > 0.5, np.nan, SCORES)), UsageError, "new="),
    "negative margin": (lambda: auc(margin=-0.1), UsageError, "margin=-0.1"),
    "alpha out of range": (lambda: mlqa.drift_free(TABLE, TABLE, alpha=2), UsageError, "alpha=2"),
    "model raises": (
        lambda: mlqa.unchanged_by(broken, TABLE, older),
        SubjectError,
        "ZeroDivisionError.*inside the model",
    ),
    "model returns too few": (lambda: mlqa.unchanged_by(half, TABLE, older), MlqaError, "300"),
    "perturbation raises": (lambda: mlqa.unchanged_by(len, TABLE, breaks), SubjectError, "breaks.*KeyError"),
    "perturbation drops rows": (
        lambda: mlqa.unchanged_by(lambda t: t["age"], TABLE, lambda t: t.head(3)),
        UsageError,
        "300",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_in_the_style_of_the_house(name):
    call, kind, message = REFUSED[name]
    with pytest.raises(kind, match=f"(?s){message}") as caught:
        call()
    text = str(caught.value)
    assert "Hint:" in text, "says one thing to do"
    assert len(text) < 600, "never prints a table"


def test_a_column_that_is_all_null_is_a_fail_that_names_it():
    empty = TABLE.with_columns(age=pl.lit(None, pl.Float64))
    report = mlqa.check(empty, TABLE)
    assert not report.ok
    named = [v for v in report.verdicts if v.outcome is Outcome.FAIL and "age" in v.columns]
    assert named
    assert all("age" in v.reason for v in named)


def slot_with_baseline(path):
    slot = open_slot(path)
    assert mlqa.not_worse(SCORES, slot, LABELS, metric="roc_auc").outcome is Outcome.FAIL  # none recorded yet
    save(path, slot.proposed)
    return open_slot(path)


@pytest.mark.parametrize("content", ["{ not json", "[]", '{"schema": 99}', "", "\x00\x01"])
def test_a_damaged_baseline_is_refused_and_left_alone(tmp_path, content):
    path = tmp_path / "auc.json"
    path.write_text(content)
    with pytest.raises(BaselineError, match=r"(?s)auc\.json.*Hint:"):
        mlqa.not_worse(SCORES, open_slot(path), LABELS, metric="roc_auc")
    assert path.read_text() == content


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y": 1 - LABELS}, "data"),
        ({"y": LABELS[:200], "new": SCORES[:200]}, "300"),
        ({"metric": "brier"}, "metric"),
    ],
)
def test_a_baseline_of_other_data_is_refused_and_the_difference_named(tmp_path, change, message):
    slot = slot_with_baseline(tmp_path / "auc.json")
    arguments = {"new": SCORES, "y": LABELS, "metric": "roc_auc", **change}
    with pytest.raises(BaselineError, match=f"(?s){message}.*--mlqa-update"):
        mlqa.not_worse(arguments["new"], slot, arguments["y"], metric=arguments["metric"])


def test_an_interrupted_write_of_a_baseline_keeps_the_old_one(tmp_path, monkeypatch):
    path = tmp_path / "auc.json"
    slot = slot_with_baseline(path)
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        save(path, slot.recorded)
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert load(path).provenance["metric"] == "roc_auc"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "a notebook"),
        ("{}", "a notebook"),
        (json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}}), "a notebook"),
    ],
)
def test_what_is_no_notebook_is_refused(tmp_path, content, message):
    path = tmp_path / "nb.ipynb"
    path.write_text(content)
    with pytest.raises((NotebookError, UsageError), match=f"(?s)nb.ipynb.*{message}"):
        read_notebook(path)
