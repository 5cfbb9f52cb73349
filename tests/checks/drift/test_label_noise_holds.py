"""label_noise_holds: wrong labels in current, in the reference, and none."""

import numpy as np
import polars as pl
import pytest

from mlqa import Outcome, UsageError
from mlqa.checks.drift import label_noise_holds as module
from mlqa.checks.drift.label_noise_holds import label_noise_holds
from mlqa.testing import assert_check_conforms


def drawn(seed, rows=500):
    rng = np.random.default_rng(seed)
    income, debt = rng.normal(size=(2, rows))
    risk = income - debt + 0.4 * rng.normal(size=rows)
    return pl.DataFrame({"income": income, "debt": debt, "cost": 10 * risk, "pays": risk > 0})


BEFORE, AFTER = drawn(1), drawn(2)
FEATURES = ["income", "debt"]


def noisy(table, share, seed=0):
    wrong = pl.lit(pl.Series(np.random.default_rng(seed).random(table.height) < share))
    cost = pl.when(wrong).then(pl.col("cost").shuffle(seed=1)).otherwise(pl.col("cost"))
    return table.with_columns(pays=pl.col("pays") ^ wrong, cost=cost)


def test_where_labels_are_as_good_in_both_tables_it_passes():
    verdict = assert_check_conforms(label_noise_holds, BEFORE, AFTER, target="pays", columns=FEATURES)
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "labels 'pays' contradict the features about as often in both tables"
    assert 0.01 < verdict.evidence.detectable < 0.2


@pytest.mark.parametrize("share", [0.15, 0.3])
@pytest.mark.parametrize("target", ["pays", "cost"])
def test_wrong_labels_in_current_are_found_and_their_share_told(target, share):
    verdict = label_noise_holds(BEFORE, noisy(AFTER, share), target=target, columns=FEATURES)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.columns == (target,)
    assert verdict.evidence.worst[0]["worse in"] == "current"
    assert verdict.evidence.estimate == pytest.approx(share, abs=0.12)


def test_wrong_labels_in_the_reference_are_found_too():
    verdict = assert_check_conforms(label_noise_holds, noisy(BEFORE, 0.15), AFTER, target="pays", columns=FEATURES)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.evidence.estimate < 0
    assert verdict.remedy == "check the reference labels 'pays' that a model contradicts most"


def test_noise_that_is_in_both_tables_is_no_news():
    verdict = label_noise_holds(noisy(BEFORE, 0.2), noisy(AFTER, 0.2, 1), target="pays", columns=FEATURES)
    assert verdict.outcome is Outcome.PASS


def test_the_number_of_threads_does_not_show(monkeypatch):
    changed = noisy(AFTER, 0.05)
    wanted = label_noise_holds(BEFORE, changed, target="pays").to_json()
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert label_noise_holds(BEFORE, changed, target="pays").to_json() == wanted


def test_without_labels_or_scikit_learn_it_is_skipped(monkeypatch):
    verdict = label_noise_holds(BEFORE, AFTER.drop("pays"), target="pays")
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "current has no labels: no column 'pays'")
    monkeypatch.setattr(module, "available", lambda: False)
    verdict = label_noise_holds(BEFORE, AFTER, target="pays")
    assert (verdict.outcome, verdict.reason) == (Outcome.SKIPPED, "scikit-learn is not installed")
    assert verdict.remedy == "pip install scikit-learn"


def test_with_few_labels_it_is_undecided():
    verdict = assert_check_conforms(label_noise_holds, BEFORE, AFTER[:30], target="pays")
    assert verdict.outcome is Outcome.UNDECIDED
    assert verdict.evidence.rows_needed == 30


def test_where_features_tell_nothing_that_is_said():
    rng = np.random.default_rng(0)
    table = pl.DataFrame({"x": rng.normal(size=200), "y": rng.integers(0, 2, 200)})
    verdict = label_noise_holds(table[:100], table[100:], target="y")
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "no difference is shown; the features tell too little of 'y' for one to be seen surely"


def test_an_unknown_target_is_refused():
    with pytest.raises(UsageError) as caught:
        label_noise_holds(BEFORE, AFTER, target="pay")
    message = "target='pay': expected a column of the table, got no such column.\nHint: did you mean 'pays'?"
    assert str(caught.value) == message
