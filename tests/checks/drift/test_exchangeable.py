"""exchangeable: what several columns show together, and what they do not."""

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.drift import exchangeable as module
from mlqa.checks.drift.exchangeable import exchangeable
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=500):
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            **{name: rng.normal(size=rows) for name in ("size", "age", "cost", "luck")},
            "city": rng.choice(["Bonn", "Rome", "Oslo"], rows),
        }
    )


BEFORE, AFTER = drawn(1), drawn(2)


def test_where_nothing_moved_it_passes_and_says_what_it_would_have_seen():
    verdict = assert_check_conforms(exchangeable, BEFORE, AFTER)
    assert verdict.outcome is Outcome.PASS
    assert verdict.columns == ()
    assert verdict.evidence.estimate == pytest.approx(0.5, abs=0.1)
    assert 0.55 < verdict.evidence.detectable < 0.7
    assert verdict.evidence.limit == 0.52


def test_a_combination_that_the_reference_has_not_is_found_and_its_columns_are_named():
    together = AFTER.with_columns(age=pl.col("size") * 0.9 + pl.col("age") * 0.4)
    verdict = assert_check_conforms(exchangeable, BEFORE, together)
    assert verdict.outcome is Outcome.FAIL
    assert set(verdict.columns) == {"size", "age"}
    assert verdict.evidence.estimate > 0.6
    assert verdict.evidence.worst[0]["AUC lost without"] > 0.05


def test_small_shifts_of_many_columns_add_up():
    moved = AFTER.with_columns(pl.col("size", "age", "cost", "luck") + 0.3)
    assert exchangeable(BEFORE, moved).outcome is Outcome.FAIL


def test_what_does_not_matter_passes():
    moved = AFTER.with_columns(pl.col("size") + 1)
    assert exchangeable(BEFORE, moved).outcome is Outcome.FAIL
    assert exchangeable(BEFORE, moved, min_effect=0.45).outcome is Outcome.PASS


def test_with_few_rows_it_is_undecided_and_says_how_many_would_do():
    verdict = assert_check_conforms(exchangeable, BEFORE[:15], AFTER[:15])
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed > 10


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (BEFORE.select("size"), AFTER.select(pl.col("size").cast(pl.String)), "there is no column of one kind in both"),
        (pl.DataFrame({"a": [1] * 50}), pl.DataFrame({"a": [1] * 60}), "no column takes more than one value"),
    ],
)
def test_where_there_is_nothing_to_go_by_it_is_skipped(before, after, reason):
    verdict = exchangeable(before, after)
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason.startswith(reason)


def test_without_scikit_learn_it_is_skipped(monkeypatch):
    monkeypatch.setattr(module, "available", lambda: False)
    verdict = exchangeable(BEFORE, AFTER)
    assert (verdict.outcome, verdict.remedy) == (Outcome.SKIPPED, "pip install scikit-learn")


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError) as caught:
        exchangeable(BEFORE, AFTER, min_effect=-1)
    message = "min_effect=-1: expected a distance in [0, 1), got int.\nHint: 0.02 leaves an AUC of 0.52 in peace"
    assert str(caught.value) == message
