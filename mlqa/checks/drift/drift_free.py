"""The question whether any column's distribution moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.drift.answer import answer
from mlqa.checks.drift.asked import both_profiles, share_of
from mlqa.checks.drift.distribution import DISTRIBUTION, comparing
from mlqa.checks.drift.question import measured
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Verdict

__all__ = ["drift_free"]


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
    reference, current : DataFrame, path or Profile
        Whatever `profile` reads. Not modified.
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
    Null hypothesis: the rows of both tables are exchangeable. Numbers: six
    tests, Bonferroni inside the column: Kolmogorov-Smirnov, rank sum, rank sum
    of the distances from the pooled median, mean of clipped values, precedence
    beyond the extremes [1]_, and the shares of the most frequent values,
    exactly. Numbers of more than 4,096 distinct values are counted in as many
    cells, equal at least to a thousandth or so. Categories and
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
    level_of(alpha), seed_of(seed)
    limit = share_of("min_effect", min_effect, "0.02 leaves moves of two points in peace")
    before, after = both_profiles(reference, current)
    found = measured(before, after, columns, comparing(times=columns is not None), alpha)
    return answer(DISTRIBUTION, found, min_effect=limit)
