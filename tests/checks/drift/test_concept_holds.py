"""concept_holds: labels that contradict the features, a rule that went or was replaced, and what is no news."""

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.drift.concept_holds import concept_holds
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=700):
    rng = np.random.default_rng(seed)
    income, debt = rng.normal(size=(2, rows))
    risk = income - debt + 0.6 * rng.normal(size=rows)
    return pl.DataFrame(
        {
            "income": income,
            "debt": debt,
            "plan": rng.choice(["basic", "plus"], rows),
            "cost": 10 * risk,
            "pays": np.where(risk > 0, "yes", "no"),
            "late": (risk < -0.5).astype(int) + (risk < 0.5),
        }
    )


BEFORE, AFTER = drawn(1), drawn(2)
FEATURES = ["income", "debt", "plan"]


def flipped(table, where):
    other = pl.when(pl.col("pays") == "yes").then(pl.lit("no")).otherwise(pl.lit("yes"))
    return table.with_columns(pays=pl.when(where).then(other).otherwise(pl.col("pays")))


def some(share, seed=0):
    return pl.lit(pl.Series(np.random.default_rng(seed).random(AFTER.height) < share))


@pytest.mark.parametrize("target", ["pays", "late", "cost"])
def test_where_the_rule_holds_it_passes_for_labels_of_any_kind(target):
    verdict = assert_check_conforms(concept_holds, BEFORE, AFTER, target=target, columns=FEATURES)
    assert verdict.outcome is Outcome.PASS
    assert verdict.columns == ()
    assert verdict.reason == f"{target!r} follows from the features as in the reference"
    assert 0.02 < verdict.evidence.detectable < 0.3


def test_a_rule_replaced_in_a_part_of_the_data_is_found():
    changed = flipped(AFTER, pl.col("income") > 0.6)
    verdict = assert_check_conforms(concept_holds, BEFORE, changed, target="pays", columns=FEATURES)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("pays",)
    assert 0.1 < verdict.evidence.estimate < 0.6
    assert verdict.reason.startswith("'pays' no longer follows from the features as in the reference (")


@pytest.mark.parametrize(
    ("target", "change"),
    [
        ("pays", pl.col("pays").reverse()),
        ("late", 2 - pl.col("late")),
        ("cost", pl.when(pl.col("plan") == "plus").then(-pl.col("cost")).otherwise(pl.col("cost"))),
    ],
)
def test_a_rule_that_went_is_found_for_labels_of_any_kind(target, change):
    verdict = concept_holds(BEFORE, AFTER.with_columns(change.alias(target)), target=target, columns=FEATURES)
    assert verdict.columns == (target,)


def test_labels_that_contradict_the_features_are_found():
    verdict = concept_holds(BEFORE, flipped(AFTER, some(0.15)), target="pays", columns=FEATURES)
    assert verdict.columns == ("pays",)
    assert verdict.evidence.estimate == pytest.approx(0.15, abs=0.1)


def test_where_the_features_tell_nothing_it_passes_and_says_so():
    rng = np.random.default_rng(0)
    table = pl.DataFrame({"x": rng.normal(size=300), "y": rng.integers(0, 2, 300)})
    verdict = concept_holds(table[:150], table[150:], target="y")
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "no change is shown; the features tell too little of 'y' for one to be seen surely"
    assert verdict.evidence.detectable is None


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (BEFORE, AFTER.drop("pays"), "current has no labels: no column 'pays'"),
        (BEFORE.drop("pays"), AFTER, "the reference has no labels: no column 'pays'"),
        (
            BEFORE,
            AFTER.with_columns(pays=pl.lit(None, dtype=pl.String)),
            "current has no labels: 'pays' is missing in every row",
        ),
        (
            BEFORE,
            AFTER.with_columns(pays=pl.lit(1)),
            "'pays' is not of one kind, numbers or categories, in both tables",
        ),
        (BEFORE.select("pays"), AFTER.select("pays"), "there is no feature of one kind in both tables"),
        (
            BEFORE.with_columns(pays=pl.lit("yes")),
            AFTER.with_columns(pays=pl.lit("yes")),
            "'pays' takes one value only",
        ),
    ],
)
def test_where_there_is_nothing_to_ask_it_is_skipped_and_says_why(before, after, reason):
    verdict = concept_holds(before, after, target="pays")
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == reason


def test_a_profile_without_rows_is_skipped(tmp_path):
    saved = profile(BEFORE).save(tmp_path / "a.mlqa-profile")
    reason = "the profile of the reference holds no rows: save it with rows=True or pass the table"
    assert concept_holds(saved, AFTER, target="pays").reason == reason


def test_with_few_labels_it_is_undecided_and_says_how_many_would_do():
    known = pl.when(pl.int_range(pl.len()) < 20).then(pl.col("pays")).alias("pays")
    verdict = assert_check_conforms(concept_holds, BEFORE, AFTER.with_columns(known), target="pays")
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.reason == "700 and 20 rows with a label are too few to learn from"
    assert verdict.evidence.rows_needed == 40


def test_rows_without_a_label_are_left_out():
    holed = AFTER.with_columns(pays=pl.when(pl.col("plan") == "plus").then(pl.col("pays")))
    verdict = concept_holds(BEFORE, holed, target="pays", columns=FEATURES)
    assert verdict.outcome is Outcome.PASS
    assert verdict.evidence.n == 700 + holed["pays"].count()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"target": "pay"},
            "target='pay': expected a column of the table, got no such column.\nHint: did you mean 'pays'?",
        ),
        (
            {"target": "pays", "columns": ["det"]},
            "columns='det': expected a column of the table, got no such column.\nHint: did you mean 'debt'?",
        ),
        (
            {"target": "pays", "columns": "debt"},
            "columns='debt': expected a list of column names, got str.\nHint: write ['debt']",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, message):
    with pytest.raises(UsageError) as caught:
        concept_holds(BEFORE, AFTER, **arguments)
    assert str(caught.value) == message


def test_where_the_reference_labels_are_the_wrong_ones_no_share_of_current_rows_is_told():
    noisy = BEFORE.with_columns(pl.Series("pays", np.random.default_rng(0).permutation(BEFORE["pays"].to_numpy())))
    verdict = assert_check_conforms(concept_holds, noisy, AFTER, target="pays", columns=FEATURES)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.estimate < 0
    assert "of the current rows" not in verdict.reason
    assert verdict.reason.endswith("; the reference contradicts it more than current does")
