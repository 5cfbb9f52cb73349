"""Conflicting labels among rows of equal features."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from mlqa.stats.conflicts import conflict_chance, conflict_tail


def test_no_shares_of_classes_give_more_conflicts_than_equal_ones():
    sizes = np.arange(2, 9)
    for share in np.linspace(0.05, 0.95, 19):
        assert np.all(1 - share**sizes - (1 - share) ** sizes <= conflict_chance(sizes, 2) + 1e-12)


@pytest.mark.parametrize(("groups", "conflicting"), [(20, 15), (40, 38), (300, 180)])
def test_the_bound_is_never_below_the_exact_tail(groups, conflicting):
    exact = stats.binom.sf(conflicting - 1, groups, 0.5)
    assert exact <= conflict_tail([2] * groups, conflicting, 2) <= 60 * exact


def test_what_is_expected_tells_nothing():
    assert conflict_tail([2, 2, 3], 1, 2) == 1.0
    assert conflict_tail([], 0, 2) == 1.0


def test_groups_of_many_rows_conflict_by_nature():
    assert conflict_tail([40] * 500, 500, 2) > 0.99
