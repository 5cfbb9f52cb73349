"""One answer for every row, and one that can be used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlqa import UsageError
from mlqa.checks.conformance.every_row_answered import every_row_answered
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

X = pd.DataFrame({"a": [1.0, np.nan, 3.0]})


def refuses(rows):
    raise ValueError("no")


def test_answers_for_all_pass():
    assert_check_conforms(every_row_answered, lambda rows: rows["a"].fillna(0) > 1, X)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (lambda rows: rows["a"], "1 of 3 answers is none: NaN, infinity or None, row 1 the first"),
        (lambda rows: rows.dropna()["a"], "model=<lambda>: it returned shape (2,) for 3 rows."),
        (refuses, "model=refuses raised ValueError('no') on 3 rows"),
    ],
)
def test_anything_else_fails(model, said):
    verdict = every_row_answered(model, X)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == said


def test_no_row_is_refused():
    with pytest.raises(UsageError, match="at least one row"):
        every_row_answered(len, X[:0])
