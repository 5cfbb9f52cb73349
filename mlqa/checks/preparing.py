"""Tables as `check` is given them, read once: codes and a model's outputs put in, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import polars as pl

from mlqa.checks.outputs import attach, by_name
from mlqa.checks.prepared import Names, Prepared
from mlqa.checks.probabilities import refuse_column, refuse_columns
from mlqa.errors import UsageError, nearest
from mlqa.subjects.batches import batches_of
from mlqa.subjects.partitions import is_partitioned, reduced
from mlqa.subjects.profile import Profile, is_profile, profile, profile_pieces
from mlqa.subjects.table import kinds_of, known_names

__all__ = ["prepare"]

_Outputs = dict[str, tuple[Any, Any]]


def prepare(
    current: Any,
    reference: Any,
    *,
    target: str | None,
    time: str | None,
    id_: Names,
    group: Names,
    categorical: Sequence[str] | None,
    prediction: tuple[Any, Any],
    probability: tuple[Any, Any],
) -> Prepared:
    """Read both tables once.

    Parameters
    ----------
    current, reference : DataFrame, path, Profile; reference may be None
    target, time, id_, group, categorical
        As in :func:`mlqa.check`.
    prediction, probability : pair
        Outputs for the rows of current, and of reference.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    """
    after, before = _opened(current, "current"), None if reference is None else _opened(reference, "reference")
    known = list(dict.fromkeys([*after.columns, *([] if before is None else before.columns)]))
    labels = _named("target", target, known, several=False)
    times = _named("time", time, known, several=False)
    ids, groups = _named("id", id_, known), _named("group", group, known)
    names = _hold_outputs(
        after, before, _codes(categorical, known), {"prediction": prediction, "probability": probability}
    )
    _one_role(labels, {"the id": ids, "the group": groups, "the time": times, "a model's output": names})
    hashed = _hashed(after, before, frozenset([*ids, *groups, *times, *names]))
    return Prepared(
        after=_profiled(after, target, hashed),
        before=None if before is None else _profiled(before, target, hashed),
        target=next(iter(labels), None),
        time=next(iter(times), None),
        id=ids,
        group=groups,
        outputs=tuple(names),
    )


@dataclass(slots=True)
class _Table:
    """One table while it is read: its first piece, and all of them; or a profile that was given."""

    given: Any
    head: pl.DataFrame | None
    pieces: Iterator[pl.DataFrame]
    profile: Profile | None = None
    change: Callable[[pl.DataFrame], pl.DataFrame] | None = None

    @property
    def columns(self) -> list[str]:
        return list(self.head.columns if self.profile is None and self.head is not None else self._profiled.columns)

    @property
    def kinds(self) -> dict[str, str]:
        if self.head is not None:
            return kinds_of(self.head)
        return {name: column.kind for name, column in self._profiled.columns.items()}

    @property
    def _profiled(self) -> Profile:
        if self.profile is None:
            raise LookupError("neither a table nor a profile")
        return self.profile


def _opened(given: Any, name: str) -> _Table:
    """Read the first piece of a table."""
    if is_profile(given):
        return _Table(given, None, iter(()), profile(given))
    pieces = batches_of(given, name=name)
    head = next(pieces)
    return _Table(given, head, chain([head], pieces))


def _with_codes(piece: pl.DataFrame, codes: frozenset[str], outputs: _Outputs, head: pl.DataFrame) -> pl.DataFrame:
    """Put a piece of the reference in the form of current: codes as text, outputs under current's names."""
    piece = _as_text(piece, codes)
    for label, (given, of_reference) in outputs.items():
        _, changed, _ = attach(label, head, given, piece, of_reference)
        piece = piece if changed is None else changed
    return piece


def _with_outputs(piece: pl.DataFrame, codes: frozenset[str], outputs: dict[str, list[str]]) -> pl.DataFrame:
    """Put a piece of current in the form checks meet; refuse outputs that cannot be."""
    for label, names in outputs.items():
        refuse_columns(label, piece, names)
    return _as_text(piece, codes)


def _hold_outputs(after: _Table, before: _Table | None, codes: frozenset[str], outputs: _Outputs) -> list[str]:
    """Put codes and a model's outputs into the pieces of both tables; return the columns of outputs."""
    pairs = [(label, value) for label, pair in outputs.items() for value in pair if value is not None]
    listed = [value for label, value in pairs if not by_name(label, value)]
    if after.head is None or (before is not None and before.head is None):
        return _of_profiles(after, before, codes, outputs, listed)
    if listed:  # as many values as rows: the tables are read whole to put them beside
        return _whole(after, before, codes, outputs)
    head, names = _as_text(after.head, codes), []
    first = None if before is None or before.head is None else _as_text(before.head, codes)
    for label, (given, of_reference) in outputs.items():
        _, first, added = attach(label, head, given, first, of_reference)
        names += added
    held = {label: by_name(label, given) for label, (given, _) in outputs.items()}
    after.head, after.change = head, partial(_with_outputs, codes=codes, outputs=held)
    if before is not None:
        before.head, before.change = first, partial(_with_codes, codes=codes, outputs=outputs, head=head.head(1))
    return names


def _whole(after: _Table, before: _Table | None, codes: frozenset[str], outputs: _Outputs) -> list[str]:
    """Read both tables whole, and put values beside their rows."""
    current = _as_text(pl.concat(list(after.pieces)), codes)
    reference = None if before is None else _as_text(pl.concat(list(before.pieces)), codes)
    names: list[str] = []
    for label, (given, of_reference) in outputs.items():
        current, reference, added = attach(label, current, given, reference, of_reference)
        names += added
    for table, frame in ((after, current), (before, reference)):
        if table is not None and frame is not None:
            table.given, table.head, table.pieces = frame, frame.head(1), batches_of(frame)
    return names


def _of_profiles(
    after: _Table, before: _Table | None, codes: frozenset[str], outputs: _Outputs, listed: list[Any]
) -> list[str]:
    """Where a profile is given, outputs are columns that it has; nothing in it can be changed."""
    for label, (given, of_reference) in outputs.items():
        for name, value in ((label, given), (f"reference_{label}", of_reference)):
            if any(value is each for each in listed):
                raise UsageError(name, value, "the name of a column, as a profile holds no rows", "pass the tables")
    held = {label: by_name(label, given) for label, (given, _) in outputs.items()}
    for label, named in held.items():
        known_names(named, after.columns, name=label, wanted="a column of the profile")
        _refuse_of_profile(label, after, named)
        _refuse_of_profile(f"reference_{label}", before, named)
    for table in (after, before):
        if table is not None and table.head is not None:
            table.head = _as_text(table.head, codes)
            table.change = partial(_with_outputs, codes=codes, outputs=held)
    return [name for named in held.values() for name in named]


def _refuse_of_profile(argument: str, table: _Table | None, names: list[str]) -> None:
    """Refuse outputs that cannot be, where a table is a profile."""
    columns = {} if table is None or table.profile is None else table.profile.columns
    for name in names:
        if name in columns:
            refuse_column(argument, columns[name])


def _hashed(after: _Table, before: _Table | None, apart: frozenset[str]) -> list[str]:
    """Return the columns by which rows are told apart: those that both tables have, of one kind."""
    for table in (before, after):
        if table is not None and table.profile is not None:
            return list(table.profile.hashed)
    was = None if before is None else before.kinds
    return [name for name, kind in after.kinds.items() if name not in apart and (was is None or was.get(name) == kind)]


def _profiled(table: _Table, target: str | None, hashed: list[str]) -> Profile:
    """Profile a table piece by piece, where its pieces lie; a profile is taken as it is."""
    if table.profile is not None:
        return table.profile
    there = [name for name in hashed if name in table.columns]
    work = partial(_work, change=table.change, target=target if target in there else None, hashed=there)
    if is_partitioned(table.given):
        return reduced(table.given, work, Profile.merge)
    return work(table.pieces)


def _work(
    pieces: Iterable[pl.DataFrame],
    *,
    change: Callable[[pl.DataFrame], pl.DataFrame] | None,
    target: str | None,
    hashed: list[str],
) -> Profile:
    """Change and profile pieces; sent to the workers of a partitioned table."""
    return profile_pieces(pieces if change is None else map(change, pieces), target=target, hashed=hashed)


def _named(role: str, given: Names, known: list[str], *, several: bool = True) -> tuple[str, ...]:
    """Return the columns given for one role."""
    if given is not None and not isinstance(given, str) and not (several and isinstance(given, (list, tuple))):
        raise UsageError(role, given, "a column name" + (" or a list of them" if several else ""), "pass its name")
    names = [] if given is None else [given] if isinstance(given, str) else list(given)
    for name in names:
        if name not in known:
            raise UsageError(role, name, "a column of the table", nearest(str(name), known), "no such column")
    return tuple(dict.fromkeys(names))


def _one_role(labels: Sequence[str], others: Mapping[str, Sequence[str]]) -> None:
    """Refuse a target that is something else too: that column is left out of what predicts and what is predicted."""
    for role, names in others.items():
        for label in labels:
            if label in names:
                raise UsageError("target", label, "a column without another role", "name two columns", f"{role} too")


def _codes(categorical: Sequence[str] | None, known: list[str]) -> frozenset[str]:
    """Return the columns of codes."""
    if isinstance(categorical, str):
        raise UsageError("categorical", categorical, "a list of column names", f"write [{categorical!r}]")
    return frozenset(_named("categorical", None if categorical is None else list(categorical), known))


def _as_text(frame: pl.DataFrame, names: frozenset[str]) -> pl.DataFrame:
    kinds = {name: kind for name, kind in kinds_of(frame).items() if name in names}
    numbers = [name for name, kind in kinds.items() if kind == "numeric"]
    others = [name for name, kind in kinds.items() if kind in ("boolean", "time")]
    texts = pl.col(numbers).cast(pl.Float64).cast(pl.String).str.strip_suffix(".0")
    spans = [name for name in others if frame.get_column(name).dtype == pl.Duration]
    plain = [name for name in others if name not in spans]
    return frame.with_columns(texts, pl.col(plain).cast(pl.String), pl.col(spans).dt.to_string("polars"))
