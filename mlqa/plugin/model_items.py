"""The default checks of a subject's model as pytest items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mlqa.checks import model_default
from mlqa.errors import SubjectError, UsageError
from mlqa.plugin.asked_item import AskedItem, Questions, SubjectNode
from mlqa.plugin.options import OPTIONS
from mlqa.plugin.predictions import asked_of, subject_rows
from mlqa.plugin.subjects import model_source, setting

__all__ = ["model_items"]

_ASKED = pytest.StashKey[dict[str, "Questions | UsageError"]]()
_KEYS = {"model": "model", "X": "test", "y": "target", "X_train": "train", "y_train": "target", "baseline": "baseline"}


def model_items(subject: SubjectNode) -> Iterator[pytest.Item]:
    """Yield one item for each default check of the subject's model, if it names one and a table with its label."""
    given = subject.settings
    if not {"model", "target"} <= given.keys() or _tested(given) is None:
        return
    names = model_default.model_questions_named(has_train="train" in given, has_baseline="baseline" in given)
    for check in names:
        # the id as text: pytest 9.2 keeps parameters apart in it, and --lf compares the parts
        item = _ModelItem.from_parent(subject, name=check, nodeid=f"{subject.nodeid}::{check}")
        item.check, item.subject, item.about = check, subject, f"model on {_tested(given)}"
        yield item


def _tested(settings: Mapping[str, Any]) -> str | None:
    """Return the key of the table that the model is judged by: one that it has not seen."""
    return next((key for key in ("test", "current") if key in settings), None)


class _ModelItem(AskedItem):
    """One default check of a model."""

    nothing = "this model"

    def questions(self) -> Questions | UsageError:
        """Load the model and its tables, and ask for its predictions, once in a session."""
        kept = self.config.stash.setdefault(_ASKED, {})
        if self.subject.name not in kept:
            try:
                kept[self.subject.name] = _questions(self.config, self.subject)
            except UsageError as error:
                kept[self.subject.name] = self.as_setting(error)
        return kept[self.subject.name]

    def as_setting(self, error: UsageError) -> UsageError:
        """Name what cannot be used as pyproject.toml names it."""
        settings, key = self.subject.settings, _KEYS.get(error.name, error.name)
        key = _tested(settings) or key if key == "test" else key
        if key not in settings:
            return error
        return UsageError(setting(self.subject.name, key), settings[key], error.wanted, error.hint, error.got)


def _questions(config: pytest.Config, subject: SubjectNode) -> Questions:
    """Hand the model, the rows, the labels and what was said of them to the default checks."""
    given = subject.settings
    model = model_source(config, subject.name)
    named: dict[str, Any] = {}
    said: dict[str, Any] = {}
    tables = {"": _tested(given) or "test"} | ({"_train": "train"} if "train" in given else {})
    for suffix, key in tables.items():
        X, y, told = _answers(config, subject.name, key, model)
        named |= {f"X{suffix}": X, f"y{suffix}": y}
        said |= {} if told is None else {f"X{suffix}": told}
    if "baseline" in given:
        named["baseline"] = model_source(config, subject.name, "baseline")
    return model_default.model_questions(model, **named, said=said, seed=config.stash[OPTIONS].seed)


def _answers(config: pytest.Config, name: str, key: str, model: Any) -> tuple[Any, Any, Any]:
    """Return rows, labels and what the model says; nothing where it fails, which the checks find out and tell."""
    try:
        asked = asked_of(config, name, key)
    except SubjectError:
        return *subject_rows(config, name, key, model), None
    return asked.X, asked.y, asked.said
