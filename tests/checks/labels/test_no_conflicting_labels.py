"""Rows of equal features and unlike labels."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.labels.no_conflicting_labels import no_conflicting_labels
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

RNG = np.random.default_rng(0)


def unique(rows, start=0):
    return pl.DataFrame({"x": range(start, start + rows), "label": RNG.choice(["a", "b"], rows)})


def flipped(frame):
    return frame.with_columns(label=pl.when(pl.col("label") == "a").then(pl.lit("b")).otherwise(pl.lit("a")))


def natural(rows):
    return pl.DataFrame({"x": RNG.integers(4, size=rows), "label": RNG.choice(["a", "b"], rows)})


CLEAN = unique(500)
COPIED = pl.concat([CLEAN, flipped(CLEAN[:30])])


def test_copies_with_another_label_fail_alone():
    verdict = assert_check_conforms(no_conflicting_labels, COPIED, target="label")
    assert (verdict.outcome, verdict.columns, verdict.kind) == (Outcome.FAIL, ("label",), "statistical")
    assert verdict.reason.startswith("60 of 530 rows (11.32 %) share their features with a row of another label")


@pytest.mark.parametrize("table", [CLEAN, natural(800), pl.concat([CLEAN, CLEAN[:50]])])
def test_what_chance_explains_passes_alone(table):
    assert assert_check_conforms(no_conflicting_labels, table, target="label").outcome is Outcome.PASS


def test_more_conflicts_than_in_the_reference_fail():
    verdict = assert_check_conforms(no_conflicting_labels, COPIED, target="label", reference=unique(400, 1000))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.endswith("in the reference 0 of 400 (0 %)")


def test_a_table_with_as_many_conflicts_as_its_reference_passes():
    verdict = assert_check_conforms(no_conflicting_labels, natural(500), target="label", reference=natural(900))
    assert verdict.outcome is Outcome.PASS


def test_a_limit_is_a_contract_on_the_rows_at_hand():
    verdict = assert_check_conforms(no_conflicting_labels, COPIED, target="label", at_most=0.1)
    assert (verdict.outcome, verdict.kind) == (Outcome.FAIL, "contract")
    assert no_conflicting_labels(COPIED, target="label", at_most=0.2).outcome is Outcome.PASS


def test_few_rows_cannot_tell():
    verdict = assert_check_conforms(no_conflicting_labels, unique(3), target="label", reference=unique(3, 9))
    assert verdict.outcome is Outcome.UNDECIDED


def test_identifiers_are_left_out_when_named():
    table = COPIED.with_columns(id=pl.int_range(pl.len()))
    assert no_conflicting_labels(table, target="label").outcome is Outcome.PASS
    assert no_conflicting_labels(table, target="label", leave_out=["id"]).outcome is Outcome.FAIL


def test_a_profile_says_what_its_table_says():
    saved = profile(COPIED, target="label")
    assert (
        no_conflicting_labels(saved, target="label").to_json()
        == no_conflicting_labels(COPIED, target="label").to_json()
    )


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (pl.DataFrame({"x": range(90), "label": np.arange(90.0)}), "is a number of many values"),
        (pl.DataFrame({"x": [1, 2], "label": [None, None]}), "is missing in every row"),
        (pl.DataFrame({"label": ["a", "b"]}), "no feature beside the label"),
        (profile(CLEAN), "rows were not counted by the label 'label'"),
    ],
)
def test_where_the_question_does_not_apply_it_is_skipped(table, reason):
    verdict = assert_check_conforms(no_conflicting_labels, table, target="label")
    assert verdict.outcome is Outcome.SKIPPED
    assert reason in verdict.reason
    assert verdict.remedy


def test_labels_that_are_not_known_yet_are_skipped():
    verdict = no_conflicting_labels(CLEAN.drop("label"), target="label", reference=CLEAN)
    assert verdict.reason == "current has no labels: no column 'label'"


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match="did you mean 'label'"):
        no_conflicting_labels(CLEAN, target="lable")
    with pytest.raises(UsageError, match=r"at_most=2: expected a share in \[0, 1\]"):
        no_conflicting_labels(CLEAN, target="label", at_most=2)
