"""Each named subject as a node under pyproject.toml: its tables asked first, then its model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest

from mlqa.plugin.asked_item import SubjectNode
from mlqa.plugin.default_items import table_items
from mlqa.plugin.model_items import model_items
from mlqa.plugin.options import OPTIONS

__all__ = ["subjects_of"]


def subjects_of(file: pytest.File) -> Iterator[pytest.Collector]:
    """Yield a node for each subject of the project's pyproject.toml."""
    text = file.path.read_text(encoding="utf-8")
    for name, subject in file.config.stash[OPTIONS].subjects.items():
        node = _Subject.from_parent(file, name=name)
        node.settings, node.line = subject, _line(text, name)
        yield node


class _Subject(SubjectNode):
    """A subject of which everything is asked that its settings allow."""

    def collect(self) -> Iterable[pytest.Item]:
        """Yield one item for each default check; nothing is read or loaded."""
        yield from table_items(self)
        yield from model_items(self)


def _line(text: str, name: str) -> int:
    """Return the line of pyproject.toml where a subject begins; the first if it is written another way."""
    parts = r"\s*\.\s*".join(["tool", "mlqa", "subjects"])
    header = re.search(rf"^\s*\[\s*{parts}\s*\.\s*[\"']?{re.escape(name)}[\"']?\s*\]", text, re.MULTILINE)
    return 1 if header is None else text.count("\n", 0, header.end()) + 1
