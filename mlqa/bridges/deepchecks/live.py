"""Checks that stored predictions would answer wrongly: ours instead, asked of the model itself, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mlqa.bridges.deepchecks.answers import skipped
from mlqa.bridges.deepchecks.known import LIVE
from mlqa.bridges.deepchecks.predicted import Said, features_of
from mlqa.checks.answering import case_of
from mlqa.checks.performance.fast_enough import fast_enough
from mlqa.checks.performance.features_used import features_used
from mlqa.checks.performance.not_overfit import not_overfit
from mlqa.report.report import Case
from mlqa.verdict import Verdict

__all__ = ["answered_by_ours"]


def answered_by_ours(
    check: str, suite: str, model: Any, tables: Mapping[str, Any], roles: Mapping[str, Any], said: Mapping[str, Said]
) -> Case:
    """Answer a check that needs the live model.

    Parameters
    ----------
    check : str
        One of :data:`LIVE`.
    suite : str
        Begins the case's source.
    model : callable or object, or None
    tables, said : mapping
        By ``train`` and ``test``.
    roles : mapping
        ``target``, ``id``, ``time``.
    """
    source = f"{suite}: {check}"
    if check == "ModelInfo":
        return _none(check, source, "it lists the parameters of a model: nothing that could fail")
    if model is None:
        reason = f"it must ask the model itself: predictions alone would be timed or described in its place ({check})"
        return _none(check, source, reason, "pass model=")
    unseen = tables.get("test", tables["train"])
    if check == "BoostingOverfit":
        target = roles.get("target")
        if target is None or len(said) != 2:
            return _none(check, source, "it takes labels of train and test", "pass train, test and target")
        pairs = [part for side in ("test", "train") for part in (said[side].prediction, tables[side][target])]
        return case_of(partial(not_overfit, *pairs), source)
    asked: Callable[..., Verdict] = fast_enough if check == "ModelInferenceTime" else features_used
    return case_of(partial(asked, model, features_of(unseen, roles)), source)


def _none(check: str, source: str, reason: str, remedy: str = "") -> Case:
    ours = LIVE[check]
    why = f"{reason}; {ours} asks it" if ours and not remedy else reason
    return Case(source=source, verdicts=(skipped(check, why, remedy=remedy),))
