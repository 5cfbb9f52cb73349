"""Rows that lie far from all others."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.quality.no_outlier_rows import no_outlier_rows
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def table(seed=0, rows=400):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=rows)
    return pl.DataFrame(
        {
            "x": x,
            "y": x + 0.1 * rng.normal(size=rows),
            "z": rng.normal(size=rows),
            "kind": rng.choice(["a", "b", "c"], rows),
        }
    )


def odd(frame, count):
    """Turn the sign of one of two columns that go together."""
    first = pl.int_range(pl.len()) < count
    return frame.with_columns(pl.when(first).then(-4 * pl.col("y").sign()).otherwise(pl.col("y")).alias("y"))


CLEAN, OTHER = table(), table(1)


def test_rows_that_are_odd_jointly_fail():
    verdict = assert_check_conforms(no_outlier_rows, odd(CLEAN, 30), reference=OTHER)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns[0] == "y"
    assert set(verdict.evidence.worst[0]) == {"current_row", "distance"}


def test_rows_as_odd_as_the_reference_has_them_pass():
    assert assert_check_conforms(no_outlier_rows, CLEAN, reference=OTHER).outcome is Outcome.PASS
    assert no_outlier_rows(odd(CLEAN, 30), reference=odd(OTHER, 30)).outcome is Outcome.PASS


@pytest.mark.parametrize(("limit", "outcome"), [(0.001, Outcome.FAIL), (0.03, Outcome.UNDECIDED), (0.2, Outcome.PASS)])
def test_a_limit_is_held_against_the_interval(limit, outcome):
    far = pl.concat([CLEAN, CLEAN[:12].with_columns(x=1e6 * pl.int_range(1, 13))])
    assert assert_check_conforms(no_outlier_rows, far, at_most=limit).outcome is outcome


def test_without_reference_and_limit_it_is_skipped():
    verdict = assert_check_conforms(no_outlier_rows, CLEAN)
    assert (verdict.outcome, verdict.remedy) == (Outcome.SKIPPED, "pass a reference, or at_most=0.01")


def test_few_rows_cannot_tell():
    assert assert_check_conforms(no_outlier_rows, CLEAN[:6], reference=OTHER[:6]).outcome is Outcome.UNDECIDED


def test_odd_columns_get_an_answer():
    frame = pl.DataFrame(
        {
            "inf": [float("inf"), float("-inf"), 1.0, None] * 15,
            "huge": [1e308, -1e308, 0.0, None] * 15,
            "none": [None] * 60,
            "one": [1] * 60,
            "lists": [[1]] * 60,
            "text": [f"t{i}" for i in range(60)],
        }
    )
    for reference in (frame, frame[:1]):
        assert no_outlier_rows(frame, reference=reference).outcome in Outcome
        assert no_outlier_rows(frame[:1], reference=reference).outcome in Outcome
    assert no_outlier_rows(frame.select("lists"), reference=frame).outcome is Outcome.SKIPPED


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match=r"at_most=7: expected a share in \[0, 1\]"):
        no_outlier_rows(CLEAN, at_most=7)
    with pytest.raises(UsageError, match="either a reference or a limit"):
        no_outlier_rows(CLEAN, reference=OTHER, at_most=0.1)
