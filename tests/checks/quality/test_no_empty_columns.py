"""Columns without a value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa.checks.quality.no_empty_columns import no_empty_columns
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile
from mlqa.verdict import Outcome

FRAME = pd.DataFrame({"a": [1, None], "gone": [np.nan, np.nan], "none": [None, None]})


def test_columns_without_a_value_fail_by_name():
    verdict = no_empty_columns(FRAME)
    assert (verdict.outcome, verdict.kind, verdict.columns) == (Outcome.FAIL, "contract", ("gone", "none"))
    assert verdict.reason == "2 of 3 columns hold no value: 'gone', 'none'"


def test_one_value_is_enough():
    assert no_empty_columns(FRAME, columns=["a"]).outcome is Outcome.PASS


def test_an_unknown_column_is_refused():
    with pytest.raises(UsageError, match="did you mean 'gone'"):
        no_empty_columns(FRAME, columns=["gon"])
    with pytest.raises(UsageError, match="got 0 rows"):
        no_empty_columns(pl.DataFrame({"a": []}))


def test_what_was_empty_in_the_reference_is_no_fault():
    before = FRAME.assign(gone=1.0)
    verdict = no_empty_columns(pd.concat([FRAME] * 30), reference=pd.concat([before] * 30))
    assert verdict.columns == ("gone",)
    assert no_empty_columns(FRAME, reference=FRAME).outcome is Outcome.PASS


def test_few_values_may_have_missed_current_by_chance():
    before = pl.DataFrame({"a": [1.0] * 5 + [None] * 95})
    assert no_empty_columns(pl.DataFrame({"a": [None] * 100}), reference=before).outcome is Outcome.PASS
    assert no_empty_columns(profile(pl.DataFrame({"a": [None] * 100}))).columns == ("a",)
