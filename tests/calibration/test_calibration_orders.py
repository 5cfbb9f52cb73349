"""How often two tables of one source differ in which column is the larger, or in how far predictions are off."""

import numpy as np
import polars as pl
import pytest

from mlqa.checks.drift.orders_hold import orders_hold
from mlqa.checks.drift.predictions_hold import predictions_hold

pytestmark = pytest.mark.calibration

LEVELS = (0.05, 0.01)
RUNS = 400


def lengths(rng, rows):
    """Columns that are nearly equal, always in one order, tied, and apart."""
    x = rng.gamma(4, 1, rows)
    return pl.DataFrame(
        {
            "x": x,
            "y": x * rng.normal(1.0, 0.02, rows),
            "high": x + rng.exponential(0.2, rows) * (rng.random(rows) < 0.9),
            "round": x.round(),
            "other": rng.gamma(4, 1, rows),
        }
    )


def classes(rng, rows):
    label, said = rng.choice(["no", "yes"], (2, rows), p=[0.7, 0.3])
    town = rng.choice(list("ABCDE"), rows)
    return pl.DataFrame({"label": label, "said": said, "town": town, "age": rng.integers(18, 90, rows)})


def amounts(rng, rows):
    said = rng.normal(size=rows)
    town, age = rng.choice(list("ABCDE"), rows), rng.integers(18, 90, rows)
    return pl.DataFrame({"label": said + rng.standard_t(2, rows) * age, "said": said, "town": town, "age": age})


CASES = [
    (orders_hold, lengths, {}),
    (predictions_hold, classes, {"target": "label", "predictions": ["said"]}),
    (predictions_hold, amounts, {"target": "label", "predictions": ["said"]}),
]


@pytest.mark.parametrize("sizes", [(150, 150), (300, 80)], ids=str)
@pytest.mark.parametrize(("check", "draw", "named"), CASES, ids=lambda one: getattr(one, "__name__", ""))
def test_the_checks_hold_their_level(check, draw, named, sizes, calibrated):
    runs = RUNS if check is orders_hold else RUNS // 4
    rng = np.random.default_rng([*sizes, len(draw.__name__)])
    p_values = np.array([check(*(draw(rng, rows) for rows in sizes), **named).evidence.p_value for _ in range(runs)])
    for level in LEVELS:
        calibrated(
            f"{check.__name__}, {draw.__name__}, {sizes[0]} + {sizes[1]}", int((p_values <= level).sum()), runs, level
        )
