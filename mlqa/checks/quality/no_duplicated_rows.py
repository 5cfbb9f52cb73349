"""The question whether rows repeat others of the same table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from mlqa.alpha import level_of
from mlqa.checks.quality.asked import share
from mlqa.checks.quality.natural_repeats import natural_repeats
from mlqa.checks.quality.repeated import Repeated, examples, repeated_in, sides
from mlqa.checks.skipped import skipped
from mlqa.stats.power import GROSS
from mlqa.stats.rates import rise_p_value
from mlqa.stats.repeats import chance_repeats, repeats_seen, repeats_tail
from mlqa.stats.seeds import seed_of
from mlqa.subjects.profile import Profile
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["no_duplicated_rows"]

_CHECK = "quality.no_duplicated_rows"
_CLAIM = "rows are not copies of others of the same table"
_REMEDY = "drop the copies, and see which step (a join, a load run twice) made them"
_METHOD = "rows that repeat another, Chernoff's bound of an exact deal of all groups of equal rows"
_STEPS = 4


def no_duplicated_rows(
    current: Any,
    *,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    at_most: float | None = None,
    min_effect: float = 0.005,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask whether rows are exact copies of others of the same table.

    Rows may repeat by nature, so no share of equal rows is a limit by itself.
    With a reference: equal rows of both tables are put together; FAIL where
    more of them lie together in current than dealing all rows at random would
    leave there, and the excess is larger than `min_effect` and than that of the
    reference, which may hold copies of its own. UNDECIDED where
    not even half of the rows being copies would have shown. Alone, a contract:
    FAIL where rows repeat although the columns tell so much that equal rows
    are no chance; of a table of few and coarse columns it says nothing unless
    `at_most` is given.

    Parameters
    ----------
    current : DataFrame, path or Profile
    reference : the same, optional
    columns : list of str, optional
        Columns that make two rows equal: by default all, with a reference those
        of the same kind in both. Leave out identifiers given anew to every
        row. A profile has its own and takes no others.
    at_most : float in [0, 1], optional
        Limit on the share of rows that repeat another, instead of a reference.
    min_effect : float in [0, 1), unit: share of rows
        Smallest excess over chance that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm, with a reference.
    seed : int
        Not used: nothing is random here.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of current rows that repeat another;
        ``evidence.limit``, with a reference, what chance would leave;
        ``evidence.worst`` shows the rows that repeat most often, three at most.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used, or both `reference` and
        `at_most` are given.

    Notes
    -----
    See :func:`mlqa.stats.repeats.repeats_tail`: valid under exchangeable rows
    whatever the sizes of the tables and of the groups. Of more than 32,768
    different rows, those of smallest hash are counted, with all their copies.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"x": [i / 7 for i in range(200)]})
    >>> no_duplicated_rows(rows).outcome
    <Outcome.PASS: 'pass'>
    >>> no_duplicated_rows(pl.concat([rows, rows[:20]]), reference=rows + 50.0).reason
    '20 of 220 rows (9.091 %) repeat another row of the table; chance would leave about 5 there'
    """
    level, seed = level_of(alpha), seed_of(seed)
    limit = None if at_most is None else share("at_most", at_most, instead_of=reference)
    min_effect = share("min_effect", min_effect)
    pair = sides(current, reference, columns)
    if isinstance(pair, str):
        return skipped(_CHECK, _CLAIM, pair, alpha=level)
    after, before = pair
    found = repeated_in(before, after)
    if before is not None:
        return _compared(found, after, min_effect, level)
    return _alone(after, found, limit)


def _alone(after: Profile, found: Repeated, limit: float | None) -> Verdict:
    """Compare what repeats with a limit, or with what such columns may hold by nature."""
    rows = after.rows
    natural = natural_repeats(after)
    natural = natural if natural >= 1.0 else 0.0
    most = natural / rows if limit is None else limit
    failed = found.share > most
    by_nature = (
        ""
        if limit is not None or not found.repeats
        else f"; columns like these may leave {number(natural) if natural else 'none'} there"
    )
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.PASS,
        claim=_CLAIM,
        reason=f"{_told(found, rows)}{by_nature}",
        evidence=Evidence(
            estimate=found.share,
            limit=min(1.0, most),
            unit="of rows",
            n=rows,
            method="rows that repeat another" if limit is not None else "rows that repeat another, agreement by column",
            worst=examples(after) if failed else (),
        ),
        remedy=_REMEDY if failed else "",
    )


def _compared(found: Repeated, after: Profile, min_effect: float, alpha: float) -> Verdict:
    """Compare what repeats within current with chance, given all groups of equal rows."""
    n_ref, n_cur = found.n_ref, found.n_cur
    expected = chance_repeats(found.sizes, found.counts, n_ref, n_cur)
    p_value = repeats_tail(found.sizes, found.counts, found.repeats, n_ref, n_cur)
    risen = (found.repeats - expected) / n_cur > min_effect and _more_than_before(found, expected, alpha)
    failed = p_value <= alpha and risen
    fewest = None if failed else _fewest_seen(found, expected, min_effect, alpha)
    blind = not failed and (fewest is None or fewest > GROSS * n_cur)
    outcome = Outcome.FAIL if failed else Outcome.UNDECIDED if blind else Outcome.PASS
    chance = f"; chance would leave about {number(round(expected))} there" if found.repeats else ""
    blindness = "; not even half of the rows being copies would have shown" if blind else ""
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=f"{_CLAIM}, or no more so than in the reference",
        reason=f"{_told(found, n_cur)}{chance}{blindness}",
        evidence=Evidence(
            estimate=found.share,
            p_value=p_value,
            limit=expected / n_cur,
            unit="of rows",
            n=n_ref + n_cur,
            method=_METHOD,
            detectable=None if fewest is None or blind else fewest / n_cur,
            rows_needed=_rows_needed(n_ref, n_cur, alpha) if blind else None,
            worst=examples(after) if failed else (),
        ),
        remedy=_REMEDY if failed else "",
        alpha=alpha,
    )


def _more_than_before(found: Repeated, expected: float, alpha: float) -> bool:
    """Say whether the excess is shown to be larger than that of the reference, where the reference has one."""
    n_ref, n_cur = found.n_ref, found.n_cur
    before = found.repeats_ref - chance_repeats(found.sizes, found.counts, n_cur, n_ref)
    if before <= 0.0:
        return True
    return float(rise_p_value([math.ceil(before)], n_ref, [math.floor(found.repeats - expected)], n_cur)[0]) <= alpha


def _told(found: Repeated, rows: int) -> str:
    if not found.repeats:
        return f"none of {rows} rows repeats another row of the table"
    count = found.repeats if found.n_cur == rows else round(found.share * rows)
    return f"{count} of {rows} rows ({number(100 * found.share)} %) repeat another row of the table"


def _fewest_seen(found: Repeated, expected: float, min_effect: float, alpha: float) -> int | None:
    """Return about the fewest copies, each of another row, that would be flagged; None where none are."""
    n_ref, n_cur = found.n_ref, found.n_cur
    # the first of them make pairs that were not there before: all of these in current by chance
    fewest = max(
        1, math.ceil(math.log(alpha) / math.log((n_cur / (n_ref + n_cur)) ** 2)), math.ceil(min_effect * n_cur)
    )
    for _ in range(_STEPS):
        if fewest > GROSS * n_cur:
            return None
        wanted = repeats_seen(*found.with_copies(fewest), n_ref, n_cur, alpha) - expected
        if wanted <= fewest:
            return fewest
        fewest = math.ceil(wanted)
    return fewest if fewest <= GROSS * n_cur else None


def _rows_needed(n_ref: int, n_cur: int, alpha: float) -> int | None:
    """Return about how many more rows would show half of current being copies, if none repeats by nature."""
    total = n_ref + n_cur
    wanted = math.log(alpha) / math.log(n_cur / total) / GROSS
    return math.ceil(wanted * total / n_cur) - total if wanted > n_cur else None
