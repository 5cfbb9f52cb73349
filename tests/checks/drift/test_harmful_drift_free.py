"""harmful_drift_free: only what the model goes by counts."""

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.drift.harmful_drift_free import harmful_drift_free
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=500):
    return pl.DataFrame({name: np.random.default_rng([seed, len(name)]).normal(size=rows) for name in ("a", "bb")})


BEFORE, AFTER = drawn(1), drawn(2)


def test_a_moved_column_that_the_model_does_not_use_is_no_alarm():
    moved = AFTER.with_columns(pl.col("bb") + 3)
    verdict = assert_check_conforms(harmful_drift_free, BEFORE, moved, importance={"a": 1.0, "bb": 0.001})
    assert verdict.outcome is Outcome.PASS
    assert verdict.check == "drift.harmful_drift_free"


def test_a_moved_column_that_the_model_uses_is_named_with_its_importance():
    moved = AFTER.with_columns(pl.col("bb") + 3)
    verdict = assert_check_conforms(harmful_drift_free, BEFORE, moved, importance={"a": 1, "bb": 3})
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("bb",)
    assert verdict.evidence.worst[0]["importance"] == 0.75


def test_a_model_that_goes_by_nothing_is_skipped():
    verdict = assert_check_conforms(harmful_drift_free, BEFORE, AFTER, importance={"a": 0.0})
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "the model goes by no column")


def test_with_few_rows_it_is_undecided():
    verdict = harmful_drift_free(BEFORE[:8], AFTER[:8], importance={"a": 1.0})
    assert verdict.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("importance", "message"),
    [
        ([1.0], "importance=[1.0]: expected a mapping of columns to numbers of at least 0, got list."),
        ({"a": -1.0}, "importance['a']=-1.0: expected a number of at least 0, got float."),
        ({"aa": 1.0}, "columns='aa': expected a column of the table, got no such column.\nHint: did you mean 'a'?"),
    ],
)
def test_what_cannot_be_used_is_refused(importance, message):
    with pytest.raises(UsageError) as caught:
        harmful_drift_free(BEFORE, AFTER, importance=importance)
    assert str(caught.value).startswith(message)
