from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mlqa.baselines import Baseline
from mlqa.errors import UsageError
from mlqa.verdict import Evidence

SCORE = Evidence(estimate=0.1 + 0.2, low=0.2, high=0.4, level=0.95, n=3)


def kept(predictions, **provenance):
    return Baseline(evidence=SCORE, predictions=predictions, provenance={"metric": "mae", "n": 3, **provenance})


@given(hnp.arrays(np.float64, st.integers(1, 5), elements=st.floats(allow_nan=False, allow_infinity=False)))
def test_numbers_come_back_to_the_last_bit(predictions):
    back = Baseline.from_json(kept(predictions).to_json())

    np.testing.assert_array_equal(back.predictions, predictions)
    assert back == kept(predictions)
    assert hash(back) == hash(kept(predictions))


@pytest.mark.parametrize(
    "predictions",
    [[1, 0, 1], [True, False, True], ["no", "j\u00e4", "\u2713"], [[0.25, 0.75], [0.5, 0.5]], np.float32([0.1, 0.2])],
)
def test_every_kind_of_prediction_comes_back_as_it_was(predictions):
    back = Baseline.from_json(kept(predictions).to_json())

    np.testing.assert_array_equal(back.predictions, np.asarray(predictions))
    assert back.predictions.dtype.kind == np.asarray(predictions).dtype.kind


def test_the_file_is_small_and_reads_well_in_a_diff():
    text = kept([1, 0, 1], data_digest="ab12").to_json()

    assert text.splitlines() == [
        "{",
        '  "schema": 1,',
        f'  "digest": "{json.loads(text)["digest"]}",',
        '  "evidence": {',
        '    "estimate": 0.30000000000000004,',
        '    "low": 0.2,',
        '    "high": 0.4,',
        '    "level": 0.95,',
        '    "n": 3',
        "  },",
        '  "provenance": {',
        '    "data_digest": "ab12",',
        '    "metric": "mae",',
        '    "n": 3',
        "  },",
        '  "predictions": [1,0,1]',
        "}",
    ]


def test_predictions_cannot_be_changed_afterwards():
    given_by_the_caller = np.array([1.0, 2.0])
    baseline = kept(given_by_the_caller)
    given_by_the_caller[0] = 9

    assert baseline.predictions.tolist() == [1.0, 2.0]
    with pytest.raises(ValueError, match="read-only"):
        baseline.predictions[0] = 9


@pytest.mark.parametrize("predictions", [[1.0, np.nan], [np.inf], [None, 1], 3.0, [[[1]]], [1 + 2j]])
def test_predictions_that_json_cannot_hold_are_refused(predictions):
    with pytest.raises(UsageError, match="expected finite numbers or texts") as caught:
        kept(predictions)

    assert caught.value.name == "predictions"


def test_provenance_of_other_values_is_refused():
    with pytest.raises(UsageError, match=r"provenance\['rows'\]=\[1, 2\]: expected a mapping of texts"):
        kept([1], rows=[1, 2])
    with pytest.raises(UsageError, match="finite numbers"):
        kept([1], rows=float("nan"))


def test_unlike_baselines_are_not_equal():
    assert kept([1, 0]) != kept([0, 1])
    assert kept([1, 0]) != "a baseline"
