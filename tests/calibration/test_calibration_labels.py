"""False alarms of the checks of labels and of what gives them away, counted where nothing is wrong."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.labels.no_conflicting_labels import no_conflicting_labels
from mlqa.checks.leakage.no_target_leak import no_target_leak
from mlqa.checks.quality.no_outlier_rows import no_outlier_rows
from mlqa.checks.quality.no_redundant_columns import no_redundant_columns
from mlqa.stats.association import product_test
from mlqa.stats.neighbours import crowd_distance, furthest_test
from mlqa.stats.single_feature import gain_moved, gain_of
from mlqa.subjects.codes import cells_of
from mlqa.verdict import Outcome

pytestmark = pytest.mark.calibration

LEVELS = (0.05, 0.01)


def hold(calibrated, name, p_values):
    found = np.asarray(p_values)
    for level in LEVELS:
        calibrated(name, int((found <= level).sum()), found.size, level)


@pytest.mark.parametrize(("n", "m"), [(150, 150), (600, 100)])
@pytest.mark.parametrize("strength", [0.0, 2.0])
def test_what_a_column_tells_of_the_label_rises_as_often_as_the_level_says(calibrated, n, m, strength):
    rng = np.random.default_rng(1)
    current, p_values = np.arange(n + m) >= n, []
    for _ in range(700):
        x = rng.normal(size=n + m)
        label = (strength * x + rng.normal(size=n + m) > 1.0).astype(float)
        cells = cells_of(np.argsort(np.argsort(x)) + 1, text=False)
        p_values.append(gain_moved(gain_of(cells, label[:, None], rng.integers(5, size=n + m)), current)[1])
    hold(calibrated, f"gain of a column {n}+{m}, strength {strength:g}", p_values)


@pytest.mark.parametrize("correlation", [0.0, 0.9])
def test_rank_products_move_as_often_as_the_level_says(calibrated, correlation):
    rng = np.random.default_rng(2)
    current, p_values = rng.permutation(400) < 150, []
    for _ in range(700):
        x = rng.poisson(1.0, size=400) + rng.normal(size=400).round(1)
        y = correlation * x + rng.normal(size=400)
        ranks = [np.argsort(np.argsort(column)) / 400.0 for column in (x, y)]
        p_values.append(product_test(*ranks, current)[1])
    hold(calibrated, f"rank products, correlation {correlation:g}", p_values)


@pytest.mark.parametrize(("n", "m"), [(200, 200), (400, 80)])
def test_the_furthest_rows_are_of_one_table_as_often_as_the_level_says(calibrated, n, m):
    rng = np.random.default_rng(3)
    current = np.arange(n + m) >= n
    p_values = [furthest_test(crowd_distance(rng.standard_t(3, size=(n + m, 3)), 5), current)[2] for _ in range(200)]
    hold(calibrated, f"furthest rows {n}+{m}", p_values)


def discrete(rng, rows):
    """A table that repeats itself, with a label that follows a feature, and columns that agree by nature."""
    x = rng.integers(4, size=(rows, 3))
    label = np.where(rng.random(rows) < 0.3, rng.integers(2, size=rows), x[:, 0] > 1)
    flag = np.where(rng.random(rows) < 0.8, x[:, 1] > 1, rng.integers(2, size=rows))
    return pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "flag": flag, "label": label.astype(int)})


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("name", "ask"),
    [
        (
            "no_conflicting_labels",
            lambda a, b, level: no_conflicting_labels(b, target="label", reference=a, alpha=level),
        ),
        (
            "no_target_leak",
            lambda a, b, level: no_target_leak(b, target="label", reference=a, alpha=level, min_effect=0),
        ),
        ("no_redundant_columns", lambda a, b, level: no_redundant_columns(b, reference=a, alpha=level, min_effect=0)),
        ("no_outlier_rows", lambda a, b, level: no_outlier_rows(b, reference=a, alpha=level)),
    ],
)
def test_whole_checks_alarm_as_often_as_the_level_says(calibrated, name, ask, level):
    rng = np.random.default_rng(4)
    alarms = sum(ask(discrete(rng, 150), discrete(rng, 100), level).outcome is Outcome.FAIL for _ in range(40))
    calibrated(name, alarms, 40, level)
