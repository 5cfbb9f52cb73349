"""Verdicts on what rose: news, rises, kinds that took over, and too few rows to tell."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.checks.quality.alone import judge_alone
from mlqa.checks.quality.found import Claim, Found, quoted
from mlqa.checks.quality.risen_share import judge_rise
from mlqa.verdict import Outcome

CLAIM = Claim(check="quality.demo", claim="values are fine", what="odd values", remedy="mend them")


def judged(*found, n_ref=1000, n_cur=1000, min_effect=0.002, alpha=1e-4):
    return judge_rise(CLAIM, found, n_ref=n_ref, n_cur=n_cur, min_effect=min_effect, alpha=alpha)


def test_the_columns_at_fault_come_worst_first_and_no_other_is_named():
    verdict = judged(
        Found(name="few", current=30, examples=("'?'",)),
        Found(name="same", current=200, reference=190),
        Found(name="many", current=300, examples=("'!'", "'#'")),
    )
    assert verdict.columns == ("many", "few")
    assert verdict.reason == "'many' holds odd values in 30 % of rows, was 0 % ('!', '#'); also 'few'"
    assert verdict.evidence.estimate == pytest.approx(0.3)


def test_columns_without_such_rows_cost_no_power():
    alone = judged(Found(name="x", current=15))
    among = judged(Found(name="x", current=15), *[Found(name=f"clean {i}", current=0) for i in range(500)])
    assert alone.outcome is among.outcome is Outcome.FAIL
    assert alone.evidence.p_value == among.evidence.p_value


def test_a_small_rise_of_what_was_there_before_does_not_matter_but_news_do():
    grown = judged(Found(name="x", current=1600, reference=1000), n_ref=10**6, n_cur=10**6)
    assert grown.outcome is Outcome.PASS
    assert judged(Found(name="x", current=40), n_ref=10**6, n_cur=10**6).outcome is Outcome.FAIL


def test_a_kind_that_took_over_is_news_although_the_rarer_one_fell():
    verdict = judged(Found(name="x", reference=900, current=0, kinds=(("Yes", 900, 0), ("YES", 0, 950))))
    assert verdict.columns == ("x",)
    assert "in 95 % of rows, was 0 %" in verdict.reason


def test_too_few_rows_are_undecided_and_say_how_many_would_do():
    verdict = judged(Found(name="x", current=3), n_ref=5, n_cur=5)
    assert verdict.outcome is Outcome.UNDECIDED
    rows = 5 + verdict.evidence.rows_needed // 2
    assert judged(Found(name="x", current=rows // 2), n_ref=rows, n_cur=rows).outcome is Outcome.FAIL


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 300), st.integers(20, 300), st.data())
def test_more_such_rows_never_turn_fail_into_pass(n_ref, n_cur, data):
    before = data.draw(st.integers(0, n_ref))
    less = data.draw(st.integers(0, n_cur))
    more = data.draw(st.integers(less, n_cur))
    first, second = (
        judged(Found(name="x", reference=before, current=rows), n_ref=n_ref, n_cur=n_cur, alpha=0.01)
        for rows in (less, more)
    )
    assert first.outcome is not Outcome.FAIL or second.outcome is Outcome.FAIL


def test_alone_the_worst_column_is_told_and_what_is_held_by_nature_is_said():
    found = [Found(name="a", current=2, examples=("'?'",)), Found(name="b", current=5)]
    verdict = judge_alone(CLAIM, found, found, rows=50, method="count")
    assert verdict.columns == ("b", "a")
    assert verdict.reason == "'b' holds odd values in 5 of 50 rows; also 'a'"
    assert judge_alone(CLAIM, found, [], rows=50, method="count").reason == (
        "'a', 'b' of 2 columns hold odd values, as part of what it holds"
    )


def test_a_long_value_is_cut_where_it_is_shown():
    assert len(quoted("x" * 1000)) == 42
