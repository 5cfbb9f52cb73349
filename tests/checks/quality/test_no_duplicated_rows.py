"""Rows that repeat: copies beside a reference, copies alone, and repetition by nature."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.quality.no_duplicated_rows import no_duplicated_rows
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def detailed(seed, rows=1000):
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"x": rng.normal(size=rows), "y": rng.normal(size=rows), "plan": rng.choice(list("abc"), rows)})


def coarse(seed, rows=1000):
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"a": rng.integers(0, 30, rows), "b": rng.integers(0, 30, rows)})


def with_copies(table, share, seed=0):
    rng = np.random.default_rng(seed)
    rows = np.arange(table.height)
    rows[: int(share * table.height)] = rng.integers(0, table.height, int(share * table.height))
    return table[rows]


def test_detailed_rows_pass_and_say_how_many_copies_would_have_been_seen():
    verdict = assert_check_conforms(no_duplicated_rows, detailed(1), reference=detailed(0))
    assert verdict.outcome is Outcome.PASS
    assert 0.005 < verdict.evidence.detectable < 0.02


def test_one_copy_in_fifty_fails_beside_a_reference():
    verdict = assert_check_conforms(no_duplicated_rows, with_copies(detailed(1), 0.02), reference=detailed(0))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == ()
    assert verdict.reason.endswith("repeat another row of the table; chance would leave about 5 there")


@pytest.mark.parametrize("reference", [None, detailed(0)])
def test_the_rows_that_repeat_most_often_are_shown(reference):
    table = pl.concat([detailed(1), detailed(1)[[5] * 30 + [7] * 40]])
    worst = no_duplicated_rows(table, reference=reference).evidence.worst
    assert [(one["current_row"], one["rows"]) for one in worst] == [(7, 41), (5, 31)]
    assert worst[0]["values"].startswith("x = ")
    assert "plan = '" in worst[0]["values"]


def test_where_nothing_repeats_by_nature_the_limit_is_none_at_all():
    table = detailed(1).with_columns(z=detailed(2)["x"], u=detailed(3)["x"])
    verdict = no_duplicated_rows(pl.concat([table, table[:9]]))
    assert (verdict.outcome, verdict.evidence.limit) == (Outcome.FAIL, 0.0)
    assert verdict.reason.endswith("; columns like these may leave none there")


def test_rows_are_shown_shortly_and_of_a_profile_without_rows_not_at_all(tmp_path):
    wide = detailed(1).with_columns(pl.lit("long " * 50).alias(f"text {at}") for at in range(9))
    wide = pl.concat([wide, wide[:100]])
    shown = no_duplicated_rows(wide).evidence.worst
    assert len(shown) == 3
    assert all(one["values"].endswith(", ...") and len(one["values"]) < 150 for one in shown)
    saved = profile(wide).save(tmp_path / "wide.mlqa-profile")
    verdict = no_duplicated_rows(saved)
    assert (verdict.outcome, verdict.evidence.worst) == (Outcome.FAIL, ())


def test_rows_that_repeat_by_nature_pass_and_copies_among_them_fail():
    assert no_duplicated_rows(coarse(1), reference=coarse(0)).outcome is Outcome.PASS
    verdict = no_duplicated_rows(with_copies(coarse(1), 0.3), reference=coarse(0))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.limit > 0.3


def test_copies_that_the_reference_has_too_are_no_alarm():
    both = [with_copies(detailed(seed), 0.2, seed) for seed in (0, 1)]
    assert no_duplicated_rows(both[1], reference=both[0]).outcome is Outcome.PASS
    worse = with_copies(both[1], 0.4, 2)
    assert no_duplicated_rows(worse, reference=both[0]).outcome is Outcome.FAIL


@pytest.mark.parametrize("sizes", [(300, 3000), (3000, 300)])
def test_tables_of_unlike_sizes_are_compared_fairly(sizes):
    before, after = detailed(0, sizes[0]), detailed(1, sizes[1])
    assert no_duplicated_rows(after, reference=before).outcome is Outcome.PASS
    assert no_duplicated_rows(with_copies(after, 0.1), reference=before).outcome is Outcome.FAIL


def test_alone_copies_fail_where_equal_rows_are_no_chance_and_pass_where_they_may_be():
    verdict = assert_check_conforms(no_duplicated_rows, with_copies(detailed(1), 0.05))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.kind == "contract"
    natural = assert_check_conforms(no_duplicated_rows, coarse(1))
    assert natural.outcome is Outcome.PASS
    assert "columns like these may leave" in natural.reason


def test_a_limit_is_taken_at_its_word():
    assert no_duplicated_rows(coarse(1), at_most=0.1).outcome is Outcome.FAIL
    assert no_duplicated_rows(coarse(1), at_most=0.9).outcome is Outcome.PASS


def test_a_handful_of_rows_is_undecided_and_says_how_many_would_do():
    verdict = assert_check_conforms(no_duplicated_rows, detailed(1, 5), reference=detailed(0, 5))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 10


def test_an_identifier_hides_copies_unless_it_is_left_out():
    copies = with_copies(detailed(1), 0.1).with_row_index("id")
    before = detailed(0).with_row_index("id")
    assert no_duplicated_rows(copies, reference=before).outcome is Outcome.PASS
    assert no_duplicated_rows(copies, reference=before, columns=["x", "y", "plan"]).outcome is Outcome.FAIL


def test_a_table_and_its_profile_give_the_same_verdict_and_unlike_profiles_are_skipped():
    after, before = with_copies(detailed(1), 0.1), detailed(0)
    one = no_duplicated_rows(after, reference=before)
    assert no_duplicated_rows(profile(after), reference=profile(before)).to_json() == one.to_json()
    assert no_duplicated_rows(after, reference=profile(before)).to_json() == one.to_json()
    other = profile(before, leave_out=["plan"])
    assert no_duplicated_rows(profile(after), reference=other).outcome is Outcome.SKIPPED
    assert no_duplicated_rows(pl.DataFrame({"z": [1]}), reference=profile(before)).outcome is Outcome.SKIPPED


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"at_most": -1}, r"at_most=-1: expected a share in \[0, 1\]"),
        ({"at_most": 0.1, "reference": coarse(0)}, "expected either a reference or a limit"),
        ({"columns": ["c"]}, "no such column"),
        ({"alpha": 0.7}, "expected a number in"),
    ],
)
def test_what_cannot_be_used_is_refused(options, message):
    with pytest.raises(UsageError, match=message):
        no_duplicated_rows(coarse(1), **options)


def test_a_profile_takes_no_other_columns():
    with pytest.raises(UsageError, match="the columns of the profile"):
        no_duplicated_rows(profile(coarse(1)), columns=["a"])
