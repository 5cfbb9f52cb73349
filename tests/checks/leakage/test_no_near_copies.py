"""Rows copied and changed a little, beside rows that are close by nature."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.leakage.no_near_copies import no_near_copies
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def drawn(rows: int, seed: int) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    wide = pl.DataFrame({f"x{at}": rng.normal(size=rows) * 10.0**at for at in range(5)})
    return wide.with_columns(heavy=pl.Series(rng.pareto(1.0, rows)), plan=pl.Series(rng.choice(["a", "b", "c"], rows)))


def blurred(rows: pl.DataFrame, by: float = 0.01) -> pl.DataFrame:
    rng = np.random.default_rng(9)
    return rows.with_columns(
        pl.col(name) + pl.Series(by * rng.normal(size=rows.height)) * float(rows[name].std())
        for name in rows.columns
        if name.startswith("x")
    )


def test_fresh_rows_pass_and_the_verdict_says_what_it_would_have_seen():
    verdict = assert_check_conforms(no_near_copies, drawn(600, 0), drawn(600, 1))
    assert (verdict.outcome, verdict.check) == (Outcome.PASS, "leakage.no_near_copies")
    assert 0.01 < verdict.evidence.detectable < 0.05


def test_blurred_copies_fail_and_the_closest_pairs_are_named():
    train = drawn(600, 0)
    test = pl.concat([drawn(550, 1), blurred(train.head(50))])
    verdict = assert_check_conforms(no_near_copies, train, test)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.estimate == pytest.approx(50 / 600, abs=0.03)
    for row in verdict.evidence.worst:
        assert row["current_row"] == row["reference_row"] + 550
        assert row["closeness"] < 0.3


def test_exact_copies_are_left_to_another_check():
    train = drawn(400, 0)
    assert no_near_copies(train, pl.concat([drawn(350, 1), train.head(50)])).outcome is Outcome.PASS


def test_rows_that_come_in_near_pairs_by_nature_pass():
    once = drawn(500, 0)
    both = pl.concat([once, blurred(once)]).sample(fraction=1.0, shuffle=True, seed=3)
    assert no_near_copies(both.head(500), both.tail(500)).outcome is Outcome.PASS


def test_a_handful_of_rows_is_undecided_and_says_how_many_would_do():
    verdict = assert_check_conforms(no_near_copies, drawn(25, 0), drawn(25, 1))
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 0


def test_tables_that_cannot_hold_near_copies_are_skipped():
    few = pl.DataFrame({"x": [1.0, 2.0] * 100})
    assert assert_check_conforms(no_near_copies, few, few).reason.startswith("no column holds so many numbers")
    same = pl.DataFrame({"x": np.arange(300.0)})
    assert no_near_copies(same, same).reason == "rows repeat by nature: 100 % have an equal"
    assert no_near_copies(same, same.rename({"x": "y"})).outcome is Outcome.SKIPPED


def test_profiles_answer_as_the_tables_do_and_need_rows(tmp_path):
    train, test = drawn(300, 0), pl.concat([drawn(250, 1), blurred(drawn(300, 0).head(50))])
    assert no_near_copies(profile(train), profile(test)) == no_near_copies(train, test)
    path = profile(train).save(tmp_path / "train.mlqa-profile")
    verdict = no_near_copies(type(profile(train)).load(path), test)
    assert (verdict.reason, verdict.remedy) == (
        "the profile holds no rows",
        "save it with rows=True, or pass the table",
    )


def test_wild_values_and_missing_ones_are_taken():
    train = drawn(300, 0).with_columns(
        x0=pl.when(pl.int_range(300) % 7 == 0).then(None).otherwise("x0"), x1=pl.lit(np.inf), x2=pl.col("x2") * 1e300
    )
    assert no_near_copies(train, train.head(150)).outcome is not Outcome.FAIL


def test_an_unknown_column_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="columns='y': expected a column of the table, got no such column"):
        no_near_copies(drawn(9, 0), drawn(9, 1), columns=["y"])
