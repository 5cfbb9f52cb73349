"""Their answers in our words: no pass without a condition that passed; conditions, tables of any kind."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import mlqa
from mlqa.bridges.deepchecks.answers import case_of
from mlqa.bridges.deepchecks.frames import write_frame
from mlqa.report.report import Report
from mlqa.verdict import Outcome

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"a": RNG.normal(size=120).round(6), "b": RNG.choice(["x", "y"], 120)})
FRAME["y"] = (FRAME.a + RNG.normal(size=120) > 0).astype(int)
MOVED = FRAME.assign(a=FRAME.a + 3)
DRIFT = {"drift_score_less_than": {"max_allowed_numeric_score": 0.2}}


def told(**given):
    found = {"check": "FeatureDrift", "side": "", "rows": {"train": 3}, "conditions": [], "value": None, "plot": None}
    return case_of({**found, **given}, suite="s", version="0.19.1", columns=["a", "b"])


@pytest.mark.parametrize(
    ("category", "outcome"), [("PASS", Outcome.PASS), ("FAIL", Outcome.FAIL), ("WARN", Outcome.FAIL)]
)
def test_a_condition_is_a_contract_with_its_words(category, outcome):
    case = told(conditions=[{"name": "score < 1", "category": category, "details": "Found {'b': 2}"}], value=2.5)
    (verdict,) = case.verdicts
    assert (verdict.check, verdict.outcome, verdict.claim) == ("deepchecks.feature_drift", outcome, "score < 1")
    assert verdict.kind == "contract"
    assert verdict.evidence.estimate == 2.5
    assert verdict.columns == (("b",) if outcome is Outcome.FAIL else ())
    assert "warning" in verdict.reason or category != "WARN"


def test_a_condition_that_breaks_is_a_crash():
    case = told(conditions=[{"name": "n", "category": "ERROR", "details": "boom"}])
    assert case.outcome == "crash"
    assert not Report((case,)).ok


def test_a_check_that_could_not_run_is_never_a_pass():
    failure = {"type": "ValueError", "message": "boom", "traceback": "", "applies": True}
    assert told(failure=failure).outcome == "crash"
    aside = told(failure={**failure, "applies": False, "message": "no label"})
    assert [(verdict.outcome, verdict.reason) for verdict in aside.verdicts] == [
        (Outcome.SKIPPED, "deepchecks says: no label")
    ]
    assert told().outcome == "skipped"


def test_bars_are_bounded_and_others_are_no_picture():
    bars = {"title": "<b>t</b>", "labels": ["u", "v"], "series": [[1.0, 2.0]], "y": "score"}
    plot = told(plot=bars).verdicts[0].evidence.plot
    assert plot["mark"] == "bar"
    assert "<" not in json.dumps(plot["encoding"])
    assert told(plot={**bars, "series": [[-1.0, 2.0]]}).verdicts[0].evidence.plot is None


def test_cells_of_mixed_types_are_written_as_they_are(tmp_path):
    cells = ["x", 1, None, float("nan"), True, 2.5, pd.NaT, pd.NA, pd.Timestamp("2024-01-02")]
    frame = pd.DataFrame(
        {"mixed": pd.Series(cells, dtype=object), "text": ["a"] * 9, "n": pd.array([1, None] + [2] * 7)}
    )
    assert write_frame(frame, tmp_path / "t.arrow") == ["mixed"]
    written = pl.read_ipc(tmp_path / "t.arrow")
    told = ['"x"', "1", "null", "NaN", "true", "2.5", '{"is": "nat"}', '{"is": "na"}', '"2024-01-02 00:00:00"']
    assert written["mixed"].to_list() == told
    assert written.schema["n"] == pl.Float64


@pytest.mark.deepchecks
def test_one_check_takes_conditions_and_arguments(their_python):
    failed = mlqa.deepchecks("FeatureDrift", train=FRAME, test=MOVED, target="y", conditions=DRIFT)
    assert [(v.outcome, v.columns) for v in failed.verdicts] == [(Outcome.FAIL, ("a",))]
    assert failed.verdicts[0].evidence.plot
    loose = {"drift_score_less_than": {"max_allowed_numeric_score": 1.1}}
    assert mlqa.deepchecks("FeatureDrift", train=FRAME, test=MOVED, target="y", conditions=loose).ok
    only = mlqa.deepchecks("FeatureDrift", train=FRAME, test=MOVED, arguments={"columns": ["b"]})
    assert only.ok
    with pytest.raises(mlqa.BridgeError, match="has no condition 'nothing'; it has drift_score_less_than"):
        mlqa.deepchecks("FeatureDrift", train=FRAME, test=MOVED, conditions=["nothing"])


@pytest.mark.deepchecks
def test_tables_of_any_kind_and_two_sessions_give_the_same_report(their_python, tmp_path):
    pl.from_pandas(MOVED).write_parquet(tmp_path / "test.parquet")
    one = mlqa.deepchecks("FeatureDrift", train=FRAME, test=MOVED, target="y")
    other = mlqa.deepchecks("FeatureDrift", train=pl.from_pandas(FRAME), test=tmp_path / "test.parquet", target="y")
    assert one.to_json() == other.to_json()
    assert Report.from_json(one.to_json()) == one


@pytest.mark.deepchecks
def test_what_needs_the_live_model_is_asked_of_it_or_skipped(their_python):
    names = ["ModelInferenceTime", "UnusedFeatures", "BoostingOverfit", "ModelInfo", "MultiModelPerformanceReport"]
    without = mlqa.deepchecks(names, train=FRAME, test=MOVED, target="y", test_prediction=FRAME["y"])
    assert {verdict.outcome for verdict in without.verdicts} == {Outcome.SKIPPED}
    ours = mlqa.deepchecks(
        names, train=FRAME, test=MOVED, target="y", model=lambda X: (X["a"].to_numpy() > 0).astype(int)
    )
    found = {verdict.check: verdict.outcome for verdict in ours.verdicts}
    assert list(found)[:3] == ["performance.fast_enough", "performance.features_used", "performance.not_overfit"]
    assert found["deepchecks.model_info"] is found["deepchecks.multi_model_performance_report"] is Outcome.SKIPPED


@pytest.mark.deepchecks
def test_columns_named_categorical_are_so_to_deepchecks(their_python):
    codes = pd.DataFrame({"code": np.arange(200) % 50, "a": RNG.normal(size=200)})
    drift = {"drift_score_less_than": {"max_allowed_categorical_score": 0.0, "max_allowed_numeric_score": 1.1}}
    moved = codes.assign(code=codes.code + 1)
    number, kind = (
        mlqa.deepchecks("FeatureDrift", train=codes, test=moved, categorical=named, conditions=drift)
        for named in ([], ["code"])
    )
    assert [verdict.columns for verdict in (*number.verdicts, *kind.verdicts)] == [(), ("code",)]


@pytest.mark.parametrize(("missing", "told"), [(np.nan, "got nan in row 3"), (None, "missing")])
def test_labels_that_are_missing_are_refused_where_a_live_model_is_asked(missing, told):
    holes = FRAME.astype({"y": object})
    holes.loc[3, "y"] = missing
    with pytest.raises(mlqa.UsageError, match=rf"(?s){told}.*Hint"):
        mlqa.deepchecks("TrainTestPerformance", train=FRAME, test=holes, target="y", model=lambda X: [0] * len(X))


@pytest.mark.deepchecks
def test_it_is_a_check_like_others_in_pytest(their_python, project, monkeypatch):
    monkeypatch.setenv("MLQA_CACHE", str(Path(their_python).parents[3]))  # the project has a home of its own
    text = (
        "import mlqa, polars as pl\nfrom pathlib import Path\n"
        "def test_single():\n    assert mlqa.deepchecks('IsSingleValue', train=pl.DataFrame({'a': [1, 1, 1]}))\n"
    )
    run = project({"test_it.py": text}).run("--mlqa")
    assert run.outcomes == {"failed": 1}
    assert "deepchecks.is_single_value" in run.text
