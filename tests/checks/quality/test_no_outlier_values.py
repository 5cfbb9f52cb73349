"""Numbers far beyond the others: alone, and more of them than in the reference."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.quality.no_outlier_values import no_outlier_values
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def table(seed, rows=1000, wild=0, value=-999.0):
    rng = np.random.default_rng(seed)
    ages, pay = rng.normal(45, 9, rows), rng.lognormal(8, 1, rows)
    ages[:wild] = value
    return pl.DataFrame({"age": ages, "pay": pay})


def test_numbers_without_outliers_pass():
    verdict = assert_check_conforms(no_outlier_values, table(0))
    assert verdict.outcome is Outcome.PASS
    assert verdict.kind == "contract"


def test_one_wild_value_fails_alone_and_is_told():
    verdict = assert_check_conforms(no_outlier_values, table(0, wild=1))
    assert verdict.columns == ("age",)
    assert "-999 and below: the least of the others is" in verdict.reason


def test_a_few_wild_values_are_no_shown_rise_but_many_are():
    assert no_outlier_values(table(1, wild=3), reference=table(0)).outcome is Outcome.PASS
    verdict = assert_check_conforms(no_outlier_values, table(1, wild=40), reference=table(0))
    assert verdict.columns == ("age",)
    assert verdict.evidence.p_value < 1e-8


def test_wild_values_that_the_reference_has_too_are_no_alarm():
    assert no_outlier_values(table(1, wild=40), reference=table(0, wild=35)).outcome is Outcome.PASS


def test_infinities_are_far():
    assert no_outlier_values(table(0, wild=2, value=float("inf"))).columns == ("age",)


def test_a_handful_of_rows_is_undecided_and_a_table_without_numbers_is_skipped():
    assert no_outlier_values(table(0, 4), reference=table(1, 4)).outcome is Outcome.UNDECIDED
    assert assert_check_conforms(no_outlier_values, pl.DataFrame({"a": ["x"]})).outcome is Outcome.SKIPPED


def test_an_unknown_column_is_refused():
    with pytest.raises(UsageError, match="did you mean 'age'"):
        no_outlier_values(table(0), columns=["agee"])
