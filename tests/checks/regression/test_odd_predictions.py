"""Every metric with odd but possible inputs: a verdict or a clear refusal, never a crash from deep inside."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from mlqa import UsageError, Verdict, not_worse
from mlqa.checks.regression.metrics import INDICATORS, METRICS
from mlqa.checks.regression.not_worse_by_slice import not_worse_by_slice
from mlqa.checks.regression.training_not_worse import training_not_worse

RNG = np.random.default_rng(0)
N = 40
HALF = np.arange(N) % 2
TABLE = RNG.dirichlet(np.ones(3), size=N)
ODD = {
    "constant predictions": (HALF, np.zeros(N), np.ones(N)),
    "one class only": (np.ones(N, int), HALF, 1 - HALF),
    "one class of many": (np.zeros(N, int), TABLE, TABLE[::-1]),
    "a perfect and a hopeless model": (HALF, HALF, 1 - HALF),
    "one row": (np.array([1]), np.array([1]), np.array([0])),
    "two rows": (np.array([0, 1]), np.array([0, 1]), np.array([1, 0])),
    "texts": (np.where(HALF, "yes", "no"), np.where(HALF, "yes", "no"), np.full(N, "no")),
    "truth values": (HALF == 1, HALF == 0, HALF == 1),
    "probabilities": (np.arange(N) % 3, TABLE, TABLE[::-1]),
    "a class that is never seen": (HALF, TABLE, TABLE[::-1]),
    "as many classes as rows": (np.arange(N), np.arange(N)[::-1], np.roll(np.arange(N), 1)),
    "tiny numbers": (HALF * 1e-300, HALF * 2e-300, HALF * 3e-300),
    "huge numbers": (HALF * 1e60, HALF * 2e60, HALF * 3e60 + 1),
    "far from nothing": (1e12 + HALF, 1e12 + HALF + 1e-3, 1e12 + HALF),
    "negative numbers": (-1.0 - HALF, -2.0 - HALF, -1.5 - HALF),
    "one that is off by far": (HALF + 1.0, np.where(np.arange(N) == 3, 1e9, 1.5), np.full(N, 1.4)),
    "unsigned numbers": (HALF.astype(np.uint64) + 2**63, HALF.astype(np.uint64) + 2**63, HALF.astype(np.uint64)),
    "objects": (HALF.astype(object), HALF[::-1].astype(object), HALF.astype(object)),
    "a column a label": (RNG.random((N, 3)) < 0.5, RNG.random((N, 3)) < 0.5, RNG.random((N, 3)) < 0.5),
    "no label at all": (np.zeros((N, 3)), np.zeros((N, 3)), np.ones((N, 3))),
    "missing": (HALF, np.where(HALF, np.nan, 0.5), np.full(N, 0.5)),
}


def answers(check, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", module="sklearn")
        try:
            found = check(*args, **kwargs)
        except UsageError as error:
            return str(error).count("\nHint: ") == 1
    numbers = (found.evidence.estimate, found.evidence.low, found.evidence.high, found.evidence.p_value)
    return isinstance(found, Verdict) and all(number is None or np.isfinite(number) for number in numbers)


@pytest.mark.parametrize("odd", ODD)
def test_every_metric_answers_or_refuses(odd):
    y, new, baseline = ODD[odd]
    for metric in sorted({*METRICS, *INDICATORS}):
        for margin in (0.0, 0.01, "5%"):
            assert answers(not_worse, new, baseline, y, metric=metric, margin=margin), metric
        assert answers(not_worse, new, 0.5, y, metric=metric), metric
        assert answers(not_worse, new, baseline, y, metric=metric, groups=np.arange(len(y)) // 3), metric
        assert answers(not_worse_by_slice, new, baseline, y, metric=metric, slices={"first": np.arange(len(y)) < 9}), (
            metric
        )
        assert answers(training_not_worse, [new] * 2 + [baseline], [baseline] * 3, None, y, metric=metric), metric
