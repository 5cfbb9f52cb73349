"""Faults in which rows a table has: copies, leaks, ids and times shared, other shares of rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from fault_columns import numeric
from fault_tables import Pair

STEEPEST = 8.0


@dataclass(frozen=True)
class Faulted:
    """A pair with a fault, and the columns of which one at least should be named (none: it has no column)."""

    pair: Pair
    columns: frozenset[str] = frozenset()


Change = Callable[[pl.Series, float, np.random.Generator, pl.Series], pl.Series | None]


def on(choose: Callable[[Pair], list[str]], change: Change) -> Callable[..., Faulted | None]:
    """Return the fault that `change` makes in a random one of the columns that can carry it."""

    def inject(pair: Pair, amount: float, rng: np.random.Generator) -> Faulted | None:
        for name in rng.permutation(choose(pair)):
            new = change(pair.current[name], amount, rng, pair.reference[name])
            if new is not None and (new.dtype != pair.current[name].dtype or not new.equals(pair.current[name])):
                return Faulted(changed(pair, new.alias(name)), frozenset({str(name)}))
        return None

    return inject


def changed(pair: Pair, *columns: pl.Series) -> Pair:
    """Return the pair with columns of the current table put in."""
    return replace(pair, current=pair.current.with_columns(*columns))


def overwritten(pair: Pair, share: float, rng: np.random.Generator, source: pl.DataFrame) -> pl.DataFrame:
    """Put random rows of `source` in place of random rows of the current table, in every ordinary column."""
    count = round(share * pair.current.height)
    places = rng.permutation(pair.current.height)[:count]
    keys = [name for role, name in pair.roles.items() if role != "target"]
    copies = source[rng.choice(source.height, count, replace=False)]
    return replaced(pair.current, places, copies.drop(keys))


def replaced(frame: pl.DataFrame, places: np.ndarray, rows: pl.DataFrame) -> pl.DataFrame:
    """Put rows at places; columns that `rows` has not stay."""
    at = np.arange(frame.height)
    at[places] = frame.height + np.arange(places.size)
    return frame.with_columns(pl.concat([frame.select(rows.columns), rows])[at])


def duplicated_rows(pair, share, rng):
    frame = overwritten(pair, share, rng, pair.current)
    return Faulted(replace(pair, current=frame))


def leaked_rows(pair, share, rng):
    frame = overwritten(pair, share, rng, pair.reference)
    return Faulted(replace(pair, current=frame))


def leaked_rows_jittered(pair, share, rng):
    """Copied rows whose numbers with many values moved by about 0.01 standard deviations, in as many decimals."""
    moved = [nudged(pair.reference[name], rng) for name in numeric(pair, distinct=100)]
    moved = [new for new in moved if (new != pair.reference[new.name]).mean() > 0.5]
    if len(moved) < 2:
        return None
    frame = overwritten(pair, share, rng, pair.reference.with_columns(moved))
    return Faulted(replace(pair, current=frame))


def nudged(values, rng):
    decimals = next((d for d in range(9) if (values == values.round(d)).all()), 12)
    new = values + pl.Series(0.01 * rng.normal(size=values.len())) * values.std()
    return new.round(decimals).cast(values.dtype).alias(values.name)


def shared(role):
    """Return the fault that keys of the reference turn up in the current table."""

    def inject(pair, share, rng):
        name = pair.roles.get(role)
        if name is None:
            return None
        count = round(share * pair.current.height)
        places = rng.permutation(pair.current.height)[:count]
        keys = pair.reference[rng.permutation(pair.reference.height)[:count]].select(name)
        return Faulted(replace(pair, current=replaced(pair.current, places, keys)), frozenset({name}))

    return inject


def time_overlap(pair, share, rng):
    """Rows of the current table have times of the reference's period."""
    return shared("time")(pair, share, rng)


def time_gap(pair, share, rng):
    """For a part of the current period there is no row; its rows have times of the rest of it."""
    name = pair.roles.get("time")
    if name is None:
        return None
    times = pair.current[name]
    span = times.max() - times.min()
    first = times.min() + span * rng.uniform(0.1, 0.9 - share)
    inside = times.is_between(first, first + span * share)
    others = times.filter(~inside)
    if others.len() == 0 or not inside.any():
        return None
    drawn = others.sample(times.len(), with_replacement=True, seed=int(rng.integers(1 << 30)))
    moved = pl.select(pl.when(inside).then(drawn).otherwise(times).sort().alias(name)).to_series()
    return Faulted(changed(pair, moved), frozenset({name}))


def covariate_shift(pair, size, rng):
    """Rows are drawn so that a column's mean is `size` standard deviations higher; all else follows from it."""
    for name in rng.permutation(numeric(pair)):
        found = drawn_by(pair, pair.current[name], pair.rest[name], size, rng)
        if found is not None:
            return Faulted(found, frozenset({str(name)}))
    return None


def prior_shift(pair, size, rng):
    """Rows are drawn by label: a class has `size` of all rows more, a numeric label's mean is 2.5 `size` sd higher."""
    now, rest = pair.current[pair.target], pair.rest[pair.target]
    if now.dtype.is_numeric() and rest.n_unique() > 10:
        found = drawn_by(pair, now, rest, 2.5 * size, rng)
    else:
        found = more_of(pair, now, rest, size, rng)
    return None if found is None else Faulted(found, frozenset({pair.target}))


def drawn_by(pair, now, rest, size, rng):
    """Draw current rows anew from all but the reference, weighted by exp(k z), k as small as moves the mean enough."""
    values = pl.concat([now, rest]).cast(pl.Float64)
    z = ((values - values.mean()) / values.std()).clip(-3, 3).fill_null(0.0).to_numpy()
    luck = rng.gumbel(size=z.size)
    for steepness in np.geomspace(0.02, STEEPEST, 60):
        chosen = np.argsort(-(steepness * z + luck))[: now.len()]
        if z[chosen].mean() >= z.mean() + size:
            return drawn(pair, np.sort(chosen))
    return None


def more_of(pair, now, rest, size, rng):
    """Draw current rows anew so that one class is more frequent by `size`, the others as frequent among themselves."""
    labels = pl.concat([now, rest]).cast(pl.String)
    n = now.len()
    for text in rng.permutation(labels.unique().sort()):
        is_it = (labels == text).to_numpy()
        wanted = round((is_it.mean() + size) * n)
        if is_it.mean() >= 0.05 and wanted <= min(is_it.sum(), 0.95 * n):
            ones = rng.permutation(np.flatnonzero(is_it))[:wanted]
            others = rng.permutation(np.flatnonzero(~is_it))[: n - wanted]
            return drawn(pair, np.sort(np.concatenate((ones, others)))) if others.size == n - wanted else None
    return None


def drawn(pair, chosen):
    """Take rows of the current table and of the rest; ids and times stay as they are."""
    keys = [name for role, name in pair.roles.items() if role != "target"]
    rows = pl.concat([pair.current, pair.rest]).drop(keys)[chosen]
    return replace(pair, current=pair.current.with_columns(rows).select(pair.current.columns))
