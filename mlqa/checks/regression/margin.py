"""The loss that is accepted: a number in the metric's unit, or a share of the baseline's value."""

from __future__ import annotations

import math
import numbers
import re
from dataclasses import dataclass
from typing import Any

from mlqa.errors import UsageError
from mlqa.wording import number

__all__ = ["Margin", "margin_of"]

_PERCENT = re.compile(r"\s*(\d{1,6}(?:\.\d{1,12})?)\s*%\s*")


@dataclass(frozen=True, slots=True)
class Margin:
    """A margin, as it was given.

    Attributes
    ----------
    amount : float of at least 0
        In the metric's unit or, where `relative`, as a share of the baseline.
    relative : bool
    """

    amount: float
    relative: bool = False

    def within(self, baseline: float) -> float:
        """Return the margin in the metric's unit."""
        return self.amount * abs(baseline) if self.relative else self.amount

    @property
    def words(self) -> str:
        """How it reads in a claim."""
        return f"{number(100 * self.amount)} %" if self.relative else number(self.amount)


def margin_of(margin: Any) -> Margin:
    """Read a margin.

    Parameters
    ----------
    margin : float of at least 0, or text
        ``0.01`` in the metric's unit, or ``"5%"`` of the baseline's value.

    Raises
    ------
    UsageError
        If it is neither.

    Examples
    --------
    >>> margin_of(0.01), margin_of("5%")
    (Margin(amount=0.01, relative=False), Margin(amount=0.05, relative=True))
    """
    if isinstance(margin, Margin):
        return margin
    percent = _PERCENT.fullmatch(margin) if isinstance(margin, str) else None
    if percent:
        return Margin(float(percent[1]) / 100, relative=float(percent[1]) > 0)
    whole = isinstance(margin, numbers.Real) and not isinstance(margin, bool)
    amount = float(margin) if whole else -1.0
    if not 0 <= amount < math.inf:
        hint = "pass the largest loss you accept, in the metric's unit, or '5%' of the baseline's value"
        raise UsageError("margin", margin, "a number of at least 0", hint)
    return Margin(amount)
