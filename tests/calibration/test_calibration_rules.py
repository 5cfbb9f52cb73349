"""Holes in time on real tables: random halves have none, and one that is cut out is found."""

import numpy as np
import polars as pl
import pytest
from realdata import TABLES, halves

from mlqa.checks.quality.no_time_gaps import no_time_gaps

pytestmark = pytest.mark.calibration
DRAWS = 2


def numbers(table):
    """Columns that stand for the order in which rows came: every column of many numbers may."""
    return [name for name, dtype in table.schema.items() if dtype.is_numeric() and table[name].n_unique() > 100]


def test_random_halves_of_real_tables_have_no_hole():
    rng = np.random.default_rng(11)
    asked, alarms = 0, []
    for name in TABLES:
        for _ in range(DRAWS):
            reference, current = halves(name, rng)
            for column in numbers(reference):
                verdict = no_time_gaps(current, column, reference=reference)
                asked += verdict.outcome.name != "SKIPPED"
                if verdict.outcome.name == "FAIL":
                    alarms.append((name, verdict.reason))
    assert asked >= 100
    assert not alarms


def test_a_tenth_of_the_time_cut_out_is_found():
    rng = np.random.default_rng(12)
    seen = asked = 0
    for name in TABLES:
        reference, current = halves(name, rng)
        for column in numbers(reference):
            ordered = current[column].drop_nulls().sort()
            low, high = ordered[int(0.4 * len(ordered))], ordered[int(0.5 * len(ordered))]
            kept = current.filter((pl.col(column) <= low) | (pl.col(column) >= high))
            if current.height - kept.height >= 60:
                asked += 1
                seen += no_time_gaps(kept, column, reference=reference).outcome.name == "FAIL"
    assert asked >= 20
    assert seen / asked >= 0.95
