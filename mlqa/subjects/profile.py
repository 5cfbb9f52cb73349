"""A table, read once: everything that checks of tables ask, in a few hundred kilobytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects import profile_file
from mlqa.subjects.batches import batches_of
from mlqa.subjects.column_profile import ColumnProfile, profile_column
from mlqa.subjects.hashing import hash_bits
from mlqa.subjects.kept import HashCounts, LabelCounts, count_hashes, count_labels
from mlqa.subjects.partitions import is_partitioned, reduced
from mlqa.subjects.rows import Rows, choose_rows
from mlqa.subjects.table import pick

__all__ = ["Profile", "is_profile", "profile", "profile_frame", "profile_pieces"]

_MANY_ROWS = 30_000

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True, weakref_slot=True)
class Profile:
    """What a table holds, counted in one pass.

    Attributes
    ----------
    rows : int
    columns : mapping of str to ColumnProfile
        In the table's order.
    hashed : tuple of str
        Columns by which rows are told apart: all but those left out.
    row_counts : HashCounts
        Groups of rows equal in the hashed columns.
    features : LabelCounts or None
        Groups of rows equal in all of them but the target.
    target : str or None
    checksum : int
        Of all values of all rows, in any order.
    chosen : Rows or None
        A sample of the rows. None where none were saved.

    Notes
    -----
    Profiles of the parts of a table merge to the profile of the table,
    whatever the parts; only where more than 10,000 rows hold exact duplicates
    may parts change which of them the sample has.
    """

    rows: int
    columns: Mapping[str, ColumnProfile]
    hashed: tuple[str, ...]
    row_counts: HashCounts
    features: LabelCounts | None
    target: str | None
    checksum: int
    chosen: Rows | None

    @property
    def sample(self) -> pl.DataFrame | None:
        """All rows of a table of at most 10,000; else as many, in the table's order."""
        return None if self.chosen is None else self.chosen.frame

    @property
    def positions(self) -> Hashes:
        """Place in the table of each row of the sample, shape (sample.height,)."""
        return np.zeros(0, dtype=np.uint64) if self.chosen is None else self.chosen.positions

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that change with any name, kind or value, but with no order of rows."""
        columns = self.columns.values()
        kinds = [f"{column.name}\0{column.kind if column.present else 'null'}" for column in columns]
        return hashlib.sha256("\1".join([*kinds, str(self.rows), str(self.checksum)]).encode()).hexdigest()[:32]

    def only(self, names: Sequence[str]) -> Profile:
        """Return the profile with these of its columns, in its own order; groups of equal rows stay as they are."""
        wanted = set(names)
        if wanted.issuperset(self.columns):
            return self
        columns = {name: column for name, column in self.columns.items() if name in wanted}
        return replace(self, columns=columns, chosen=None if self.chosen is None else self.chosen.only([*columns]))

    def merge(self, other: Profile) -> Profile:
        """Count the rows of both: the profile of the two tables, one below the other.

        Raises
        ------
        UsageError
            If their columns, or what was hashed, differ.
        """
        if [*self.columns] != [*other.columns] or (self.hashed, self.target) != (other.hashed, other.target):
            wanted = f"a profile of the same columns, hashed over {list(self.hashed)[:4]}"
            raise UsageError("other", [*other.columns], wanted, "profile all parts with the same arguments")
        chosen = None
        if self.chosen is not None and other.chosen is not None:
            chosen = self.chosen.merge(other.chosen, self.rows)
        both = None if self.features is None or other.features is None else self.features.merge(other.features)
        return Profile(
            rows=self.rows + other.rows,
            columns={name: column.merge(other.columns[name]) for name, column in self.columns.items()},
            hashed=self.hashed,
            row_counts=self.row_counts.merge(other.row_counts),
            features=both,
            target=self.target,
            checksum=(self.checksum + other.checksum) % 2**64,
            chosen=chosen,
        )

    def save(self, path: str | Path, *, rows: bool = False) -> Path:
        """Write the profile to a file, whole or not at all.

        Parameters
        ----------
        path : path
        rows : bool
            Whether the sample of rows goes with it. Without, the file holds no
            row, and of texts that were left out or hardly repeat (names, ids)
            hashes only; it does hold categories and single numbers.
        """
        return profile_file.save(self if rows else replace(self, chosen=None), Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Profile:
        """Read what :meth:`save` wrote.

        Raises
        ------
        UsageError
            If it is no profile, is damaged, or of a newer version.
        """
        return cls(**profile_file.load(Path(path)))


def profile(
    table: Any,
    *,
    name: str = "table",
    target: str | None = None,
    leave_out: Sequence[str] = (),
    hashed: Sequence[str] | None = None,
) -> Profile:
    """Read a table once and keep what checks ask.

    Parameters
    ----------
    table : DataFrame, path or Profile
        Whatever `read_table` reads, a piece at a time; Dask and Spark frames by
        their workers, so that only profiles travel. Or the path of a saved
        profile. A profile is returned as it is.
    name : str
        What the caller calls it; named in errors.
    target : str, optional
        The label: rows of equal features and unlike labels are counted.
    leave_out : list of str
        Columns, such as identifiers, that tell equal rows apart for no reason.
    hashed : list of str, optional
        Columns by which rows are told apart, instead of all but those.

    Returns
    -------
    Profile

    Raises
    ------
    UsageError
        If it is no table or a column is unknown.

    Examples
    --------
    >>> import polars as pl
    >>> first = profile(pl.DataFrame({"x": [1.0, None]}))
    >>> both = first.merge(profile(pl.DataFrame({"x": [5.0, 5.0]})))
    >>> both.rows, both.columns["x"].nulls, both.columns["x"].grid.values.tolist()
    (4, 1, [1.0, 5.0])
    """
    if isinstance(table, Profile):
        return table
    if is_profile(table):
        return Profile.load(table)
    work = partial(profile_pieces, target=target, leave_out=leave_out, hashed=hashed)
    if is_partitioned(table):
        return reduced(table, work, Profile.merge, name=name)
    return work(batches_of(table, name=name))


def is_profile(table: Any) -> bool:
    """Tell a profile, or the path of a saved one, from a table."""
    saved = isinstance(table, (str, Path)) and Path(table).suffix.lower() == profile_file.SUFFIX
    return saved or isinstance(table, Profile)


def profile_pieces(
    pieces: Iterable[pl.DataFrame],
    *,
    target: str | None = None,
    leave_out: Sequence[str] = (),
    hashed: Sequence[str] | None = None,
) -> Profile:
    """Profile a table that comes in pieces, holding one at a time.

    Parameters
    ----------
    pieces : iterable of polars.DataFrame
        In canonical form; at least one.
    """
    made: Profile | None = None
    for piece in pieces:
        below = None if made is None or made.chosen is None else made.chosen.highest
        part = profile_frame(piece, target=target, leave_out=leave_out, hashed=hashed, below=below)
        made = part if made is None else made.merge(part)
    if made is None:
        raise ValueError("a table without pieces")
    return made


def profile_frame(
    frame: pl.DataFrame,
    *,
    target: str | None = None,
    leave_out: Sequence[str] = (),
    hashed: Sequence[str] | None = None,
    below: np.uint64 | None = None,
) -> Profile:
    """Profile a frame in canonical form, of at least one row; `below` as in :func:`choose_rows`."""
    apart = _apart(frame, target, leave_out, hashed)
    every, rows, features = (np.zeros(frame.height, dtype=np.uint64) for _ in range(3))
    columns: dict[str, ColumnProfile] = {}
    label: Hashes | None = None
    for column, hashes in _profiled(frame):
        columns[column.name] = column
        every += hashes
        if column.name in apart:
            rows += hashes
            if column.name == target:
                label = hashes
            else:
                features += hashes
    checksum = int(hash_bits(every).sum())
    row_counts = count_hashes(rows)
    return Profile(
        rows=frame.height,
        columns=columns,
        hashed=apart,
        row_counts=row_counts,
        features=None if label is None else count_labels(features, label),
        target=target,
        checksum=checksum,
        chosen=choose_rows(frame, every, below),
    )


def _apart(
    frame: pl.DataFrame, target: str | None, leave_out: Sequence[str], hashed: Sequence[str] | None
) -> tuple[str, ...]:
    """Return the columns by which rows are told apart, in alphabetical order."""
    if target is not None:
        pick(frame, [target], name="target")
    if hashed is not None:
        return tuple(sorted(pick(frame, hashed, name="hashed")))
    return tuple(sorted(set(frame.columns) - set(pick(frame, leave_out, name="leave_out"))))


def _profiled(frame: pl.DataFrame) -> Iterable[tuple[ColumnProfile, Hashes]]:
    """Profile every column; two at a time where sorting, which frees the interpreter, takes most of it."""
    if frame.height < _MANY_ROWS:
        yield from map(profile_column, frame.get_columns())
        return
    with ThreadPoolExecutor(max_workers=2) as pool:
        series = frame.get_columns()
        for start in range(0, len(series), 8):  # the hashes of eight columns wait at most
            yield from pool.map(profile_column, series[start : start + 8])
