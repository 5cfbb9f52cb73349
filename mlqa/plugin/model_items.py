"""The default checks of a subject's model as pytest items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

import pytest

from mlqa.checks import model_default
from mlqa.errors import UsageError, nearest
from mlqa.plugin.asked_item import AskedItem, Questions, SubjectNode
from mlqa.plugin.options import OPTIONS
from mlqa.plugin.subjects import model_source, setting, table_source
from mlqa.subjects.table import read_table

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
        key = _KEYS.get(error.name)
        if key is None:
            return error
        key = _tested(self.subject.settings) or key if key == "test" else key
        given = self.subject.settings.get(key, error.given)
        return UsageError(setting(self.subject.name, key), given, error.wanted, error.hint, error.got)


def _questions(config: pytest.Config, subject: SubjectNode) -> Questions:
    """Hand the model, the rows and the labels to the default checks."""
    given = subject.settings
    model = model_source(config, subject.name)
    X, y = _rows(config, subject, "X", model)
    named: dict[str, Any] = {}
    if "train" in given:
        named["X_train"], named["y_train"] = _rows(config, subject, "X_train", model)
    if "baseline" in given:
        named["baseline"] = model_source(config, subject.name, "baseline")
    return model_default.model_questions(model, X, y, **named, seed=config.stash[OPTIONS].seed)


def _rows(config: pytest.Config, subject: SubjectNode, name: str, model: Any) -> tuple[Any, Any]:
    """Read a table, and part the label from what the model is given."""
    target = subject.settings["target"]
    key = "train" if name == "X_train" else _tested(subject.settings) or "test"
    frame = read_table(table_source(config, subject.name, key), name=name)
    if target not in frame.columns:
        hint = nearest(str(target), frame.columns)
        raise UsageError("y", target, f"a column of {key}", hint, "no such column")
    labelled = frame.filter(frame[target].is_not_null())
    given = labelled.select(_features(labelled.columns, subject.settings, model))
    # as most models were fitted; a frame of polars goes to a project without pandas
    return given.to_pandas() if find_spec("pandas") else given, labelled[target].to_numpy()


def _features(columns: list[str], settings: Mapping[str, Any], model: Any) -> list[str]:
    """Return the columns that the model learned on, if it says; else all but the label and the ids."""
    learned = [str(name) for name in getattr(model, "feature_names_in_", ())]
    if learned and {*learned} <= {*columns}:
        return learned
    ids = settings.get("id") or []
    return [name for name in columns if name not in {settings["target"], *([ids] if isinstance(ids, str) else ids)}]
