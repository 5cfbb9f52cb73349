"""The area under clustered rows: against Obuchowski's variance, written out as she has it."""

from __future__ import annotations

import numpy as np
import pytest

from mlqa.checks.regression.measure import change_of
from mlqa.checks.regression.metrics import METRICS
from mlqa.checks.regression.paired import paired
from mlqa.stats.delong import placements


def obuchowski(y, scores, groups):
    """Covariance of areas: Obuchowski (1997), Biometrics 53, 567-578, equations 3 to 6."""
    of_yes, of_no = placements(y, scores)
    areas = of_yes.mean(axis=1)
    m, n = int(y.sum()), int((~y).sum())
    yes, no = groups[y], groups[~y]
    clusters = np.unique(groups)
    a = np.array([(of_yes[:, yes == one] - areas[:, None]).sum(axis=1) for one in clusters])
    b = np.array([(of_no[:, no == one] - areas[:, None]).sum(axis=1) for one in clusters])
    with_yes, with_no, all_of = np.unique(yes).size, np.unique(no).size, clusters.size
    s10 = with_yes / ((with_yes - 1) * m) * (a.T @ a)
    s01 = with_no / ((with_no - 1) * n) * (b.T @ b)
    s11 = all_of / (all_of - 1) * (a.T @ b)
    return areas, s10 / m + s01 / n + (s11 + s11.T) / (m * n)


@pytest.fixture
def clustered():
    rng = np.random.default_rng(5)
    groups = np.repeat(np.arange(80), rng.integers(1, 9, 80))
    n = groups.size
    shared = rng.normal(size=80)[groups]
    y = rng.random(n) < 0.4
    return y, y + 0.7 * shared + rng.normal(size=(2, n)), groups


def test_the_error_of_the_change_is_obuchowskis(clustered):
    y, scores, groups = clustered
    areas, covariance = obuchowski(y, scores, groups)
    rows = paired("scores", y, {"new": scores[0], "baseline": scores[1]}, groups)
    change, method = change_of(METRICS["roc_auc"], rows, 0)

    assert change.estimate == pytest.approx(areas[0] - areas[1])
    # Three factors of the kind I / (I - 1) there, one here.
    assert change.error**2 == pytest.approx(covariance @ [1, -1] @ [1, -1], rel=0.01)
    assert method == "delta method over 80 groups"


def test_clusters_of_one_row_are_delongs(clustered):
    y, scores, _ = clustered
    alone = np.arange(y.size)
    clustered_one, _ = change_of(
        METRICS["roc_auc"], paired("scores", y, {"new": scores[0], "old": scores[1]}, alone), 0
    )
    plain, _ = change_of(METRICS["roc_auc"], paired("scores", y, {"new": scores[0], "old": scores[1]}, None), 0)

    assert clustered_one.error == pytest.approx(plain.error, rel=0.005)
