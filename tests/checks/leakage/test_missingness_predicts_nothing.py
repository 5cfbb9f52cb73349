"""Missing values that give the label away."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.leakage.missingness_predicts_nothing import missingness_predicts_nothing
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def table(told, seed=0, rows=600):
    """Return a column that is missing in half of the rows, in a share of them as the label says."""
    rng = np.random.default_rng(seed)
    label = rng.integers(2, size=rows)
    missing = np.where(rng.random(rows) < told, label, rng.integers(2, size=rows)) == 1
    return pl.DataFrame({"x": [None if hole else 1.0 for hole in missing], "full": range(rows), "label": label})


def test_a_value_that_is_there_only_when_the_label_is_known_fails():
    verdict = assert_check_conforms(missingness_predicts_nothing, table(1.0), target="label")
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("x",))
    assert verdict.reason.startswith("whether 'x' is missing alone explains 100 % of 'label'")


def test_values_missing_for_a_reason_pass_alone_and_where_the_reference_has_it_too():
    assert assert_check_conforms(missingness_predicts_nothing, table(0.5), target="label").outcome is Outcome.PASS
    assert missingness_predicts_nothing(table(0.9), target="label", reference=table(0.9, 1)).outcome is Outcome.PASS


def test_what_tells_more_than_in_the_reference_fails():
    verdict = assert_check_conforms(missingness_predicts_nothing, table(0.7), target="label", reference=table(0.0, 1))
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("x",))


def test_without_holes_there_is_nothing_to_ask():
    verdict = assert_check_conforms(missingness_predicts_nothing, table(1.0).drop("x"), target="label")
    assert verdict.reason == "no column has values in some rows and none in others"
    assert verdict.outcome is Outcome.SKIPPED


def test_few_rows_cannot_tell():
    assert missingness_predicts_nothing(table(0.0)[:10], target="label").outcome is Outcome.UNDECIDED


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match="no such column"):
        missingness_predicts_nothing(table(1.0), target="y")
