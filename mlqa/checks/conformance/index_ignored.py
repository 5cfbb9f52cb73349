"""Answers do not depend on the index of a pandas frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np

from mlqa.checks.conformance.probe import Probe, probed
from mlqa.checks.conformance.trials import Trial, compared
from mlqa.checks.skipped import skipped
from mlqa.verdict import Verdict

__all__ = ["index_ignored"]

_CHECK = "conformance.index_ignored"
_CLAIM = "answers do not depend on the index of a pandas frame"
_REMEDY = "take .to_numpy() before columns and predictions are combined: pandas aligns them by index"


def index_ignored(model: Any, X: Any, *, seed: int = 0) -> Verdict:
    """Answers do not depend on the index of a pandas frame.

    Asked with an index of other numbers, of texts, and of one label for all
    rows.

    Parameters
    ----------
    model : callable or object
        See :func:`mlqa.subjects.predictor.predict`.
    X : table or array, shape (n, d)
        Rows to ask about, at most 100 of them, chosen by what they hold; or a
        :func:`~mlqa.checks.conformance.probe.probe` of the model.
    seed : int of at least 0
        Another seed, other rows.

    Returns
    -------
    Verdict
        FAIL where an answer changes, or the model raises. SKIPPED for other kinds
        of tables, and where the index has a name or holds times: it may be meant.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises on the rows as they are.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> X = pd.DataFrame({"x": [1.0, 2.0, 3.0]})
    >>> index_ignored(lambda X: X["x"].to_numpy(), X).outcome
    <Outcome.PASS: 'pass'>
    >>> index_ignored(lambda X: X["x"] + pd.Series(np.ones(len(X))), X).outcome
    <Outcome.FAIL: 'fail'>
    """
    probe = probed(model, X, seed)
    if not nw.dependencies.is_pandas_dataframe(probe.block):
        return skipped(_CHECK, _CLAIM, "rows have an index in pandas only")
    index = probe.block.index
    if index.nlevels > 1 or index.name is not None or index.dtype.kind not in "iuOUT":
        return skipped(_CHECK, _CLAIM, "the index has a name or holds no plain labels: it may be meant")
    return compared(_CHECK, _CLAIM, probe, _trials(probe), remedy=_REMEDY)


def _trials(probe: Probe) -> Iterator[Trial]:
    rows = np.arange(probe.n)
    for name, index in {
        "with the index counting down": rows[::-1],
        "with an index of texts": [f"row {at}" for at in range(probe.n)],
        "with one index label for all rows": np.zeros(probe.n, dtype=np.int64),
    }.items():
        yield Trial(name, probe.block.set_axis(index, axis=0), rows)
