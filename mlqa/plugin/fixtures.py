"""Fixtures of a single test: its baseline and its random numbers. Both lazy."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pytest

from mlqa.baselines import Slot
from mlqa.errors import UsageError
from mlqa.plugin import recording
from mlqa.plugin.options import OPTIONS
from mlqa.stats.seeds import generator

__all__ = ["mlqa_baseline", "mlqa_rng"]

_LONGEST_NAME = 120
_UNSAFE = re.compile(r"[^\w.-]+", re.ASCII)


@pytest.fixture
def mlqa_baseline(request: pytest.FixtureRequest) -> Slot:
    """Give the place of this test's baseline, to be passed to `mlqa.not_worse`.

    The file is ``baselines/<test name>.json`` (the folder is set by
    ``[tool.mlqa] baselines``), or ``baselines/NAME.json`` under
    ``@pytest.mark.mlqa(baseline="NAME")``. The first run proposes it and
    fails; ``--mlqa-update`` records it.
    """
    folder = request.config.stash[OPTIONS].baselines
    return recording.open_for(request.node, folder / f"{_baseline_name(request.node)}.json")


@pytest.fixture
def mlqa_rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Give a numpy Generator that depends on the test function's name and ``--mlqa-seed`` only.

    So the same test draws the same numbers in a notebook and in CI, alone,
    selected or in another order.
    """
    name = getattr(request.node, "originalname", None) or request.node.name
    return generator("mlqa_rng", name, request.config.stash[OPTIONS].seed)


def _baseline_name(item: pytest.Item) -> str:
    """Return the file's stem: the mark's name, or the test's with its parameters."""
    for mark in item.iter_markers("mlqa"):
        given = mark.kwargs.get("baseline")
        if given is not None:
            if not isinstance(given, str) or not given or _UNSAFE.search(given) or given.startswith("."):
                hint = "letters, digits, '_', '-' and '.' only"
                raise UsageError("mlqa(baseline=...)", given, "the name of a file, without folder or suffix", hint)
            return given
    return _safe(item.name)


def _safe(name: str) -> str:
    """Turn a test's id into a file name; two ids never share one.

    Examples
    --------
    >>> _safe("test_auc"), _safe("test_auc[ios-1.0]")
    ('test_auc', 'test_auc-ios-1.0')
    """
    plain = _UNSAFE.sub("-", name.replace("[", "-", 1).removesuffix("]"))
    if plain == name.replace("[", "-", 1).removesuffix("]") and len(plain) <= _LONGEST_NAME:
        return plain
    return f"{plain[:_LONGEST_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
