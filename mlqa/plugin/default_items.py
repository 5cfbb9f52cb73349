"""The default checks of a subject's tables as pytest items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from mlqa.checks import default
from mlqa.errors import UsageError
from mlqa.plugin.asked_item import AskedItem, Questions, SubjectNode
from mlqa.plugin.options import OPTIONS
from mlqa.plugin.subjects import setting, table_source

__all__ = ["table_items"]

_ROLES = ("target", "time", "id", "group", "categorical")
_ASKED = pytest.StashKey[dict[tuple[str, str], "Questions | UsageError"]]()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A table of a subject and the one it is compared with, by their keys.

    Attributes
    ----------
    current : str
    reference : str or None
    suffix : str
        What the ids of its items end with: nothing for the subject's current
        table, so that they stay as they are when other tables are named too.
    """

    current: str
    reference: str | None = None
    suffix: str = ""

    def __str__(self) -> str:
        return self.current if self.reference is None else f"{self.current} against {self.reference}"


def _pairs(subject: Mapping[str, Any]) -> Iterator[_Pair]:
    """Yield what a subject's tables are compared with; a table without another is asked alone."""
    for current, reference in (("current", "reference"), ("test", "train")):
        if current in subject and reference in subject:
            yield _Pair(current, reference, "" if current == "current" else f"[{reference}-{current}]")
            continue
        for key in (current, reference):
            if key in subject:
                yield _Pair(key, None, "" if key == "current" else f"[{key}]")


def table_items(subject: SubjectNode) -> Iterator[pytest.Item]:
    """Yield one item for each default check of each of the subject's tables; none of them is read."""
    roles = {f"has_{role}": subject.settings.get(role) is not None for role in _ROLES if role != "categorical"}
    for pair in _pairs(subject.settings):
        for check in default.questions_named(pair.reference is not None, **roles):
            name = f"{check}{pair.suffix}"
            # the id as text: pytest 9.2 keeps parameters apart in it, and --lf compares the parts
            item = _TableItem.from_parent(subject, name=name, nodeid=f"{subject.nodeid}::{name}")
            item.check, item.pair, item.subject, item.about = check, pair, subject, str(pair)
            yield item


class _TableItem(AskedItem):
    """One default check of one table."""

    pair: _Pair
    nothing = "these tables"

    def questions(self) -> Questions | UsageError:
        """Build the questions about a pair of tables once in a session, so that each is read and profiled once."""
        kept = self.config.stash.setdefault(_ASKED, {})
        key = (self.subject.name, self.pair.current)
        if key not in kept:
            try:
                kept[key] = _questions(self.config, self.subject, self.pair)
            except UsageError as error:
                kept[key] = self.as_setting(error)
        return kept[key]

    def as_setting(self, error: UsageError) -> UsageError:
        """Name what cannot be used as pyproject.toml names it."""
        tables = {"current": self.pair.current, "reference": self.pair.reference or "reference"}
        if error.name not in {*tables, *_ROLES}:
            return error
        key = tables.get(error.name, error.name)
        given = self.subject.settings.get(key, error.given) if error.name in tables else error.given
        return UsageError(setting(self.subject.name, key), given, error.wanted, error.hint, error.got)


def _questions(config: pytest.Config, subject: SubjectNode, pair: _Pair) -> Questions:
    """Hand tables and roles to the default checks."""
    current = table_source(config, subject.name, pair.current)
    reference = None if pair.reference is None else table_source(config, subject.name, pair.reference)
    roles = {role: subject.settings.get(role) for role in _ROLES}
    return default.questions(current, reference, **roles, seed=config.stash[OPTIONS].seed)
