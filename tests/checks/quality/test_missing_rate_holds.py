"""Missing values: a rise against a reference, and a limit without one."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlqa.checks.quality.missing_rate_holds import missing_rate_holds
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.verdict import Outcome


def table(rows: int, **missing: int) -> pl.DataFrame:
    return pl.DataFrame({name: [None] * gone + [1.0] * (rows - gone) for name, gone in missing.items()})


def test_the_same_rate_passes_and_says_what_it_would_have_seen():
    verdict = missing_rate_holds(table(1000, a=50, b=0), table(1000, a=55, b=1))
    assert verdict.outcome is Outcome.PASS
    assert verdict.check == "quality.missing_rate_holds"
    assert 0.01 < verdict.evidence.detectable < 0.08


def test_a_rise_fails_and_names_the_columns_worst_first():
    verdict = missing_rate_holds(table(1000, a=50, b=0, c=10), table(1000, a=150, b=400, c=10))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ("b", "a")
    assert verdict.reason == "'b' is missing in 40 % of rows, was 0 %; also 'a'"
    assert verdict.evidence.estimate == pytest.approx(0.4)
    assert verdict.evidence.low < 0.4 < verdict.evidence.high


def test_a_fall_passes():
    assert missing_rate_holds(table(1000, a=500), table(1000, a=0)).outcome is Outcome.PASS


def test_a_tiny_rise_in_a_large_table_passes():
    before, after = table(400_000, a=0), table(400_000, a=800)
    assert missing_rate_holds(before, after).outcome is Outcome.PASS
    assert missing_rate_holds(before, after, min_effect=0.0).outcome is Outcome.FAIL


def test_a_handful_of_rows_is_undecided_and_says_how_many_would_do():
    verdict = missing_rate_holds(table(5, a=0), table(5, a=3))
    assert verdict.outcome is Outcome.UNDECIDED
    more = verdict.evidence.rows_needed
    rows = 5 + more // 2
    assert missing_rate_holds(table(rows, a=0), table(rows, a=0)).outcome is Outcome.PASS


def test_a_nearly_empty_column_does_not_leave_the_others_undecided():
    verdict = missing_rate_holds(table(300, a=0, b=297), table(300, a=0, b=300))
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason.endswith("too little is left to tell in 'b'")


def test_tables_without_a_common_or_a_filled_column_are_skipped():
    assert missing_rate_holds(table(9, a=0), table(9, b=0)).outcome is Outcome.SKIPPED
    assert missing_rate_holds(table(9, a=9), table(9, a=9)).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("gone", "limit", "outcome"),
    [(0, 0.05, "PASS"), (200, 0.05, "FAIL"), (55, 0.05, "UNDECIDED"), (0, 0, "PASS"), (1, 0, "FAIL")],
)
def test_a_limit_needs_no_reference(gone, limit, outcome):
    verdict = missing_rate_holds(None, table(1000, a=gone), at_most=limit)
    assert verdict.outcome.name == outcome
    assert verdict.kind == ("contract" if limit == 0 else "statistical")
    assert verdict.columns == (("a",) if outcome == "FAIL" else ())
    assert (verdict.evidence.rows_needed is not None) == (outcome == "UNDECIDED")


def test_the_rows_that_would_decide_are_those_of_the_column_nearest_to_its_limit():
    def more(**gone):
        return missing_rate_holds(None, table(1000, **gone), at_most=0.06).evidence.rows_needed

    assert more(a=45, b=70) == more(a=70, b=45) > 1000
    assert more(a=45, b=56) > 2 * more(a=45, b=70)


def test_limits_may_differ_by_column():
    current = table(1000, a=100, b=100, c=1000)
    verdict = missing_rate_holds(None, current, at_most={"a": 0.5, "b": 0.01})
    assert verdict.columns == ("b",)
    assert verdict.reason == "'b' is missing in 10 % of rows, limit 1 %"


ONE = table(9, a=0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((None, ONE, {}), "expected either a reference or at_most"),
        ((ONE, ONE, {"at_most": 0.1}), "expected either a reference or at_most"),
        ((ONE, ONE, {"min_effect": 2}), r"min_effect=2: expected a share in \[0, 1\)"),
        ((ONE, ONE, {"columns": ["b"]}), "choose from 'a'"),
        ((ONE, ONE, {"alpha": 1.0}), "expected a number in"),
        ((None, ONE, {"at_most": 5}), r"at_most=5: expected a share in \[0, 1\]"),
        ((None, ONE, {"at_most": {"b": 0.1}}), "choose from 'a'"),
        ((None, ONE, {"at_most": {"a": 0.1}, "columns": []}), "at least one column"),
    ],
)
def test_what_cannot_be_used_is_refused(arguments, message):
    reference, current, options = arguments
    with pytest.raises(UsageError, match=message):
        missing_rate_holds(reference, current, **options)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 80), st.integers(1, 80), st.data())
def test_more_missing_values_never_turn_fail_into_pass(n_ref, n_cur, data):
    before = data.draw(st.integers(0, n_ref))
    less = data.draw(st.integers(0, n_cur))
    more = data.draw(st.integers(less, n_cur))
    first, second = (
        missing_rate_holds(table(n_ref, a=before), table(n_cur, a=gone), alpha=0.01) for gone in (less, more)
    )
    assert first.outcome is not Outcome.FAIL or second.outcome is Outcome.FAIL


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 50))
@example(0.0, 5e-220, 0)  # once an overflow: no number of rows decides
def test_a_looser_limit_never_turns_pass_into_fail(one, other, gone):
    tight, loose = (missing_rate_holds(None, table(50, a=gone), at_most=limit) for limit in sorted((one, other)))
    assert not (tight.outcome is Outcome.PASS and loose.outcome is Outcome.FAIL)
    assert not (loose.outcome is Outcome.FAIL and tight.outcome is not Outcome.FAIL)


def test_columns_without_missing_values_cost_the_others_nothing():
    full = {f"c{at}": 0 for at in range(30)}
    assert missing_rate_holds(table(1000, a=0, **full), table(1000, a=15, **full)).columns == ("a",)


def test_profiles_answer_as_the_tables_do():
    before, after = table(200, a=5, b=0), table(200, a=5, b=60)
    assert missing_rate_holds(profile(before), profile(after)) == missing_rate_holds(before, after)
    assert missing_rate_holds(None, profile(after), at_most=0.1) == missing_rate_holds(None, after, at_most=0.1)
