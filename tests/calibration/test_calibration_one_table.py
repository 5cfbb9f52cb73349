"""False alarms of the checks of one table beside a reference, where nothing is wrong.

Measured besides, not run here: random halves of the 18 tables of `realdata`, 200,
1,000 and 5,000 rows a side, 30 deals each, at the default level: 0 alarms of all
eight checks in 1,620 runs; smallest p-value of any check 0.008.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from mlqa.checks.quality.no_constant_columns import no_constant_columns
from mlqa.checks.quality.no_duplicated_rows import no_duplicated_rows
from mlqa.checks.quality.no_mixed_types import no_mixed_types
from mlqa.checks.quality.no_outlier_values import no_outlier_values
from mlqa.checks.quality.no_special_characters import no_special_characters
from mlqa.checks.quality.no_string_variants import no_string_variants
from mlqa.checks.quality.one_null_spelling import one_null_spelling
from mlqa.checks.quality.text_length_holds import text_length_holds
from mlqa.stats.repeats import repeats_tail
from mlqa.subjects.profile import profile

pytestmark = pytest.mark.calibration

LEVELS = [0.05, 0.01]
GROUPS = {
    "pairs": ([1, 2], [2000, 60], 0.5),
    "several sizes": ([1, 2, 3, 4], [1500, 40, 25, 15], 0.3),
    "nothing single": ([2, 3], [120, 80], 0.5),
    "small current": ([1, 2, 5], [500, 200, 10], 0.05),
    "all repeat": ([5, 40, 300], [30, 20, 4], 0.6),
}


@pytest.mark.parametrize("name", GROUPS)
def test_repeats_are_held_whatever_the_groups(name, calibrated):
    sizes, counts, share = GROUPS[name]
    owner = np.repeat(np.arange(sum(counts)), np.repeat(sizes, counts))
    n_cur = round(owner.size * share)
    numbers = np.random.default_rng(3)
    seen: dict[int, float] = {}
    p_values = []
    for _ in range(2000):
        drawn = owner[numbers.permutation(owner.size)[:n_cur]]
        repeats = n_cur - int(np.count_nonzero(np.bincount(drawn)))
        if repeats not in seen:
            seen[repeats] = repeats_tail(sizes, counts, repeats, owner.size - n_cur, n_cur)
        p_values.append(seen[repeats])
    for level in LEVELS:
        calibrated(f"no_duplicated_rows, {name}", int((np.array(p_values) <= level).sum()), len(p_values), level)


def rows(numbers, count):
    """Return columns that hold, by nature, some of everything the checks look for."""
    words = ["Bonn", "bonn", "Bonn ", "NA", "-", "??", "12", "2024-01-01", "a much longer word than all others"]
    odd = [numbers.choice(["Bonn", *words], count, p=[0.73, *[0.03] * 9]) for _ in range(4)]
    ids = [f"{i:x}" * int(numbers.integers(1, 4)) for i in numbers.integers(0, 10**6, count)]
    wild = np.where(numbers.random(count) < 0.02, -999.0, numbers.normal(50, 5, count))
    rare = (numbers.random((count, 4)) < 0.01).astype(int)
    texts = {f"text {i}": column for i, column in enumerate(odd)}
    return pl.DataFrame({**texts, "id": ids, "wild": wild, **{f"rare {i}": rare[:, i] for i in range(4)}})


ASKED = [
    *(no_constant_columns, no_mixed_types, one_null_spelling, no_string_variants),
    *(no_special_characters, text_length_holds, no_outlier_values),
]


@pytest.mark.parametrize("sizes", [(120, 60), (60, 200)], ids=["more reference", "more current"])
def test_the_rise_of_what_is_there_by_nature_is_held(sizes, calibrated):
    runs = 80
    p_values: dict[str, list[float]] = {check.__name__: [] for check in ASKED}
    for seed in range(runs):
        numbers = np.random.default_rng([seed, sizes[0]])
        before, after = (profile(rows(numbers, size)) for size in sizes)
        for check in ASKED:
            # a check fails at every level from its p-value on
            p_values[check.__name__].append(check(after, reference=before).evidence.p_value)
    for name, found in p_values.items():
        for level in LEVELS:
            alarms = int((np.array(found) <= level).sum())
            calibrated(f"{name} {sizes[0]} + {sizes[1]} rows", alarms, runs, level)


def test_copies_are_held_on_tables_that_repeat(calibrated):
    p_values = []
    for seed in range(150):
        codes = pl.DataFrame({"code": np.random.default_rng(seed).zipf(1.5, 600) % 1500})
        found = no_duplicated_rows(codes.tail(350), reference=codes.head(250), min_effect=0.0)
        p_values.append(found.evidence.p_value)
    for level in LEVELS:
        alarms = int((np.array(p_values) <= level).sum())
        calibrated("no_duplicated_rows, codes 250 + 350 rows", alarms, len(p_values), level)
