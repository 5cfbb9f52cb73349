from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa.stats.proportion import clopper_pearson
from mlqa.stats.share_gaps import share_gaps


def test_every_pair_is_compared_and_the_higher_share_comes_first():
    gaps = share_gaps([90, 50, 70], [100, 100, 100], margin=0.1, alpha=0.05)
    assert [(gap.high, gap.low) for gap in gaps] == [(0, 1), (0, 2), (2, 1)]
    assert gaps[0].p_value < gaps[1].p_value


def test_the_p_value_is_where_the_end_meets_the_margin():
    gap = share_gaps([80, 50], [100, 100], margin=0.1, alpha=0.05)[0]
    again = share_gaps([80, 50], [100, 100], margin=0.1, alpha=gap.p_value)[0]
    assert again.ends[0] == pytest.approx(0.1, abs=1e-9)


@pytest.mark.parametrize("n, m", [(50, 50), (30, 200)])
@pytest.mark.parametrize("margin", [0.0, 0.1])
@pytest.mark.parametrize("alpha", [0.05, 1e-4])
def test_the_size_of_the_test_is_at_most_its_level_by_enumeration(n, m, margin, alpha):
    a, b = np.arange(n + 1), np.arange(m + 1)
    (la, _), (_, ub) = (clopper_pearson(x, k, level=1 - alpha, sides=1) for x, k in ((a, n), (b, m)))
    low = (a / n)[:, None] - b / m - np.hypot((a / n - la)[:, None], ub - b / m)
    for share in (0.05, 0.3, 0.6, 0.85):
        chance = np.outer(stats.binom.pmf(a, n, share + margin), stats.binom.pmf(b, m, share))
        assert chance[low > margin].sum() <= alpha
