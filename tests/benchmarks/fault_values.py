"""Faults in the values of one column of numbers (some of any column) of the current table.

Each function takes the values, how much (see fault_catalogue), random numbers and
the reference's values, and returns the changed values, or None where the
column cannot carry the fault.
"""

from __future__ import annotations

import numpy as np
import polars as pl


def some(share: float, allowed: pl.Series, rng: np.random.Generator) -> pl.Series | None:
    """Choose a share of all rows among the allowed ones; None if there are too few."""
    places = np.flatnonzero(allowed.fill_null(value=False).to_numpy())
    wanted = max(1, round(share * allowed.len()))
    if places.size < min(wanted, 0.8 * allowed.len()):
        return None
    mask = np.zeros(allowed.len(), dtype=bool)
    mask[rng.choice(places, min(wanted, places.size), replace=False)] = True
    return pl.Series(mask)


def put(values: pl.Series, mask: pl.Series | None, new: object) -> pl.Series | None:
    """Put one value, or the values of another series, where the mask is set."""
    if mask is None:
        return None
    other = new if isinstance(new, pl.Series) else pl.lit(new)
    return pl.select(pl.when(mask).then(other).otherwise(values).alias(values.name)).to_series()


def like(values: pl.Series, new: pl.Series) -> pl.Series:
    """Round to whole numbers where the column holds whole numbers."""
    return new.round().cast(values.dtype) if values.dtype.is_integer() else new.cast(values.dtype)


def missing_spike(values, share, rng, before):
    return put(values, some(share, values.is_not_null(), rng), None)


def missing_high(values, share, rng, before):
    """The largest values are the ones lost."""
    rank = values.rank("random", descending=True, seed=0)
    wanted = round(share * values.len())
    return put(values, (rank <= wanted).fill_null(value=False), None) if wanted <= values.count() else None


def sentinel(code):
    """Return the fault that a code stands for missing; for columns where the code means nothing."""

    def inject(values, share, rng, before):
        low, high = before.min(), before.max()
        if low <= code <= high or (values == code).any():
            return None
        return put(values, some(share, values.is_not_null(), rng), code)

    return inject


def unit_change(factor):
    """Return the fault that values arrive in another unit."""

    def inject(values, share, rng, before):
        if (before == 0).mean() > 0.2:
            return None
        new = values.cast(pl.Float64) * factor
        whole = values.dtype.is_integer() and isinstance(factor, int)
        new, old = (new.cast(pl.Int64), values.cast(pl.Int64)) if whole else (new, values.cast(pl.Float64))
        return put(old, some(share, values.is_not_null() & (values != 0), rng), new)

    return inject


def mean_shift(values, size, rng, before):
    return like(values, values + size * before.std())


def scale(values, factor, rng, before):
    return like(values, (values - before.median()) * factor + before.median())


def outliers(values, share, rng, before):
    spread = max(before.std(), 1e-9)
    far = pl.Series(rng.uniform(8, 15, values.len()) * rng.choice([-1, 1], values.len()))
    return put(values, some(share, values.is_not_null(), rng), like(values, before.mean() + far * spread))


def stuck(values, share, rng, before):
    """The last rows repeat the value before them."""
    first = values.len() - round(share * values.len())
    held = values[: max(1, first)].drop_nulls()
    if held.len() == 0:
        return None
    return put(values, pl.Series(np.arange(values.len()) >= first), held[-1])


def precision_loss(values, step, rng, before):
    """Values are rounded to a multiple of a power of ten near `step` standard deviations."""
    grain = 10.0 ** np.round(np.log10(step * before.std()))
    return like(values, (values / grain).round() * grain)


def imputed(values, share, rng, before):
    """Values are replaced by the mean, or the most frequent category."""
    fill = before.mean() if values.dtype.is_numeric() else before.drop_nulls().mode().sort()[0]
    fill = round(fill) if values.dtype.is_integer() else fill
    return put(values, some(share, values.is_not_null() & (values != fill), rng), fill)


def shuffled(values, share, rng, before):
    """The values of a share of the rows are exchanged among these rows."""
    places = np.sort(rng.choice(values.len(), round(share * values.len()), replace=False))
    order = np.arange(values.len())
    order[places] = rng.permutation(places)
    return values[order]
