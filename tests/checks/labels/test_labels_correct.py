"""Labels that look wrong to a model."""

from __future__ import annotations

import importlib.util

import numpy as np
import polars as pl
import pytest

from mlqa.checks.labels.labels_correct import labels_correct
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

RNG = np.random.default_rng(0)


def table(rows, wrong=0.0):
    x = RNG.normal(size=(rows, 3))
    label = (x[:, 0] + x[:, 1] > 0) ^ (RNG.random(rows) < wrong)
    return pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "label": np.where(label, "yes", "no")})


CLEAN, NOISY = table(200), table(200, 0.35)
needs_cleanlab = pytest.mark.skipif(importlib.util.find_spec("cleanlab") is None, reason="needs cleanlab")


@needs_cleanlab
def test_labels_that_went_wrong_since_the_reference_fail():
    verdict = assert_check_conforms(labels_correct, NOISY, target="label", reference=CLEAN)
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("label",))
    assert set(verdict.evidence.worst[0]) == {"current_row", "label", "looks_like"}


@needs_cleanlab
def test_labels_as_noisy_as_the_reference_pass():
    assert labels_correct(NOISY, target="label", reference=table(200, 0.35)).outcome is Outcome.PASS


@needs_cleanlab
@pytest.mark.parametrize(("limit", "outcome"), [(0.02, Outcome.FAIL), (0.3, Outcome.UNDECIDED), (0.7, Outcome.PASS)])
def test_a_limit_is_held_against_the_interval(limit, outcome):
    assert labels_correct(NOISY, target="label", at_most=limit).outcome is outcome


def test_without_the_libraries_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    verdict = labels_correct(NOISY, target="label", at_most=0.1)
    assert (verdict.outcome, verdict.remedy) == (Outcome.SKIPPED, "pip install scikit-learn cleanlab")


@pytest.mark.parametrize(
    ("current", "options", "reason"),
    [
        (CLEAN, {}, "there is neither a reference nor a limit"),
        (CLEAN.with_columns(label=pl.col("a")), {"at_most": 0.1}, "'label' has 0 classes of at least 10 rows"),
        (CLEAN.select("label"), {"at_most": 0.1}, "there is no column beside the label"),
        (CLEAN.with_columns(label=pl.lit(None, pl.String)), {"at_most": 0.1}, "'label' is missing in every row"),
        (CLEAN.drop("label"), {"reference": CLEAN}, "there are no labels 'label' of the same kind to look at"),
    ],
)
def test_where_the_question_does_not_apply_it_is_skipped(current, options, reason):
    verdict = assert_check_conforms(labels_correct, current, target="label", **options)
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == reason
    assert verdict.remedy


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match=r"at_most=-1: expected a share in \[0, 1\]"):
        labels_correct(CLEAN, target="label", at_most=-1)
    with pytest.raises(UsageError, match="did you mean 'label'"):
        labels_correct(CLEAN, target="labels")
    with pytest.raises(UsageError, match=r"write \['a'\]"):
        labels_correct(CLEAN, target="label", columns="a")


@needs_cleanlab
def test_rows_are_named_by_their_place_in_the_table_though_some_have_no_label():
    unlabelled = NOISY.with_columns(label=pl.lit(None, pl.String))
    verdict = labels_correct(pl.concat([unlabelled, NOISY]), target="label", at_most=0.02)
    assert min(row["current_row"] for row in verdict.evidence.worst) >= 200


@needs_cleanlab
def test_small_tables_and_classes_that_one_fold_holds_are_answered():
    assert labels_correct(CLEAN[:40], target="label", at_most=0.9).outcome is not Outcome.SKIPPED
    rare = pl.DataFrame({"x": [row / 7 for row in range(600)] + [0.5] * 10, "y": ["a"] * 600 + ["b"] * 10})
    assert labels_correct(rare, target="y", at_most=0.5).outcome is Outcome.PASS
