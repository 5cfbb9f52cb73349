"""Identifiers that give the label away."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.leakage.ids_predict_nothing import ids_predict_nothing
from mlqa.errors import UsageError
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome


def table(seed=0, rows=500, start=0):
    rng = np.random.default_rng(seed)
    return pl.DataFrame({"id": start + rng.permutation(rows), "label": rng.choice(["a", "b"], rows)})


def numbered(frame):
    """Number the rows label by label."""
    return frame.sort("label").with_columns(id=pl.int_range(pl.len())).sample(fraction=1.0, shuffle=True, seed=0)


def test_numbers_given_label_by_label_fail():
    verdict = assert_check_conforms(ids_predict_nothing, numbered(table()), target="label", id="id")
    assert (verdict.outcome, verdict.columns) == (Outcome.FAIL, ("id",))
    assert verdict.reason.startswith("the identifier 'id' alone explains")


def test_numbers_given_at_random_pass_though_current_ones_are_larger():
    current = table(1, start=10_000)
    verdict = assert_check_conforms(ids_predict_nothing, current, target="label", id=["id"], reference=table())
    assert verdict.outcome is Outcome.PASS


def test_numbers_that_tell_more_than_in_the_reference_fail():
    assert ids_predict_nothing(numbered(table(1)), target="label", id="id", reference=table()).columns == ("id",)
    before = numbered(table())
    assert ids_predict_nothing(numbered(table(1)), target="label", id="id", reference=before).outcome is Outcome.PASS


def test_an_identifier_that_only_the_reference_has_is_skipped():
    verdict = ids_predict_nothing(table().drop("id"), target="label", id="id", reference=table())
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "no identifier is in current")


def test_few_rows_cannot_tell():
    assert ids_predict_nothing(table()[:8], target="label", id="id").outcome is Outcome.UNDECIDED


def test_what_cannot_be_used_is_refused():
    with pytest.raises(UsageError, match="did you mean 'id'"):
        ids_predict_nothing(table(), target="label", id="idd")
