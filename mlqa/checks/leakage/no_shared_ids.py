"""The question whether ids of the current table are in the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.checks.leakage.shared_answer import shared_answer
from mlqa.checks.leakage.shared_keys import SharedKeys, asked_keys, shared_keys
from mlqa.stats.straddling import split_chance
from mlqa.verdict import Verdict

__all__ = ["no_shared_ids"]

_BY_DUPLICATES = 0.01


def no_shared_ids(reference: Any, current: Any, *, id: str | Sequence[str], only_unique: bool = False) -> Verdict:  # noqa: A002
    """Ask whether ids of current (test) are in the reference (train).

    A contract: true or false, no error rate.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    id : str or list of str
        Columns of ids; each is asked by itself.
    only_unique : bool
        Ask only the columns in which no id repeats within either table, as a
        row's own id does not: an id that repeats names a group, and is asked by
        `no_shared_groups`. A few shared ids are then no fault if as many ids
        that were given twice may lie apart by chance (1 in 100).

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the shared ids; ``evidence.worst`` names
        some.

    Raises
    ------
    UsageError
        If either is no table, or no table has the column.

    Notes
    -----
    Of more than 16,384 texts or 4,096 numbers in a column, those of smallest
    hash are looked at in both tables. Missing ids are not compared.

    Examples
    --------
    >>> import polars as pl
    >>> train, test = pl.DataFrame({"id": [1, 2, 3]}), pl.DataFrame({"id": [3, 4]})
    >>> no_shared_ids(train, test, id="id").reason
    "'id': 1 of 2 ids in current (50 %), with 1 row, are in the reference too: '3'"
    """
    before, after, names = asked_keys(reference, current, "id", id)
    found = {name: _asked(shared_keys(before, after, name), only_unique) for name in names}
    at_fault = {
        name: _at_fault(keys, only_unique=only_unique) for name, keys in found.items() if isinstance(keys, SharedKeys)
    }
    return shared_answer(
        found,
        at_fault,
        check="leakage.no_shared_ids",
        claim="no id of the current table is in the reference",
        keys="ids",
        quiet="",
        remedy="drop these rows from the current table, or split by the id",
    )


def _asked(keys: SharedKeys | str, only_unique: bool) -> SharedKeys | str:
    """Return the keys if they are to be asked, else why not."""
    if isinstance(keys, str) or not only_unique or keys.unique:
        return keys
    return "its values repeat within a table: pass it as group="


def _at_fault(keys: SharedKeys, *, only_unique: bool) -> bool:
    """Tell whether ids are shared, and not as a few that were given twice may be."""
    apart = float(split_chance([2], keys.share)[0])
    return keys.shared > 0 and (not only_unique or apart**keys.shared <= _BY_DUPLICATES)
