"""The question whether groups of the current table are in the reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.checks.leakage.shared_answer import shared_answer
from mlqa.checks.leakage.shared_keys import SharedKeys, asked_keys, shared_keys
from mlqa.verdict import Verdict

__all__ = ["no_shared_groups"]

_BY_CHANCE = 1e-4
_SURELY = 1e-6


def no_shared_groups(reference: Any, current: Any, *, group: str | Sequence[str], if_split: bool = False) -> Verdict:
    """Ask whether groups (patients, users, sites) of current (test) are in the reference (train).

    A contract: true or false, no error rate.

    Parameters
    ----------
    reference, current : DataFrame, path or Profile
    group : str or list of str
        Columns that tell groups apart; each is asked by itself.
    if_split : bool
        Ask only where the tables are split by group, though not cleanly: far
        fewer groups lie in both than dealing the rows at random would leave
        there, or far more, as where a group has but one row in either. Where
        rows were dealt at random, or most groups are in both (this month's
        users are last month's), sharing groups is how the tables are meant:
        SKIPPED.

    Returns
    -------
    Verdict
        ``evidence.estimate`` counts the shared groups; ``evidence.worst`` names
        some.

    Raises
    ------
    UsageError
        If either is no table, or no table has the column.

    Notes
    -----
    Split by group: where rows are exchangeable, the chance of so few groups in
    both tables is at most 1e-4 by the Chernoff bound; or that of so many at
    most 1e-6 (:func:`mlqa.stats.straddling.straddling_tail`), and they are half
    of either table's groups at most. Of more than 16,384 texts
    or 4,096 numbers in a column, those of smallest hash are looked at in both.

    Examples
    --------
    >>> import polars as pl
    >>> train = pl.DataFrame({"site": ["a", "a", "b", "b"]})
    >>> no_shared_groups(train, pl.DataFrame({"site": ["b", "c"]}), group="site").columns
    ('site',)
    >>> no_shared_groups(train, train, group="site", if_split=True).outcome
    <Outcome.SKIPPED: 'skipped'>
    """
    before, after, names = asked_keys(reference, current, "group", group)
    found = {name: _asked(shared_keys(before, after, name), if_split) for name in names}
    at_fault = {name: keys.shared > 0 for name, keys in found.items() if isinstance(keys, SharedKeys)}
    return shared_answer(
        found,
        at_fault,
        check="leakage.no_shared_groups",
        claim="no group of the current table is in the reference",
        keys="groups",
        quiet="",
        remedy="split by the group, so that all rows of one lie on one side",
    )


def _asked(keys: SharedKeys | str, if_split: bool) -> SharedKeys | str:
    """Return the keys if they are to be asked, else why not."""
    if isinstance(keys, str) or not if_split or not keys.shared or keys.split_by_key() <= _BY_CHANCE:
        return keys
    if keys.leaking() <= _SURELY:
        return "most of its groups are in both tables, as of those who come again" if keys.most_are_shared else keys
    return "the tables are not split by it"
