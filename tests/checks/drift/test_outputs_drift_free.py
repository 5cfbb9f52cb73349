"""label_drift_free and prediction_drift_free: drift_free of one kind of column, at the whole level."""

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome, UsageError, drift_free
from mlqa.checks.drift.label_drift_free import label_drift_free
from mlqa.checks.drift.prediction_drift_free import prediction_drift_free
from mlqa.subjects.profile import profile
from mlqa.testing import assert_check_conforms


def drawn(seed, share=0.3, rows=1000):
    rng = np.random.default_rng(seed)
    columns = {f"x{i}": rng.normal(size=rows) for i in range(12)}
    return pl.DataFrame(
        columns
        | {
            "paid": np.arange(rows) < share * rows,
            "species": rng.choice(["cat", "dog", "owl"], rows, p=[0.9 - share, share, 0.1]),
            "score": rng.beta(2, 5, rows) * (0.7 + share),
        }
    )


REFERENCE, CURRENT, SHIFTED = drawn(1), drawn(2), drawn(3, 0.395)


def test_when_labels_held_then_it_passes():
    verdict = assert_check_conforms(label_drift_free, REFERENCE, CURRENT, target="species")
    assert verdict.outcome is Outcome.PASS
    assert verdict.check == "drift.label_drift_free"


@pytest.mark.parametrize("target", ["paid", "species"])
def test_a_prior_shift_is_seen_that_is_lost_among_all_columns(target):
    verdict = assert_check_conforms(label_drift_free, REFERENCE, SHIFTED, target=target)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == (target,)
    assert "share of" in verdict.evidence.worst[0]["what"]
    assert target not in drift_free(REFERENCE, SHIFTED).columns or target == "species"


def test_two_classes_are_one_test():
    verdict = label_drift_free(REFERENCE, SHIFTED, target="paid")
    from scipy.stats import hypergeom

    assert verdict.evidence.p_value == pytest.approx(2 * hypergeom.cdf(300, 2000, 695, 1000), rel=1e-6)


def test_labels_that_are_not_there_yet_are_skipped():
    current = CURRENT.with_columns(paid=pl.lit(None, pl.Boolean))
    verdict = assert_check_conforms(label_drift_free, REFERENCE, current, target="paid")
    assert verdict.outcome is Outcome.SKIPPED
    assert verdict.reason == "no column can be compared; left out: 'paid' (no label in current)"


def test_few_labels_leave_it_undecided():
    verdict = assert_check_conforms(label_drift_free, REFERENCE[:9], CURRENT[:9], target="species")
    assert verdict.outcome is Outcome.UNDECIDED


def test_a_label_that_is_no_column_is_refused():
    with pytest.raises(UsageError) as caught:
        label_drift_free(REFERENCE, CURRENT, target="payd")
    assert str(caught.value) == (
        "target='payd': expected a column of the table, got no such column.\nHint: did you mean 'paid'?"
    )


def test_outputs_that_held_pass_and_moved_ones_fail():
    assert assert_check_conforms(prediction_drift_free, REFERENCE, CURRENT, columns=["score"]).outcome is Outcome.PASS
    verdict = assert_check_conforms(prediction_drift_free, REFERENCE, SHIFTED, columns=["paid", "score"])
    assert verdict.outcome is Outcome.FAIL
    assert verdict.check == "drift.prediction_drift_free"
    assert set(verdict.columns) <= {"score", "paid"}
    assert verdict.evidence.plot is not None


def test_profiles_give_the_verdict_of_their_tables():
    before, after = profile(REFERENCE), profile(SHIFTED)
    for target in ("paid", "score"):
        wanted = label_drift_free(REFERENCE, SHIFTED, target=target)
        assert label_drift_free(before, after, target=target).to_json() == wanted.to_json()
    wanted = prediction_drift_free(REFERENCE, SHIFTED, columns=["score"])
    assert prediction_drift_free(before, after, columns=["score"]).to_json() == wanted.to_json()
