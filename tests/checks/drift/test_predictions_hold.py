"""Errors of a model, in both tables and in their parts."""

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome, check, profile
from mlqa.checks.drift.losses import losses
from mlqa.checks.drift.predictions_hold import predictions_hold
from mlqa.checks.drift.slices import slices
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms

ROWS = 600


def classes(seed, worse=0.0, town="B"):
    """Predictions that are right in 85 % of the rows, and wrong more often in one town."""
    rng = np.random.default_rng(seed)
    towns, label = rng.choice(list("ABCD"), ROWS), rng.choice(["no", "yes"], ROWS)
    wrong = rng.random(ROWS) < np.where(towns == town, 0.15 + worse, 0.15)
    said = np.where(wrong, np.where(label == "yes", "no", "yes"), label)
    return pl.DataFrame({"town": towns, "age": rng.normal(40, 9, ROWS), "label": label, "said": said})


def numbers(seed, worse=0.0):
    rng = np.random.default_rng(seed)
    age, label = rng.normal(40, 9, ROWS), rng.normal(size=ROWS)
    error = rng.normal(size=ROWS) * np.where(age > 46, 0.3 + worse, 0.3)
    return pl.DataFrame({"age": age, "label": label, "said": label + error})


NAMED = {"target": "label", "predictions": ["said"]}


@pytest.mark.parametrize("make", [classes, numbers])
def test_passes_where_errors_are_as_they_were(make):
    verdict = assert_check_conforms(predictions_hold, make(0), make(1), **NAMED)
    assert verdict.outcome is Outcome.PASS


def test_finds_the_slice_in_which_classes_are_wrong_more_often():
    verdict = assert_check_conforms(predictions_hold, classes(0), classes(1, worse=0.5), **NAMED)
    assert verdict.columns == ("said", "town")
    assert verdict.reason.startswith("the share of wrong predictions in the rows where 'town' is 'B' is 0.")


def test_finds_the_slice_in_which_values_are_further_off():
    verdict = assert_check_conforms(predictions_hold, numbers(0), numbers(1, worse=0.6), **NAMED)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("said", "age")


def test_a_model_that_got_better_is_no_fault():
    assert predictions_hold(classes(1, worse=0.5), classes(0), **NAMED).outcome is Outcome.PASS


def test_probabilities_of_all_classes_are_held_against_the_true_one():
    rng = np.random.default_rng(0)
    label = rng.choice(["a", "b", "c"], 2 * ROWS)
    chances = {f"p[{at}]": np.where(label == name, 0.8, 0.1) for at, name in enumerate("abc")}
    table = pl.DataFrame({"label": label, **chances})
    worse = table[ROWS:].with_columns(pl.col("p[0]").alias("p[1]"), pl.col("p[1]").alias("p[0]"))
    found = [
        predictions_hold(table[:ROWS], side, target="label", predictions=list(chances))
        for side in (table[ROWS:], worse)
    ]
    assert [verdict.outcome for verdict in found] == [Outcome.PASS, Outcome.FAIL]


def test_a_probability_of_the_second_of_two_classes_is_an_output():
    found = losses(pl.Series(["no", "yes", None]), [pl.Series([0.2, 0.7, 0.5])])
    assert found.values[:2].round(3).tolist() == [0.2, 0.3]
    assert np.isnan(found.values[2])


def test_classes_written_as_floats_are_the_same_classes():
    assert losses(pl.Series([0, 1, 1]), [pl.Series([0.0, 1.0, 0.0])]).values.tolist() == [0.0, 0.0, 1.0]


def test_truth_values_are_held_against_truth_values():
    assert losses(pl.Series([True, False]), [pl.Series([True, True])]).values.tolist() == [0.0, 1.0]


def test_is_skipped_where_no_prediction_is_a_label():
    tables = [classes(seed).with_columns(said=pl.lit("maybe")) for seed in (0, 1)]
    verdict = assert_check_conforms(predictions_hold, *tables, **NAMED)
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "no prediction is one of the labels")


def test_is_undecided_with_a_few_rows():
    verdict = assert_check_conforms(predictions_hold, classes(0)[:30], classes(1)[:40], **NAMED)
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed == 50


def test_is_skipped_where_a_profile_holds_no_rows(tmp_path):
    path = tmp_path / "reference.mlqa-profile"
    profile(classes(0)).save(path)
    verdict = predictions_hold(type(profile(classes(0))).load(path), classes(1), **NAMED)
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "the profile holds no rows")


def test_refuses_a_column_that_no_table_has():
    with pytest.raises(UsageError, match="predictions"):
        predictions_hold(classes(0), classes(1), target="label", predictions=["sad"])


def test_slices_are_categories_quarters_and_missing_values():
    frame = pl.DataFrame({"town": ["A", "B", None] * 100, "age": [float(i) for i in range(300)], "k": [0, 1, 1] * 100})
    found = [(part.column, int(part.rows.sum())) for part in slices(frame, ["town", "age", "k"])]
    assert found == [("town", 100), ("town", 100), ("town", 100), *[("age", 75)] * 4, ("k", 100), ("k", 200)]


def test_check_asks_it_where_both_tables_have_outputs():
    before, after = classes(0), classes(1, worse=0.5)
    report = check(
        after.drop("said"),
        before.drop("said"),
        target="label",
        prediction=after["said"].to_numpy(),
        reference_prediction=before["said"].to_numpy(),
    )
    (verdict,) = [found for found in report.verdicts if found.check == "drift.predictions_hold"]
    assert verdict.columns == ("prediction", "town")


def test_check_skips_it_without_outputs_of_the_reference():
    report = check(classes(1).drop("said"), classes(0).drop("said"), target="label", prediction=["no"] * ROWS)
    (verdict,) = [found for found in report.verdicts if found.check == "drift.predictions_hold"]
    assert verdict.outcome is Outcome.SKIPPED
