"""Faults in what columns tell of each other: labels, leaks of the label, mixed-up columns, worse predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
from fault_columns import RELATED, associations, categories, numeric, related
from fault_rows import Faulted, changed
from fault_tables import Pair
from fault_values import shuffled

LEAK = "days_since_closed"


def few_classes(labels: pl.Series) -> bool:
    """Tell classes (texts, or at most ten whole numbers) from values."""
    return not labels.dtype.is_numeric() or (labels.n_unique() <= 10 and bool((labels == labels.round()).all()))


def told_of(labels: pl.Series, share: float, rng: np.random.Generator) -> pl.Series:
    """Return a column that gives the label away in a share of the rows, and is like it by chance in the others."""
    mixed = labels[rng.permutation(labels.len())]
    seen = pl.Series(rng.random(labels.len()) < share)
    numbers = labels.cast(pl.String).rank("dense") if few_classes(labels) else labels
    others = mixed.cast(pl.String).rank("dense") if few_classes(labels) else mixed
    told = pl.select(pl.when(seen).then(numbers).otherwise(others)).to_series().cast(pl.Float64)
    return told * 3 + 7


def target_leak_new(pair, share, rng):
    """A column that knows the label came into both tables."""
    tables = [f.with_columns(told_of(f[pair.target], share, rng).alias(LEAK)) for f in (pair.reference, pair.current)]
    return Faulted(replace(pair, reference=tables[0], current=tables[1]), frozenset({LEAK}))


def target_leak_column(pair, share, rng):
    """A column of numbers was made from the label, in both tables."""
    found = numeric(pair, distinct=5)
    if not found:
        return None
    name = str(rng.choice(found))
    tables = [f.with_columns(told_of(f[pair.target], share, rng).alias(name)) for f in (pair.reference, pair.current)]
    return Faulted(replace(pair, reference=tables[0], current=tables[1]), frozenset({name}))


def target_leak_current(pair, share, rng):
    """In the current table alone, values of a column were sorted by the label in a share of the rows."""
    found = [name for name in numeric(pair) if pair.current[name].null_count() == 0]
    if not found:
        return None
    name = str(rng.choice(found))
    places = np.sort(rng.choice(pair.current.height, round(share * pair.current.height), replace=False))
    labels = pair.current[pair.target][places].cast(pl.String).to_numpy()
    labels = pair.current[pair.target][places].to_numpy() if not few_classes(pair.current[pair.target]) else labels
    values = pair.current[name].to_numpy().copy()
    by_label = places[np.lexsort((rng.random(places.size), labels))]
    values[by_label] = np.sort(values[places])
    return Faulted(changed(pair, pl.Series(name, values)), frozenset({name}))


def noisy(labels: pl.Series, share: float, rng: np.random.Generator) -> pl.Series:
    """Give a share of the rows another class, or exchange the values of numeric labels among them."""
    if not few_classes(labels):
        return shuffled(labels, share, rng, labels)
    classes = labels.unique().sort()
    codes = labels.replace_strict(classes, pl.Series(range(classes.len())), return_dtype=pl.Int64).to_numpy().copy()
    places = rng.choice(codes.size, round(share * codes.size), replace=False)
    codes[places] = (codes[places] + rng.integers(1, classes.len(), places.size)) % classes.len()
    return classes[codes].alias(labels.name)


def label_noise(side):
    """Return the fault that labels of one table are wrong; where features tell of the label."""

    def inject(pair, share, rng):
        if not related(pair, pair.target):
            return None
        frame = getattr(pair, side)
        frame = frame.with_columns(noisy(frame[pair.target], share, rng))
        return Faulted(replace(pair, **{side: frame}), frozenset({pair.target}))

    return inject


def concept_drift(pair, share, rng):
    """The label goes the other way with its closest numeric feature, in the rows of a share."""
    found = [name for name in related(pair, pair.target) if name in numeric(pair)]
    if not found:
        return None
    name, count = found[0], round(share * pair.current.height)
    places = np.sort(rng.choice(pair.current.height, count, replace=False))
    order = places[
        np.argsort(pair.current[name][places].fill_null(pair.current[name].median()).to_numpy(), kind="stable")
    ]
    source = np.arange(pair.current.height)
    source[order] = order[::-1]
    return Faulted(changed(pair, pair.current[pair.target][source]), frozenset({pair.target, name}))


def shuffled_column(pair, share, rng):
    """The values of a column that others tell of are exchanged among a share of the rows."""
    found = [name for name in [*numeric(pair), *categories(pair)] if related(pair, name, least=0.4)]
    if not found:
        return None
    name = str(rng.choice(found))
    return Faulted(changed(pair, shuffled(pair.current[name], share, rng, None)), frozenset({name}))


def two_columns(pair: Pair, rng: np.random.Generator) -> list[str] | None:
    """Return two random columns of numbers of overlapping ranges, at least one of which others tell of."""
    found = numeric(pair)
    whole = {name: pair.current[name].dtype.is_integer() for name in found}
    told = [name for name in found if related(pair, name, least=0.4)]
    pairs = [[a, b] for a in told for b in found if a != b and whole[a] == whole[b] and overlap(pair, a, b)]
    return None if not pairs else pairs[rng.integers(len(pairs))]


def overlap(pair: Pair, a: str, b: str) -> bool:
    """Tell whether at least a tenth of one column is within the range of the other's middle 90 %."""
    low, high = (pair.reference[b].quantile(q) for q in (0.05, 0.95))
    return bool((pair.reference[a].is_between(low, high)).mean() > 0.1)


def alike(pair: Pair, names: list[str]) -> list[pl.Series]:
    """Return two columns in one type, so that no type gives the fault away."""
    both = [pair.current[name] for name in names]
    return both if both[0].dtype == both[1].dtype else [one.cast(pl.Float64) for one in both]


def swapped_columns(pair, share, rng):
    """Two columns of numbers are exchanged in a share of the rows."""
    names = two_columns(pair, rng)
    if names is None:
        return None
    a, b = alike(pair, names)
    mask = pl.Series(rng.permutation(a.len()) < share * a.len())
    both = [pl.select(pl.when(mask).then(y).otherwise(x).alias(x.name)).to_series() for x, y in ((a, b), (b, a))]
    return Faulted(changed(pair, *both), frozenset(names))


def copied_column(pair, share, rng):
    """A column of numbers holds another column's values in a share of the rows."""
    names = two_columns(pair, rng)
    if names is None:
        return None
    a, b = alike(pair, names)
    mask = pl.Series(rng.permutation(a.len()) < share * a.len())
    copied = pl.select(pl.when(mask).then(b).otherwise(a).alias(a.name)).to_series()
    return Faulted(changed(pair, copied), frozenset(names[:1]))


def misaligned(pair, share, rng):
    """From some row on, a block of half the columns is one row late."""
    names = [str(name) for name in rng.permutation(pair.features)[: max(1, len(pair.features) // 2)]]
    rest = [name for name in pair.current.columns if name not in names]
    strength = associations(pair.name)
    if not any(strength[frozenset((one, other))] >= RELATED for one in names for other in rest):
        return None
    count = round(share * pair.current.height)
    source = np.arange(pair.current.height)
    source[-count:] = np.roll(source[-count:], 1)
    return Faulted(
        replace(pair, current=pair.current.with_columns(pair.current.select(names)[source])), frozenset(names)
    )
