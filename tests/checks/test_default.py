"""Every default check of tables, in one call."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa.checks.catalogue import QUESTIONS, Question
from mlqa.checks.default import check, questions, questions_named
from mlqa.errors import UsageError
from mlqa.report.report import Report
from mlqa.subjects.profile import profile
from mlqa.verdict import Outcome


def drawn(rows: int = 600, seed: int = 0) -> pl.DataFrame:
    numbers = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "id": [f"{seed}-{row}" for row in range(rows)],
            "day": np.arange(rows) + seed * rows,
            "x": numbers.normal(size=rows),
            "z": numbers.normal(size=rows),
            "plan": numbers.choice(["basic", "plus", "pro"], rows),
            "y": numbers.integers(0, 2, rows),
        }
    )


def asked(current, reference=None, **options):
    report = check(current, reference, target="y", time="day", id="id", **options)
    assert not [case.crash for case in report.cases if case.crash]
    return {verdict.check: verdict for verdict in report.verdicts}


def failed(verdicts):
    return {name: verdict.columns for name, verdict in verdicts.items() if verdict.outcome is Outcome.FAIL}


def test_clean_tables_pass_every_check_in_order():
    verdicts = asked(drawn(seed=1), drawn())
    names = questions_named(True, has_target=True, has_time=True, has_id=True)
    assert [name.rpartition(".")[2] for name in verdicts] == list(names)
    assert {verdict.outcome for verdict in verdicts.values()} <= {Outcome.PASS, Outcome.SKIPPED}
    assert [name for name, verdict in verdicts.items() if verdict.alpha is None][:1] == ["quality.schema_holds"]


def test_the_names_of_questions_are_those_of_the_checks_and_stable():
    every = questions_named(True, has_target=True, has_time=True, has_id=True, has_group=True, has_outputs=True)
    assert {*every, *questions_named(False, has_target=True)} == set(QUESTIONS)
    assert {"schema_holds", "missing_rate_holds", "drift_free", "no_shared_rows"} <= set(questions_named(True))
    asked = questions(drawn(seed=1), drawn(), target="y", time="day", id="id")
    assert tuple(asked) == questions_named(True, has_target=True, has_time=True, has_id=True)
    assert asked["drift_free"]().check == "drift.drift_free"


def test_two_profiles_and_two_tables_give_one_report(tmp_path):
    current, reference = drawn(seed=1), drawn().with_columns(x=pl.col("x") * 2)
    tables = check(current, reference, target="y", time="day", id="id")
    path = profile(reference, target="y", leave_out=["day", "id"]).save(tmp_path / "a.mlqa-profile", rows=True)
    held = profile(current, target="y", leave_out=["day", "id"])
    for now, before in ((held, path), (current, path), (held, reference)):
        assert check(now, before, target="y", time="day", id="id").to_json() == tables.to_json()


def test_without_rows_only_what_needs_them_is_skipped(tmp_path):
    current, reference = drawn(seed=1), drawn().with_columns(x=pl.col("x") * 2)
    path = profile(reference, target="y", leave_out=["day", "id"]).save(tmp_path / "a.mlqa-profile")
    verdicts, whole = (asked(current, before) for before in (path, reference))
    differing = {name for name, verdict in verdicts.items() if verdict != whole[name]}
    assert {verdicts[name].outcome for name in differing} == {Outcome.SKIPPED}
    assert verdicts["drift.drift_free"].columns == ("x",)
    assert "drift.relations_hold" in differing


def test_a_report_is_ok_and_survives_json():
    report = check(drawn(seed=1), drawn(), time="day", id="id")
    assert report.ok
    assert Report.from_json(report.to_json()) == report
    assert report.alpha_spent == pytest.approx(
        1e-4 * sum(v.alpha is not None and v.outcome is not Outcome.SKIPPED for v in report.verdicts)
    )


def test_every_fault_is_named_by_its_check_and_column():
    reference = drawn()
    faulty = drawn(seed=1).with_columns(
        x=pl.col("x") * 10,
        z=pl.when(pl.int_range(600) < 200).then(None).otherwise("z"),
        plan=pl.when(pl.int_range(600) < 30).then(pl.lit("gold")).otherwise("plan"),
    )
    verdicts = failed(asked(faulty, reference))
    assert verdicts["quality.schema_holds"] == ("plan",)
    assert verdicts["quality.missing_rate_holds"] == ("z",)
    assert "x" in verdicts["drift.drift_free"]


def test_leaked_rows_are_seen_through_their_new_ids():
    reference = drawn()
    leaked = pl.concat([drawn(seed=1).head(500), reference.head(100).with_columns(id=pl.lit("new"))])
    assert "leakage.no_shared_rows" in failed(asked(leaked, reference))


def test_the_target_drifts_too():
    shifted = drawn(seed=1).with_columns(y=pl.lit(1))
    assert failed(asked(shifted, drawn()))["drift.label_drift_free"] == ("y",)


def test_a_target_not_known_yet_is_no_fault():
    assert failed(asked(drawn(seed=1).drop("y"), drawn())) == {}


def test_time_id_and_group_are_left_out_of_drift():
    reference, current = (
        drawn(seed=seed).with_columns(group=pl.lit(f"site {seed}"), at=pl.lit(f"202{seed}-01-01").str.to_datetime())
        for seed in (0, 1)
    )
    assert failed(asked(current, reference, group="group")) == {}
    assert "group" in failed(asked(current, reference))["drift.drift_free"]


def outputs(numbers, classes, skew):
    """Probabilities of each class, or of one; the greater the skew, the less likely the last."""
    if classes == 1:
        return numbers.random(600) / skew
    return numbers.dirichlet([skew] * (classes - 1) + [1], 600)


@pytest.mark.parametrize("classes", [1, 2, 3])
def test_outputs_given_as_arrays_are_compared(classes):
    numbers = np.random.default_rng(5)
    before, same, moved = (outputs(numbers, classes, skew) for skew in (1, 1, 4))
    kept = {"reference_probability": before}
    assert failed(asked(drawn(seed=1), drawn(), probability=same, **kept)) == {}
    found = failed(asked(drawn(seed=1), drawn(), probability=moved, **kept))["drift.prediction_drift_free"]
    assert set(found) == ({f"probability[{at}]" for at in range(3)} if classes == 3 else {"probability"})


def test_outputs_may_be_columns_of_one_or_of_two_names():
    reference = drawn().with_columns(score=pl.col("x"), old=pl.col("z"))
    current = drawn(seed=1).with_columns(score=pl.col("x") + 3)
    assert "score" in failed(asked(current, reference.drop("old"), prediction="score"))["drift.prediction_drift_free"]
    renamed = reference.drop("score")
    verdicts = failed(asked(current, renamed, prediction="score", reference_prediction="old"))
    assert verdicts["drift.prediction_drift_free"] == ("score",)
    labels = failed(asked(current.drop("score"), drawn(), prediction=["no"] * 600, reference_prediction=["yes"] * 600))
    assert labels["drift.prediction_drift_free"] == ("prediction",)


@pytest.mark.parametrize("renamed", [False, True])
def test_probabilities_of_all_classes_may_be_columns(renamed):
    numbers = np.random.default_rng(6)
    names = ["p0", "p1", "p2"]
    before, after = (
        drawn(seed=seed).hstack(pl.DataFrame(outputs(numbers, 3, skew), schema=names))
        for seed, skew in ((0, 1), (1, 4))
    )
    old = [f"old_{name}" for name in names] if renamed else names
    kept = {"reference_probability": old} if renamed else {}
    found = failed(asked(after, before.rename(dict(zip(names, old))), probability=names, **kept))
    assert set(found["drift.prediction_drift_free"]) == {*names}
    assert "drift.drift_free" not in found


def test_a_missing_probability_of_a_column_is_counted_and_not_refused():
    current, reference = (drawn(seed=seed).with_columns(p=pl.lit(0.5)) for seed in (1, 0))
    gone = current.with_columns(p=pl.when(pl.int_range(pl.len()) < 60).then(None).otherwise(pl.col("p")))
    assert failed(asked(gone, reference, probability="p"))["quality.missing_rate_holds"] == ("p",)


def test_a_reference_of_profiles_is_asked_for_probabilities_too():
    table = drawn(60).with_columns(p=pl.lit(2.0))
    for current, reference in ((profile(table), None), (table.with_columns(p=0.5), profile(table))):
        with pytest.raises(UsageError, match=r"probability='p': expected probabilities in \[0, 1\], got values"):
            check(current, reference, probability="p")


def test_outputs_that_the_reference_has_not_are_no_fault():
    assert failed(asked(drawn(seed=1), drawn(), prediction=np.ones(600))) == {}
    assert failed(asked(drawn(seed=1).with_columns(score=pl.lit(1)), drawn(), prediction="score")) == {}


def test_codes_are_categories_whether_a_missing_value_made_floats_of_them_or_not():
    reference = pd.DataFrame({"code": [1, 2] * 100})
    current = pd.DataFrame({"code": [1.0, 2.0] * 99 + [np.nan, 1.0]})
    verdicts = check(current, reference, categorical=["code"]).verdicts
    assert not [verdict for verdict in verdicts if verdict.outcome is Outcome.FAIL]


def test_without_a_reference_one_table_is_asked():
    report = check(pd.DataFrame({"a": [1, 2], "gone": [None, None]}))
    assert [(verdict.check, verdict.columns) for verdict in report.verdicts if not verdict] == [
        ("quality.no_empty_columns", ("gone",))
    ]


def test_outputs_that_only_current_has_are_not_compared_and_it_says_what_to_pass():
    report = check(drawn(seed=1), drawn(), prediction=[1.0, 2.0] * (drawn().height // 2))
    told = {verdict.check: verdict for verdict in report.verdicts}["drift.prediction_drift_free"]
    assert told.outcome is Outcome.SKIPPED
    assert told.remedy == "pass reference_prediction= or reference_probability= too"


def test_a_model_that_is_not_asked_is_said_so():
    assert check(drawn(), model=object()).verdicts[-1].outcome is Outcome.SKIPPED


def test_a_check_that_breaks_is_a_crash_beside_the_answers_of_the_others(monkeypatch):
    def broken(*tables):
        raise ZeroDivisionError("broken")

    monkeypatch.setitem(QUESTIONS, "missing_rate_holds", Question(ask=broken, reference=True))
    report = check(drawn(seed=1), drawn())
    assert [case.source for case in report.cases if case.outcome == "crash"] == ["missing_rate_holds"]
    assert next(case.crash.type for case in report.cases if case.crash) == "ZeroDivisionError"
    assert not report.ok


def test_tables_without_a_common_column_fail_by_their_schema_alone():
    report = check(pl.DataFrame({"a": [1]}), pl.DataFrame({"b": [1]}))
    assert {case.source: case.outcome for case in report.cases if case.outcome not in ("skipped", "pass")} == {
        "schema_holds": "fail"
    }


def test_a_path_a_pandas_and_a_polars_table_give_one_report(tmp_path):
    current, reference = drawn(seed=1), drawn()
    path = tmp_path / "current.parquet"
    current.write_parquet(path)
    reports = [check(source, reference, target="y").to_json() for source in (current, current.to_pandas(), path)]
    assert len(set(reports)) == 1


TABLE = drawn(60).with_columns(i=pl.int_range(60), half=pl.lit(0.5), rest=pl.lit(0.5), whole=pl.lit(1.0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "yy"}, "target='yy': expected a column of the table, got no such column.\nHint: did you mean 'y'"),
        ({"time": "dya"}, "did you mean 'day'"),
        ({"id": ["id", "nothing"]}, "id='nothing'"),
        ({"target": ["y"]}, "expected a column name, got list"),
        ({"group": 5}, "expected a column name or a list of them"),
        ({"categorical": "plan"}, "write ['plan']"),
        ({"categorical": ["plam"]}, "did you mean 'plan'"),
        ({"alpha": 2}, "alpha=2"),
        ({"seed": -1}, "seed=-1"),
        ({"prediction": "plam"}, "prediction='plam'"),
        ({"prediction": [1, 2]}, "expected 60 values, one for each row of the table, got 2"),
        ({"probability": np.ones((60, 2, 2))}, "got shape (60, 2, 2)"),
        ({"target": "y", "id": ["id", "y"]}, "target='y': expected a column without another role, got the id too"),
        ({"target": "y", "group": "y"}, "got the group too"),
        ({"target": "day", "time": "day"}, "got the time too"),
        ({"target": "y", "prediction": "y"}, "got a model's output too"),
        ({"reference_prediction": [1] * 60}, "expected nothing without prediction"),
        ({"prediction": [1] * 60, "reference_prediction": [1]}, "reference_prediction=[1]: expected 60 values"),
        (
            {"probability": np.full((60, 4), 0.25), "reference_probability": np.ones(60)},
            "as many classes as probability has",
        ),
        ({"probability": "i"}, "probability='i': expected probabilities in [0, 1], got values from 0 to 59"),
        ({"probability": "plan"}, "got a column of String.\nHint: pass predict_proba, not labels or scores"),
        ({"probability": ["half", "plam"]}, "probability='plam': expected a column of the table"),
        ({"probability": ["half", "whole"]}, "expected rows that sum to 1, got a sum off by 0.5"),
        ({"probability": np.full(60, -0.1)}, "expected probabilities in [0, 1], got values from -0.1 to -0.1"),
        ({"probability": np.full(60, np.nan)}, "expected probabilities in [0, 1], got nothing in row 0"),
        (
            {"probability": pl.Series([0.5] * 59 + [None])},
            "got nothing in row 59.\nHint: leave out the rows without one",
        ),
        ({"probability": ["a"] * 59 + [0.5]}, "got entries that are no numbers"),
        ({"probability": np.full((60, 2), 0.25)}, "expected rows that sum to 1, got a sum off by 0.5"),
        ({"probability": np.full((60, 3), 0.25)}, "Hint: pass those of every class, or those of one"),
        ({"probability": "half", "reference_probability": "i"}, "reference_probability='i': expected probabilities"),
        ({"probability": "half", "reference_probability": ["half", "rest"]}, "expected one column, as probability is"),
        ({"probability": ["half", "rest"], "reference_probability": "half"}, "expected 2 columns, as probability has"),
        ({"probability": np.ones(60), "reference_probability": np.full(60, 1.5)}, "got values from 1.5 to 1.5"),
        ({"prediction": "x", "reference_prediction": "zz"}, "reference_prediction='zz'"),
    ],
)
def test_what_cannot_be_used_is_refused_before_anything_is_computed(options, message):
    with pytest.raises(UsageError) as caught:
        check(TABLE, TABLE, **options)
    assert message in str(caught.value)


def test_outputs_of_a_reference_that_is_not_there_are_refused():
    with pytest.raises(UsageError, match="nothing without a reference"):
        check(TABLE, prediction=[1] * 60, reference_prediction=[1] * 60)
