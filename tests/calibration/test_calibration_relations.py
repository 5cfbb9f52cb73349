"""How often models see a difference between two tables drawn from one source."""

import numpy as np
import polars as pl
import pytest

from mlqa.checks.drift.concept_holds import concept_holds
from mlqa.checks.drift.exchangeable import exchangeable
from mlqa.checks.drift.label_noise_holds import label_noise_holds
from mlqa.checks.drift.relations_hold import relations_hold
from mlqa.stats.subset_sums import subset_sum_test

pytestmark = pytest.mark.calibration

LEVELS = (0.05, 0.01)
SCORES = {
    "heavy tail": lambda rng, n: rng.standard_cauchy(n),
    "skewed": lambda rng, n: rng.lognormal(0, 2, n),
    "three values": lambda rng, n: rng.choice([0.0, 0.1, 3.0], n, p=[0.6, 0.35, 0.05]),
    "one in twenty": lambda rng, n: (rng.random(n) < 0.05) * 1.0,
}


@pytest.mark.parametrize("sizes", [(60, 60), (240, 40), (40, 240)], ids=str)
@pytest.mark.parametrize("draw", SCORES)
def test_sums_of_random_subsets_hold_their_level(draw, sizes, calibrated):
    rng = np.random.default_rng([len(draw), *sizes])
    found = np.empty(500)
    chosen = np.arange(sum(sizes)) >= sizes[0]
    for run in range(found.size):
        found[run] = subset_sum_test(SCORES[draw](rng, chosen.size), rng.permutation(chosen))
    for level in LEVELS:
        calibrated(f"subset sums, {draw}, {sizes[0]} + {sizes[1]}", int(np.sum(found <= level)), found.size, level)


def smooth(rng, rows):
    size, age = rng.normal(size=(2, rows))
    return pl.DataFrame(
        {
            "size": size,
            "price": size - age + 0.3 * rng.normal(size=rows),
            "rooms": np.round(size + 0.3 * rng.normal(size=rows)),
            "label": np.where(age + 0.5 * rng.normal(size=rows) > 0, "yes", "no"),
        }
    )


def repeating(rng, rows):
    """Draw few distinct rows, most of them many times: splits by content would not be random."""
    sex, grade = rng.random(rows) < 0.5, rng.integers(0, 4, rows)
    passed = rng.random(rows) < 0.2 + 0.2 * grade
    school = np.where(rng.random(rows) < 0.7, grade // 2, rng.integers(0, 3, rows))
    return pl.DataFrame({"sex": sex, "grade": grade, "school": school, "label": passed})


CHECKS = {
    "relations_hold": (relations_hold, {}, 60),
    "concept_holds": (concept_holds, {"target": "label"}, 120),
    "label_noise_holds": (label_noise_holds, {"target": "label"}, 12),
    "exchangeable": (exchangeable, {}, 40),
}


@pytest.mark.parametrize("draw", [smooth, repeating])
@pytest.mark.parametrize("name", CHECKS)
def test_the_checks_hold_their_level(name, draw, calibrated):
    check, arguments, runs = CHECKS[name]
    rng = np.random.default_rng(len(name))
    found = [check(draw(rng, 150), draw(rng, 100), alpha=0.05, **arguments).evidence.p_value for _ in range(runs)]
    p_values = np.array([1.0 if p_value is None else p_value for p_value in found])
    for level in LEVELS:
        calibrated(f"{name}, {draw.__name__}, 150 + 100", int(np.sum(p_values <= level)), runs, level)
