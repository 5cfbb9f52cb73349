"""Tables sorted by their label."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.leakage.order_predicts_nothing import order_predicts_nothing
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def table(seed=0, rows=500):
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"x": rng.normal(size=rows), "label": rng.choice(["a", "b", "c"], rows)})


def test_a_sorted_table_fails():
    verdict = assert_check_conforms(order_predicts_nothing, table().sort("label"), target="label", order_free=False)
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("label",))
    assert verdict.reason.startswith("the order of the rows alone explains 9")


def test_a_shuffled_table_passes():
    verdict = assert_check_conforms(order_predicts_nothing, table(), target="label", order_free=False)
    assert verdict.outcome is Outcome.PASS


def test_an_order_that_the_reference_has_too_is_no_news():
    before = table(1).sort("label")
    assert order_predicts_nothing(table().sort("label"), target="label", reference=before).outcome is Outcome.PASS
    verdict = order_predicts_nothing(table().sort("label"), target="label", reference=table(1))
    assert verdict.outcome is Outcome.FAIL


def test_a_number_may_be_what_the_table_is_sorted_by():
    assert order_predicts_nothing(table().sort("x"), target="x").outcome is Outcome.FAIL


def test_few_rows_cannot_tell_and_one_value_is_no_question():
    assert order_predicts_nothing(table()[:6], target="label").outcome is Outcome.UNDECIDED
    assert order_predicts_nothing(table()[:1], target="label").outcome is Outcome.SKIPPED


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match="did you mean 'label'"):
        order_predicts_nothing(table(), target="labl")
