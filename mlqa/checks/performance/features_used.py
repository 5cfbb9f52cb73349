"""Which columns a model uses at all."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.checks.performance.permuted import asked, few_rows, orders_of, with_shuffled
from mlqa.errors import UsageError
from mlqa.report.bars import share_bars
from mlqa.subjects.block import as_block, height, names, taken
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed

__all__ = ["features_used"]

_CHECK = "performance.features_used"
_ROWS = 1000
_ROUNDING = 1e-9
_LISTED = 10


def features_used(model: Any, X: Any, *, most_unused: int | None = None) -> Verdict:
    """Check that the model uses the columns it is given.

    A column is unused if no prediction changes when its values change places.
    Selected features, pruned trees and zero coefficients are no fault: without
    a limit this FAILs only where the model uses no column at all, and names the
    others that it does without.

    Parameters
    ----------
    model : callable or object
        A function from a table to predictions, or an object with ``predict`` or
        ``predict_proba``. Called for blocks of at most 100,000 rows.
    X : table or array, shape (n, d)
        At most 1,000 of its rows are used, evenly spread.
    most_unused : int of at least 0, optional
        Columns that may be unused; those of one value do not count.

    Returns
    -------
    Verdict
        A contract. ``evidence.estimate`` is the number of unused columns; where
        it fails they are in ``columns``. SKIPPED where no column varies.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        If the model raises.

    Notes
    -----
    Each row gets, of one column, the value half way round in the order of its
    values, then a third of the way round: no chance is needed.

    References
    ----------
    .. [1] Breiman, L. (2001), Random forests, Machine Learning 45, 5-32.

    Examples
    --------
    >>> X = np.arange(60.0).reshape(20, 3)
    >>> features_used(lambda X: X[:, 0] + X[:, 2], X).reason
    "no prediction depends on '1'; 2 of 3 columns are used"
    """
    if most_unused is not None and (
        isinstance(most_unused, bool) or not isinstance(most_unused, int) or most_unused < 0
    ):
        raise UsageError("most_unused", most_unused, "a whole number of at least 0", "leave it out for no limit")
    block = as_block(X)
    block = taken(block, few_rows(block, _ROWS))
    columns, orders, rows = names(block), orders_of(block), height(block)
    varied = [at for at, own in enumerate(orders) if own]
    claim = "the model uses the columns it is given"
    if most_unused is not None:
        claim = f"at most {most_unused} columns are unused"
    if not varied:
        reason = f"no column varies in {rows} rows"
        return Verdict(check=_CHECK, outcome=Outcome.SKIPPED, claim=claim, reason=reason)
    changed = _changed(model, block, orders, varied, rows)
    unused = [columns[at] for at in varied if changed[at] == 0]
    limit = len(varied) - 1 if most_unused is None else most_unused
    outcome = Outcome.FAIL if len(unused) > limit else Outcome.PASS
    order = sorted(varied, key=lambda at: -changed[at])
    evidence = Evidence(
        estimate=float(len(unused)),
        limit=float(limit),
        unit="columns",
        n=rows,
        method="values moved within a column",
        worst=tuple({"column": columns[at], "predictions changed": changed[at]} for at in order[-_LISTED:][::-1]),
        plot=share_bars(
            "column", [columns[at] for at in order], None, [changed[at] for at in order], y="share changed"
        ),
    )
    used = f"{len(varied) - len(unused)} of {len(varied)} columns are used"
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=claim,
        reason=f"no prediction depends on {listed(unused)}; {used}" if unused else used,
        evidence=evidence,
        columns=tuple(unused) if outcome is Outcome.FAIL else (),
        remedy="are the columns the model was trained on filled, and in its order?" if outcome is Outcome.FAIL else "",
    )


def _changed(
    model: Any, block: Any, orders: list[list[NDArray[np.intp]]], varied: list[int], rows: int
) -> dict[int, float]:
    """Return the share of predictions that change, for each column that varies."""
    variants = [(at, order) for at in varied for order in orders[at]]
    blocks = (with_shuffled(block, at, order) for at, order in variants)
    answers = asked(model, (part for several in ([block], blocks) for part in several), rows)
    before = next(answers)
    changed = dict.fromkeys(varied, 0.0)
    for (at, _), after in zip(variants, answers, strict=True):
        changed[at] = max(changed[at], float(np.mean(_differs(before, after))))
    return changed


def _differs(before: NDArray[Any], after: NDArray[Any]) -> NDArray[np.bool_]:
    if before.dtype.kind in "fc" and after.dtype.kind in "fc":
        same = np.isclose(
            before,
            after,
            rtol=_ROUNDING,
            atol=_ROUNDING * float(np.nanmax(np.abs(before), initial=0.0)),
            equal_nan=True,
        )
    else:
        same = before == after
    alike: NDArray[np.bool_] = np.asarray(same, dtype=bool).reshape(len(before), -1)
    differs: NDArray[np.bool_] = np.any(~alike, axis=1)
    return differs
