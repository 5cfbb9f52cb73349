"""Predictions of a quickly fitted model, and the fault that they are worse in a subgroup."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from fault_columns import categories, numeric
from fault_relations import few_classes
from fault_rows import Faulted
from fault_tables import Pair

MOST_ROWS = 4_000
OUTPUT = "prediction"


def with_predictions(pair: Pair) -> Pair | None:
    """Return the pair with predictions of a model that has seen neither table."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    if pair.rest.height < 500:
        return None
    rows, (before, after) = pair.rest.head(MOST_ROWS), coded(pair)
    labels = pair.rest[pair.target].head(MOST_ROWS)
    kind = HistGradientBoostingClassifier if few_classes(labels) else HistGradientBoostingRegressor
    model = kind(max_iter=60, early_stopping=False, random_state=0).fit(matrix(rows, pair), labels.to_numpy())
    return replace(pair, outputs={OUTPUT: model.predict(after), "reference_prediction": model.predict(before)})


def coded(pair: Pair) -> list[np.ndarray]:
    return [matrix(frame, pair) for frame in (pair.reference, pair.current)]


def matrix(frame: pl.DataFrame, pair: Pair) -> np.ndarray:
    """Return numbers as they are and texts as places in the list of the rest's texts."""
    columns = []
    for name in pair.features:
        values = frame[name]
        if values.dtype == pl.String:
            known = pair.rest[name].drop_nulls().unique().sort()
            numbers = dict(zip(known, range(known.len()), strict=True))
            values = values.replace_strict(numbers, default=None, return_dtype=pl.Float64) if numbers else values
        elif values.dtype.is_temporal():
            values = values.to_physical()
        columns.append(values.cast(pl.Float64, strict=False).to_numpy())
    return np.column_stack(columns)


def slices(pair: Pair) -> list[tuple[str, np.ndarray]]:
    """Return parts of the current rows, a sixth to a third each, by a category or a range of a number."""
    found = [
        (name, pair.current[name] == text)
        for name in categories(pair)
        for text in pair.current[name].drop_nulls().unique().sort()
    ]
    found += [(name, pair.current[name] >= pair.reference[name].quantile(0.75)) for name in numeric(pair)]
    return [(name, mask_of(rows)) for name, rows in found if 1 / 6 <= (rows.mean() or 0.0) <= 1 / 3]


def mask_of(rows: pl.Series) -> np.ndarray:
    return rows.fill_null(value=False).to_numpy()


def degraded_subgroup(pair, share, rng):
    """A share of the predictions of a slice are another class, or another row's value."""
    found = slices(pair)
    if not found or not pair.outputs:
        return None
    name, rows = found[rng.integers(len(found))]
    places = rng.permutation(np.flatnonzero(rows))[: round(share * rows.sum())]
    made = pair.outputs[OUTPUT].copy()
    classes = np.unique(np.concatenate([pair.outputs["reference_prediction"], made]))
    if few_classes(pair.current[pair.target]):
        if classes.size < 2:
            return None
        made[places] = classes[(np.searchsorted(classes, made[places]) + 1) % classes.size]
    else:
        made[places] = made[rng.permutation(made.size)[: places.size]]
    return Faulted(replace(pair, outputs={**pair.outputs, OUTPUT: made}), frozenset({OUTPUT, name, pair.target}))
