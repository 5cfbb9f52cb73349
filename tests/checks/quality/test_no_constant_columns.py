"""Columns that hold one value: alone, beside a reference, and by a limit."""

from __future__ import annotations

import polars as pl
import pytest

from mlqa.checks.quality.no_constant_columns import no_constant_columns
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

VARIED = pl.DataFrame({"x": [i / 7 for i in range(200)], "plan": ["a", "b"] * 100, "on": [True, False] * 100})
STUCK = VARIED.with_columns(x=pl.lit(3.5), on=pl.lit(value=True))


def test_columns_that_vary_pass_alone():
    verdict = assert_check_conforms(no_constant_columns, VARIED)
    assert verdict.outcome is Outcome.PASS
    assert verdict.kind == "contract"


def test_a_constant_column_fails_alone_and_is_named():
    verdict = assert_check_conforms(no_constant_columns, STUCK)
    assert verdict.columns == ("on", "x")
    assert verdict.reason == "'on' holds one and the same value in 200 of 200 rows ('true'); also 'x'"


def test_a_column_of_one_value_and_gaps_still_tells_two_things_apart():
    flag = pl.DataFrame({"flag": ["X"] * 30 + [None] * 10})
    assert no_constant_columns(flag).outcome is Outcome.PASS


def test_a_nearly_constant_column_is_found_by_a_limit():
    nearly = pl.DataFrame({"x": [0] * 199 + [1]})
    assert no_constant_columns(nearly).outcome is Outcome.PASS
    verdict = assert_check_conforms(no_constant_columns, nearly, at_most=0.99)
    assert verdict.columns == ("x",)
    assert verdict.evidence.limit == 0.99


def test_a_column_that_varied_in_the_reference_fails_beside_it():
    verdict = assert_check_conforms(no_constant_columns, STUCK, reference=VARIED)
    assert set(verdict.columns) == {"x", "on"}
    assert verdict.kind == "statistical"
    assert verdict.evidence.p_value < 1e-20
    assert verdict.reason == ("'x' is 3.5 in all 200 rows with a value, the reference had 200 different; also 'on'")


def test_what_was_constant_before_is_no_alarm():
    constant = VARIED.with_columns(x=pl.lit(3.5))
    verdict = assert_check_conforms(no_constant_columns, constant, reference=constant)
    assert verdict.outcome is Outcome.PASS


def test_a_rare_value_that_is_absent_by_chance_is_no_alarm():
    before, after = pl.DataFrame({"x": [0] * 997 + [1] * 3}), pl.DataFrame({"x": [0] * 1000})
    verdict = no_constant_columns(after, reference=before)
    assert verdict.outcome is Outcome.PASS
    assert "as chance allows" in verdict.reason
    assert verdict.evidence.p_value == pytest.approx(0.125, rel=0.01)


def test_a_handful_of_rows_is_undecided():
    verdict = assert_check_conforms(no_constant_columns, VARIED[:3], reference=VARIED[:3])
    assert verdict.outcome is Outcome.UNDECIDED


def test_one_row_and_a_table_of_lists_are_skipped():
    assert no_constant_columns(VARIED[:1]).outcome is Outcome.SKIPPED
    assert no_constant_columns(pl.DataFrame({"a": [[1], [1]]})).outcome is Outcome.SKIPPED


def test_a_table_and_its_profile_give_the_same_verdict():
    one = no_constant_columns(STUCK, reference=VARIED)
    assert no_constant_columns(profile(STUCK), reference=profile(VARIED)).to_json() == one.to_json()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at_most": 2}, r"at_most=2: expected a share in \[0, 1\]"),
        ({"at_most": 0.9, "reference": VARIED}, "expected either a reference or a limit"),
        ({"columns": ["plann"]}, "did you mean 'plan'"),
        ({"columns": "plan"}, "expected a list of column names"),
    ],
)
def test_what_cannot_be_used_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        no_constant_columns(VARIED, **options)
