from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from mlqa import Outcome, UsageError, not_worse

Y = [0, 1, 0, 1]
REFUSED = {
    "an unknown metric": (
        {"metric": "acuracy"},
        "metric='acuracy': expected a known metric or a callable, got str.\nHint: did you mean 'accuracy'?",
    ),
    "a metric that is no function": ({"metric": 3}, "metric=3: expected a known metric or a callable, got int.\n"),
    "a direction of a known metric": (
        {"greater_is_better": False},
        "greater_is_better=False: expected no direction for a named metric, got bool.\n",
    ),
    "a negative margin": (
        {"margin": -0.1},
        "margin=-0.1: expected a number of at least 0, got float.\nHint: pass the largest loss you accept, in the",
    ),
    "a margin without end": ({"margin": float("inf")}, "margin=inf: expected a number of at least 0"),
    "a margin that is no number": (
        {"margin": "1 percent"},
        "margin='1 percent': expected a number of at least 0, got str.\nHint: pass the largest loss you accept, in the",
    ),
    "a share of less than nothing": ({"margin": "-5%"}, "margin='-5%': expected a number of at least 0, got str."),
    "a margin of truth": ({"margin": True}, "margin=True: expected a number of at least 0, got bool."),
    "an alpha out of range": ({"alpha": 1}, "alpha=1: expected a number in (0, 0.5), got int."),
    "too short": (
        {"new": [0, 1]},
        "new=[0, 1]: expected 4 rows, as y has, got 2 rows.\nHint: use the same rows in the same order",
    ),
    "a short baseline": ({"baseline": [0] * 5}, "baseline=[0, 0, 0, 0, ...]: expected 4 rows, as y has, got 5 rows."),
    "short groups": ({"groups": [1]}, "groups=[1]: expected 4 rows, as y has, got 1 rows."),
    "one group": ({"groups": [1] * 4}, "groups=[1, 1, 1, 1]: expected one label a row, of at least two groups"),
    "nothing": ({"y": []}, "y=[]: expected one entry a row: a sequence, Series or array of shape (n,) or"),
    "no rows at all": ({"new": None}, "new=None: expected one entry a row"),
    "a text for a column": ({"new": "prediction"}, "new='prediction': expected one entry a row"),
    "a missing number": (
        {"new": [0, np.nan, 0, 1]},
        "new=[0, nan, 0, 1]: expected finite numbers, got nan in row 1.\nHint: fill or drop row 1 in every argument",
    ),
    "a missing text": (
        {"y": ["a", None, "b", "a"]},
        "y=['a', None, 'b', 'a']: expected all numbers or all texts, none missing, got None in row 1.\nHint: mend",
    ),
    "numbers and texts": (
        {"y": np.array([1, "b", 2, 3], dtype=object)},
        "y=<ndarray of shape (4,)>: expected all numbers or all texts, none missing, got numbers and texts in row 1.",
    ),
    "dates": ({"y": [datetime.date(2026, 1, day) for day in (1, 2, 3, 4)]}, "y=[datetime.date(2026, 1, 1)"),
    "times": ({"y": np.array([1, 2, 3, 4], dtype="M8[s]")}, "y=<ndarray of shape (4,)>: expected numbers or texts"),
    "rows of different lengths": ({"new": [[1], [1, 2], [3], [4]]}, "new=[[1], [1, 2], [3], [4]]: expected one entry"),
    "a table of targets": (
        {"y": np.zeros((4, 2))},
        "new=<ndarray of shape (4,)>: expected shape (4, 2), as y has, got shape (4,).",
    ),
    "a table of targets for one label": (
        {"y": np.zeros((4, 2)), "metric": "mae"},
        "metric='mae': expected a metric of many labels a row, as y has columns, got str.",
    ),
    "a generator": (
        {"new": (label for label in Y)},
        "new=<generator object <genexpr> at",
    ),
    "continuous targets for labels": ({"y": [0.5, 1, 2, 3]}, "y=<ndarray of shape (4,)>: expected class labels, got"),
    "probabilities for labels": (
        {"new": [0.2, 0.7, 0.1, 0.6]},
        "new=<ndarray of shape (4,)>: expected labels as in y (whole numbers), got fractions.\nHint: pass labels:",
    ),
    "texts for numbers": (
        {"new": ["0", "1", "0", "1"]},
        "new=<ndarray of shape (4,)>: expected labels as in y (numbers), got texts.",
    ),
    "tables for labels": ({"new": np.zeros((4, 2))}, "new=<ndarray of shape (4, 2)>: expected one label a row"),
    "three classes for an area": (
        {"metric": "roc_auc", "y": [0, 1, 2, 1]},
        "y=<ndarray of shape (4,)>: expected two classes, got 3 classes.\nHint: use 'balanced_accuracy' or",
    ),
    "one class for an area": (
        {"metric": "roc_auc", "y": [1, 1, 1, 1]},
        "y=<ndarray of shape (4,)>: expected at least two rows of each of two classes, got 4 positive and 0 negative.",
    ),
    "one class of another name": ({"metric": "roc_auc", "y": ["a"] * 4}, "y=<ndarray of shape (4,)>: expected two"),
    "texts for scores": ({"metric": "roc_auc", "new": ["a"] * 4}, "new=<ndarray of shape (4,)>: expected one score a"),
    "three classes for f1": ({"metric": "f1", "y": [0, 1, 2, 1]}, "y=<ndarray of shape (4,)>: expected two classes"),
    "a foreign label for f1": (
        {"metric": "f1", "new": [0, 1, 2, 1]},
        "new=<ndarray of shape (4,)>: expected the labels",
    ),
    "scores for probabilities": (
        {"metric": "log_loss", "new": [0.1, 1.7, -1, 0]},
        "new=<ndarray of shape (4,)>: expected probabilities in [0, 1], got values from -1 to 1.7.",
    ),
    "texts for probabilities": ({"metric": "brier", "new": ["a"] * 4}, "new=<ndarray of shape (4,)>: expected prob"),
    "probabilities that do not sum to 1": (
        {"metric": "log_loss", "new": np.full((4, 3), 0.4)},
        "new=<ndarray of shape (4, 3)>: expected rows that sum to 1, got a sum off by 0.2.",
    ),
    "unlike numbers of classes": (
        {"metric": "log_loss", "new": np.full((4, 4), 0.25), "baseline": np.full((4, 2), 0.5)},
        "baseline=<ndarray of shape (4, 2)>: expected 4 classes, as new has, got 2 classes.",
    ),
    "other classes than columns": (
        {"metric": "log_loss", "y": list("abab"), "new": np.full((4, 4), 0.25), "baseline": np.full((4, 4), 0.25)},
        "y=<ndarray of shape (4,)>: expected 4 classes, as new has columns, got 2 classes.",
    ),
    "texts for values": ({"metric": "mae", "y": list("abab")}, "y=<ndarray of shape (4,)>: expected one number a row"),
    "tables for values": ({"metric": "mse", "new": np.zeros((4, 2))}, "new=<ndarray of shape (4, 2)>: expected one"),
    "targets whose squares are nothing": (
        {"metric": "r2", "y": [0.0, 1e-310, 0.0, 2e-310]},
        "y=<ndarray of shape (4,)>: expected values that vary",
    ),
    "values whose squares are endless": (
        {"metric": "mae", "new": [1e300, 0.0, 1.0, 2.0]},
        "new=<ndarray of shape (4,)>: expected numbers of at most 1e+70 in size, got 1e+300.\nHint: rescale y and the",
    ),
    "constant targets": ({"metric": "r2", "y": [2, 2, 2, 2]}, "y=<ndarray of shape (4,)>: expected values that vary"),
    "a metric of many numbers": (
        {"metric": np.subtract},
        "metric=<ufunc 'subtract'>: expected a callable that returns one number",
    ),
    "a metric that is not finite": ({"metric": lambda *_: float("nan")}, "metric=<function <lambda>"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_by_name(case):
    given, message = REFUSED[case]
    with pytest.raises(UsageError) as caught:
        not_worse(**{"new": [0, 1, 1, 1], "baseline": Y, "y": Y, "metric": "accuracy", **given})

    assert str(caught.value).startswith(message)


CONTAINERS = {
    "list": list,
    "numpy": np.array,
    "object array": lambda values: np.array(values, dtype=object),
    "pandas": lambda values: pd.Series(values, index=range(7, 7 + len(values))),
    "pandas categories": lambda values: pd.Series(values, dtype="category"),
    "pandas frame": lambda values: pd.DataFrame({"a": values}),
    "polars": pl.Series,
    "polars frame": lambda values: pl.DataFrame({"a": values}),
}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("names", [(0, 1), ("no", "yes"), (False, True), (0.0, 1.0)])
def test_every_container_gives_the_same_verdict(container, names):
    wrap = CONTAINERS[container]
    rng = np.random.default_rng(0)
    y, baseline = rng.integers(0, 2, (2, 80))
    new = 1 - y
    numbers = not_worse(new, baseline, y, metric="accuracy", groups=np.arange(80) // 2)
    named = [wrap([names[code] for code in part]) for part in (new, baseline, y)]
    verdict = not_worse(*named, metric="accuracy", groups=wrap([f"u{row // 2:02}" for row in range(80)]))

    assert verdict.outcome is Outcome.FAIL
    assert verdict == numbers


def test_nullable_numbers_are_numbers_and_their_holes_are_refused():
    whole = pd.Series([0, 1, 1, 1], dtype="Int64")
    assert not_worse(whole, Y, Y, metric="accuracy").evidence.estimate == -0.25

    with pytest.raises(UsageError, match="in row 2"):
        not_worse(whole.mask(whole.index == 2), Y, Y, metric="accuracy")
    with pytest.raises(UsageError, match="in row 3"):
        not_worse(pl.Series([0, 1, 1, None]), Y, Y, metric="accuracy")


def test_nothing_that_was_passed_is_changed():
    rng = np.random.default_rng(1)
    new, baseline, y = rng.normal(size=50), rng.normal(size=50), rng.normal(size=50)
    copies = [part.copy() for part in (new, baseline, y)]
    for part in (new, baseline, y):
        part.setflags(write=False)
    not_worse(new, baseline, y, metric="mae")

    for part, copy in zip((new, baseline, y), copies, strict=True):
        np.testing.assert_array_equal(part, copy)
