"""What cannot be probabilities is refused, whichever way it is given."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.checks.probabilities import refuse_column, refuse_columns, refuse_values
from mlqa.errors import UsageError
from mlqa.subjects.profile import profile

ROUGH = np.random.default_rng(0).dirichlet(np.ones(1000), 20)


@pytest.mark.parametrize("values", [ROUGH, ROUGH.astype(np.float32), [0.0, 1.0], [True, False], [[1], [0]], [1, 0]])
def test_probabilities_of_any_type_are_taken(values):
    refuse_values("probability", values, values)


def test_what_is_no_probability_argument_is_not_looked_at():
    refuse_values("prediction", [7, "a"], None)
    refuse_columns("prediction", pl.DataFrame({"x": [7]}), ["x"])
    refuse_column("prediction", profile(pl.DataFrame({"x": [7]})).columns["x"])


@given(st.floats().filter(lambda value: not 0 <= value <= 1))
def test_every_other_number_is_refused_as_a_value_a_column_and_a_profile(value):
    with pytest.raises(UsageError, match=r"expected probabilities in \[0, 1\]"):
        refuse_values("probability", [0.5, value], value)
    frame = pl.DataFrame({"p": [0.5, value]})
    if value == value:  # in a column, nothing is a missing value
        with pytest.raises(UsageError, match=r"probability='p': expected probabilities in \[0, 1\], got values from"):
            refuse_columns("probability", frame, ["p"])
        with pytest.raises(UsageError, match=r"probability='p'"):
            refuse_column("reference_probability", profile(frame).columns["p"])


def test_a_column_may_miss_values_or_be_missing():
    frame = pl.DataFrame({"p": [0.5, None], "q": [0.5, 0.1], "none": [None, None]})
    refuse_columns("probability", frame, ["p", "q", "gone"])
    refuse_columns("probability", frame, ["none"])
    with pytest.raises(UsageError, match=r"probability=\['q'\, 'p'\]: expected rows that sum to 1"):
        refuse_columns("probability", frame.with_columns(p=0.1), ["q", "p"])
