"""Labels that are not the likeliest class have to be good for something."""

from __future__ import annotations

import numpy as np
import pytest

from mlqa import UsageError
from mlqa.checks.performance.labels_serve import labels_serve
from mlqa.testing import assert_check_conforms
from mlqa.verdict import Outcome

RNG = np.random.default_rng(1)
SHARE = RNG.beta(1.2, 3.0, size=4000)
Y = (RNG.random(4000) < SHARE).astype(int)
SAID = np.column_stack([1 - SHARE, SHARE])


def served(line):
    return labels_serve((line <= SHARE).astype(int), SAID, Y)


def test_the_likeliest_class_serves():
    assert_check_conforms(labels_serve, (SHARE >= 0.5).astype(int), SAID, Y)
    assert served(0.5).reason == "4000 labels, each the likeliest class"


def test_a_line_that_finds_more_of_the_rarer_class_serves():
    assert served(0.3).outcome is Outcome.PASS


@pytest.mark.parametrize("line", [0.6, 0.7])
def test_a_line_that_loses_both_does_not(line):
    verdict = served(line)
    assert verdict.outcome is Outcome.FAIL
    assert "labels are not the likeliest class" in verdict.reason


def test_a_class_in_anothers_place_does_not():
    y = np.tile([0, 1, 2], 200)
    verdict = labels_serve((y + 1) % 3, np.eye(3)[y] * 0.7 + 0.1, y)
    assert verdict.outcome is Outcome.FAIL


def test_classes_that_y_lacks_are_refused():
    with pytest.raises(UsageError, match="one a class of y"):
        labels_serve(Y, np.full((4000, 3), 1 / 3), Y)
