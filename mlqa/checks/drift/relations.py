"""Each column given the others: whether the relations of the reference hold in current."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.drift.encoded import Encoded
from mlqa.checks.drift.surprise import Surprise, detectable, surprise
from mlqa.stats.block_ridge import predict_crossed, predict_each

__all__ = ["FEWEST", "Relation", "crossed", "predict", "relations"]

# Of the level: models of both tables, current fits worse or better; models of either half of the reference.
_WEIGHTS = (0.5, 0.2, 0.15, 0.15)
FEWEST = 30  # rows to learn from
_HOPELESS = 2.0  # share of rows, past 1 as what is broken blurs what it could be told by

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One column given the others.

    Attributes
    ----------
    column : int
    p_value : float in [0, 1]
        Corrected over the column's tests.
    told : Surprise
        By the models that say most.
    pooled : Surprise
        By models of both tables: what could have been seen, whatever was.
    worse : {'current', 'reference'}
        The table whose rows fit worse.
    """

    column: int
    p_value: float
    told: Surprise
    pooled: Surprise
    worse: str


def relations(encoded: Encoded, columns: Sequence[int], level: float) -> list[Relation]:
    """Ask of each column whether it follows from the others as in the reference.

    Parameters
    ----------
    encoded : Encoded
    columns : list of int
    level : float in (0, 0.5)
        Columns of which a test at this level could see nothing are left out;
        which ones those are does not depend on who holds a row.

    Notes
    -----
    Two kinds of models. Of both tables together, cross-fitted: they use all
    rows, and are the same whoever holds a row, so the test is exact. Of half
    of the reference, tried on its other half and on current: they are not
    spoilt by what is wrong with current, and see a relation replaced by another.
    """
    every = np.arange(encoded.current.size)
    pooled = _surprises(encoded, columns, every, crossed(encoded, columns))
    kept = [at for at, one in enumerate(pooled) if detectable(one, level) <= _HOPELESS]
    columns, found = [columns[at] for at in kept], [[pooled[at] for at in kept]]
    if not columns:
        return []
    for half in (0, 1):
        train = ~encoded.current & (encoded.halves == half)
        if train.sum() >= FEWEST:
            predicted = predict(encoded, columns, train, ~train)
            found.append(_surprises(encoded, columns, np.flatnonzero(~train), predicted))
    return [_together(column, both, halves) for column, both, *halves in zip(columns, *found)]


def crossed(encoded: Encoded, columns: Sequence[int]) -> list[Numbers]:
    """Predict the targets of some columns, each row by a model that has not seen it."""
    targets, parts = _asked(encoded, columns)
    if np.unique(encoded.folds).size < 2:  # all rows are equal, or there is none
        return _means(targets, parts, encoded.current.size)
    blocks = [encoded.blocks[column] for column in columns]
    predicted = predict_crossed(encoded.features, blocks, targets, parts, encoded.folds)
    return [predicted[:, part] for part in parts]


def predict(
    encoded: Encoded, columns: Sequence[int], train: NDArray[np.bool_], wanted: NDArray[np.bool_]
) -> list[Numbers]:
    """Predict the targets of some columns from all other columns, by what some rows teach."""
    targets, parts = _asked(encoded, columns)
    if not train.any() or not wanted.any():
        return _means(targets, parts, int(wanted.sum()))
    blocks = [encoded.blocks[column] for column in columns]
    predicted = predict_each(encoded.features, blocks, targets, parts, train, wanted)
    return [predicted[:, part] for part in parts]


def _asked(encoded: Encoded, columns: Sequence[int]) -> tuple[Numbers, list[slice]]:
    """Return the targets of some columns side by side, and which are of each."""
    asked = [encoded.parts[column] for column in columns]
    ends = np.cumsum([part.stop - part.start for part in asked])
    parts = [slice(int(end) - part.stop + part.start, int(end)) for end, part in zip(ends, asked)]
    return np.hstack([encoded.targets[:, part] for part in asked]), parts


def _means(targets: Numbers, parts: Sequence[slice], rows: int) -> list[Numbers]:
    return [np.tile(targets[:, part].mean(axis=0), (rows, 1)) for part in parts]


def _surprises(
    encoded: Encoded, columns: Sequence[int], rows: NDArray[np.intp], predicted: Sequence[Numbers]
) -> list[Surprise]:
    return [surprise(encoded, column, part, rows) for column, part in zip(columns, predicted)]


def _together(column: int, pooled: Surprise, halves: Sequence[Surprise]) -> Relation:
    """Combine the tests of a column: Bonferroni with weights."""
    found = (pooled.current, pooled.reference, *(half.current for half in halves))
    weighted = [p / weight for p, weight in zip(found, _WEIGHTS)]
    least = int(np.argmin(weighted))
    told = pooled if least < 2 else halves[least - 2]
    return Relation(
        column=column,
        p_value=min(1.0, weighted[least]),
        told=told,
        pooled=pooled,
        worse="reference" if least == 1 else "current",
    )
