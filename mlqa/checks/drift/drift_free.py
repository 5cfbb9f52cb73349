"""The question whether any column's distribution moved."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import LEVEL, answer, skipped
from mlqa.checks.drift.columns import measure
from mlqa.checks.drift.moves import Column
from mlqa.errors import UsageError
from mlqa.stats.multiple import holm
from mlqa.stats.seeds import seed_of
from mlqa.subjects.table import pick, read_table
from mlqa.verdict import Verdict

__all__ = ["drift_free"]

_MANY_ROWS = 100_000


def drift_free(
    reference: Any,
    current: Any,
    *,
    columns: Sequence[str] | None = None,
    min_effect: float = 0.02,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether current's columns are distributed as the reference's are.

    FAIL where a move is shown at `alpha` and is larger than `min_effect`; PASS
    otherwise, with the smallest move that would have been seen. UNDECIDED only
    where there are so few rows that not even a gross move (a distance of 0.5)
    would have shown in any column.

    Parameters
    ----------
    reference, current : DataFrame or path
        Whatever `read_table` reads. Not modified.
    columns : list of str, optional
        By default those that both tables have. Times are compared only if
        named here, as a later time is usually no fault.
    min_effect : float in [0, 1), unit: distance between distributions
        Smallest move that matters: Kolmogorov-Smirnov distance of numbers,
        total variation of categories. Values beyond every one of the
        reference's and categories that it has not are news at any share, and
        exempt.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, over all columns together.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the distance of the column that moved most
        clearly; ``evidence.worst`` what moved in each column, worst first.

    Raises
    ------
    UsageError
        If a table cannot be read, a column is not in both, the tables share
        no column, or `min_effect` is no share.

    Notes
    -----
    Null hypothesis: the rows of both tables are exchangeable. Numbers: five
    tests, Bonferroni inside the column: Kolmogorov-Smirnov, rank sum, rank sum
    of the distances from the pooled median, precedence beyond the extremes
    [1]_, and the shares of the most frequent values, exactly. Categories and
    booleans: the share of each, exactly, Bonferroni over those that could
    show anything [2]_, and once more those that the reference has not. Holm
    over the columns. Missing values are left out: `missing_rate_holds` asks
    about them. Columns of text that nearly never repeats (ids, free text) are
    left out, and said so.

    References
    ----------
    .. [1] Nelson, L. S. (1963), Tables for a precedence life test,
       Technometrics 5, 491-499.
    .. [2] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.

    Examples
    --------
    >>> import polars as pl
    >>> reference = pl.DataFrame({"height": [1.5 + i / 1000 for i in range(400)]})
    >>> drift_free(reference, reference).outcome
    <Outcome.PASS: 'pass'>
    >>> verdict = drift_free(reference, reference * 100)
    >>> verdict.columns, verdict.remedy
    (('height',), "'height' looks multiplied by 100: check its unit")
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    if isinstance(min_effect, bool) or not isinstance(min_effect, (int, float)) or not 0 <= min_effect < 1:
        raise UsageError("min_effect", min_effect, "a distance in [0, 1)", "0.02 leaves moves of two points in peace")
    before, after = read_table(reference, name="reference"), read_table(current, name="current")
    asked = _asked(before, after, columns)
    measured = _measured(before, after, asked, times=columns is not None)
    left_out = {name: why for name, why in zip(asked, measured) if isinstance(why, str)}
    compared = [column for column in measured if isinstance(column, Column)]
    if not compared:
        return skipped(left_out, alpha)
    p_values = _p_values(compared, min_effect)
    return answer(compared, p_values, left_out, min_effect=min_effect, alpha=alpha, n=before.height + after.height)


def _asked(before: pl.DataFrame, after: pl.DataFrame, columns: Sequence[str] | None) -> list[str]:
    """Return the columns to compare."""
    if columns is not None:
        asked = pick(after, pick(before, columns, name="columns"), name="columns")
        if not asked:
            raise UsageError("columns", columns, "at least one column", "leave it out to compare all", "none")
        return list(dict.fromkeys(asked))
    there = set(after.columns)
    shared = [name for name in before.columns if name in there]
    if not shared:
        hint = f"reference has {before.columns[:4]}"
        raise UsageError("current", after, "a table that shares a column with reference", hint, f"{after.columns[:4]}")
    return shared


def _measured(before: pl.DataFrame, after: pl.DataFrame, names: list[str], *, times: bool) -> list[Column | str]:
    """Measure every column; two at a time where sorting, which frees the interpreter, takes most of it."""

    def one(name: str) -> Column | str:
        return measure(before.get_column(name), after.get_column(name), times=times, level=LEVEL)

    if before.height + after.height < _MANY_ROWS:
        return [one(name) for name in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(one, names))


def _p_values(compared: list[Column], min_effect: float) -> NDArray[np.float64]:
    """Holm over the columns, of moves larger than `min_effect`."""
    return holm([column.p_value(min_effect) for column in compared])
