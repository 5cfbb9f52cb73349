"""How often the default run alarms on clean tables made hard on purpose: at most 1 %."""

import numpy as np
import polars as pl
import pytest

import mlqa
from mlqa.verdict import Outcome

pytestmark = [pytest.mark.calibration, pytest.mark.timeout(900)]

SIZES = [(1000, 1000), (300, 2000), (2000, 200), (60, 60)]


def tied(rng, n):
    columns = {f"few {i}": rng.choice([0, 0, 0, 1, 2], n) for i in range(8)}
    columns |= {f"zeros {i}": np.where(rng.random(n) < 0.95, 0, rng.exponential(1, n).round(1)) for i in range(8)}
    holes = {f"holes {i}": pl.Series(rng.integers(0, 4, n)).replace(0, None) for i in range(4)}
    return pl.DataFrame(columns | holes)


def rare(rng, n):
    return pl.DataFrame({f"c{i}": pl.Series(rng.zipf(1.3 + i / 8, n)).cast(pl.String) for i in range(8)})


def correlated(rng, n):
    x, label = rng.normal(size=n), rng.choice(list("ab"), n)
    columns = {f"x{i}": x for i in range(15)} | {f"near {i}": x * i + rng.normal(0, 0.01, n) for i in range(5)}
    return pl.DataFrame(columns | {f"c{i}": label for i in range(10)})


def heavy(rng, n):
    columns = {f"cauchy {i}": rng.standard_cauchy(n) for i in range(10)}
    return pl.DataFrame(columns | {f"wild {i}": rng.lognormal(0, 4, n) for i in range(10)})


def repeated(rng, n):
    pool = np.random.default_rng(5).normal(size=(3000, 3))
    return pl.DataFrame(pool[rng.integers(0, 3000, n)])


def wide(rng, n):
    return pl.DataFrame({f"w{i}": rng.normal(size=n) if i % 3 else rng.integers(0, 2 + i % 40, n) for i in range(500)})


@pytest.mark.parametrize(
    ("draw", "runs"), [(tied, 20), (rare, 20), (correlated, 20), (heavy, 20), (repeated, 40), (wide, 2)]
)
def test_the_default_run_hardly_ever_alarms_on_hard_tables(draw, runs, calibrated):
    rng = np.random.default_rng(runs)
    alarms = 0
    for run in range(runs):
        n, m = SIZES[run % len(SIZES)]
        rows = draw(rng, n + m)
        report = mlqa.check(rows.slice(n), rows.head(n))
        assert not any(case.crash for case in report.cases)
        alarms += any(verdict.outcome is Outcome.FAIL for verdict in report.verdicts)
    calibrated(f"mlqa.check, {draw.__name__} tables", alarms, runs, 0.01)
