"""A table beside its reference: whether rows that go against a claim are more than they were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

from mlqa.checks.quality.found import Claim, Found
from mlqa.report.bars import share_bars
from mlqa.stats.counts import newcomer_test
from mlqa.stats.multiple import holm
from mlqa.stats.power import GROSS, POWER
from mlqa.stats.rates import newcombe, rise_p_value, smallest_count_seen
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["MIN_EFFECT", "judge_rise"]

MIN_EFFECT = 0.002
_LEVEL = 0.95
_HOPELESS = 0.01
_METHOD = "Fisher's exact test, one-sided, Holm over the columns that can tell; Newcombe interval"
_METHOD_KINDS = "Fisher's exact test of all such rows and of each new kind, Holm over the columns; Newcombe interval"

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Shares:
    """Rows at fault of every column, and what is shown of them."""

    found: Sequence[Found]
    n_ref: int
    n_cur: int

    @property
    def reference(self) -> NDArray[np.int64]:
        return np.array([one.reference for one in self.found], dtype=np.int64)

    @property
    def current(self) -> NDArray[np.int64]:
        return np.array([one.current for one in self.found], dtype=np.int64)

    @property
    def tested(self) -> NDArray[np.bool_]:
        """Columns whose pooled rows could show anything: which they are rests on pooled counts alone."""
        pooled = self.reference + self.current
        most = np.minimum(pooled, self.n_cur)
        best = np.where(pooled > 0, rise_p_value(pooled - most, self.n_ref, most, self.n_cur), 1.0)
        return np.asarray(best <= _HOPELESS)

    @property
    def has_kinds(self) -> bool:
        return any(one.kinds for one in self.found)

    def p_of_all(self) -> Floats:
        """Return the p-value that all rows at fault rose, corrected over the columns."""
        p_values = np.ones(len(self.found))
        tested = self.tested
        if tested.any():
            risen = rise_p_value(self.reference[tested], self.n_ref, self.current[tested], self.n_cur)
            p_values[tested] = holm(risen)
        return p_values

    def p_of_kinds(self) -> Floats:
        """Return the p-value that the column's kinds, new in current, came there by chance, corrected over all."""
        p_values = np.ones(len(self.found))
        owner = np.array([at for at, one in enumerate(self.found) for _ in one.kinds], dtype=np.int64)
        if owner.size:
            was, now = (np.array([kind[side] for one in self.found for kind in one.kinds]) for side in (1, 2))
            np.minimum.at(p_values, owner, newcomer_test(was, now, self.n_ref, self.n_cur))
        return p_values


def judge_rise(
    claim: Claim, found: Sequence[Found], *, n_ref: int, n_cur: int, min_effect: float, alpha: float
) -> Verdict:
    """Say in which columns rows that go against the claim are shown to be more than they were.

    Parameters
    ----------
    claim : Claim
    found : list of Found
        At least one.
    n_ref, n_cur : int
        Rows of reference and current.
    min_effect : float in [0, 1), unit: share of rows
        Smallest rise that matters where the reference has such rows too; where
        it has none they are news at any share.
    alpha : float in (0, 0.5)

    Notes
    -----
    Exact where rows are exchangeable. Columns that can show nothing, given
    their pooled counts, need no share of the correction [1]_. With kinds, half
    of the level goes to all rows together and half to the kinds that the
    reference has not.

    References
    ----------
    .. [1] Tarone, R. E. (1990), A modified Bonferroni method for discrete
       data, Biometrics 46, 515-522.
    """
    shares = _Shares(found, n_ref, n_cur)
    x_ref, x_cur = shares.reference, shares.current
    low, high = newcombe(x_ref, n_ref, x_cur, n_cur, _LEVEL)
    together, kinds = shares.p_of_all(), shares.p_of_kinds()
    together = np.where((x_ref == 0) | (low > min_effect), together, 1.0)
    split = 2.0 if shares.has_kinds else 1.0
    p_values = np.minimum(1.0, split * np.minimum(together, kinds))
    guilty = p_values <= alpha
    order = [int(at) for at in np.lexsort((x_ref / n_ref - x_cur / n_cur, p_values, ~guilty))]
    top = order[0]
    # a kind that took over most of a column is news although the rows of the rarer kind fell
    by_kind = bool(guilty[top] and kinds[top] < together[top])
    was = 0.0 if by_kind else x_ref[top] / n_ref
    now = (found[top].new if by_kind else x_cur[top]) / n_cur
    seen = _detectable(shares, alpha / split / (int(shares.tested.sum()) + 1), min_effect)
    able = [at for at in range(len(found)) if seen[at] <= GROSS or x_ref[at] / n_ref > GROSS]
    blamed = [found[at] for at in order if guilty[at]]
    outcome = Outcome.FAIL if blamed else Outcome.PASS if able else Outcome.UNDECIDED
    return Verdict(
        check=claim.check,
        outcome=outcome,
        claim=f"{claim.claim}, or no more so than in the reference",
        reason=_reason(claim, outcome, blamed, (was, now), (n_ref, n_cur, len(found)), found),
        evidence=Evidence(
            estimate=float(now - was),
            low=None if by_kind else float(low[top]),
            high=None if by_kind else float(high[top]),
            level=None if by_kind else _LEVEL,
            p_value=float(p_values[top]),
            limit=min_effect,
            unit="of rows",
            n=n_ref + n_cur,
            method=_METHOD_KINDS if shares.has_kinds else _METHOD,
            detectable=max((float(seen[at]) for at in able if np.isfinite(seen[at])), default=None),
            rows_needed=_rows_needed(n_ref, n_cur, alpha / split) if outcome is Outcome.UNDECIDED else None,
            worst=tuple(_example(found[at], n_ref, n_cur, float(p_values[at])) for at in order if guilty[at]),
            plot=_bars(claim, blamed, n_ref, n_cur),
        ),
        columns=tuple(one.name for one in blamed),
        remedy=claim.remedy if blamed else "",
        alpha=alpha,
    )


def _detectable(shares: _Shares, alpha: float, min_effect: float) -> Floats:
    """Return the smallest rise of each column seen with 80 % power; inf where none is."""
    different, place = np.unique(shares.reference, return_inverse=True)
    n_ref, n_cur = shares.n_ref, shares.n_cur
    effect = min_effect if different.any() else 0.0
    fewest = smallest_count_seen(different, n_ref, n_cur, alpha=alpha, min_effect=effect, level=_LEVEL)
    inside = np.minimum(fewest, n_cur)
    share = special.betaincinv(np.maximum(inside, 1), n_cur - inside + 1, POWER)
    rise = np.where(fewest > n_cur, np.inf, np.maximum(share - different / n_ref, 0.0))
    return np.asarray(rise[place], dtype=np.float64)


def _rows_needed(n_ref: int, n_cur: int, alpha: float) -> int:
    """Return about how many more rows would show half of a column, that was clean, at fault."""
    for factor in 2 ** np.arange(1, 31):
        rows = (n_ref * int(factor), n_cur * int(factor))
        if rise_p_value([0], rows[0], [int(GROSS * rows[1])], rows[1])[0] <= alpha:
            return sum(rows) - n_ref - n_cur
    return n_ref + n_cur


def _example(found: Found, n_ref: int, n_cur: int, p_value: float) -> dict[str, str | float]:
    return {
        "column": found.name,
        "reference": found.reference / n_ref,
        "current": found.current / n_cur,
        "p_value": p_value,
        "values": ", ".join(found.examples[:4]),
    }


def _bars(claim: Claim, blamed: list[Found], n_ref: int, n_cur: int) -> dict[str, Any] | None:
    """Draw the share of every column at fault."""
    if not blamed:
        return None
    was, now = ([one.reference / n_ref for one in blamed], [one.current / n_cur for one in blamed])
    return share_bars("column", [one.name for one in blamed], was, now, y=f"share of rows: {claim.what}")


def _reason(
    claim: Claim,
    outcome: Outcome,
    blamed: list[Found],
    shares: tuple[float, float],
    sizes: tuple[int, int, int],
    found: Sequence[Found],
) -> str:
    """Say in one sentence why the outcome is what it is."""
    n_ref, n_cur, count = sizes
    if outcome is Outcome.UNDECIDED:
        return f"with {n_ref} and {n_cur} rows not even half of the values being {claim.what} would have shown"
    if outcome is Outcome.PASS:
        some = [one.name for one in found if one.current]
        hold = "holds" if len(some) == 1 else "hold"
        held = f"; {listed(some)} {hold} some, as chance or the reference explains" if some else ""
        columns = "1 column" if count == 1 else f"any of {count} columns"
        return f"no rise of {claim.what} is shown in {columns}{held}"
    before, after = (number(100 * part) for part in shares)
    others = f"; also {listed([one.name for one in blamed[1:]])}" if len(blamed) > 1 else ""
    return f"{blamed[0].name!r} holds {claim.what} in {after} % of rows, was {before} %{blamed[0].shown}{others}"
