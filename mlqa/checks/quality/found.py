"""What a check found in one column, and the claim it goes against: plain values, read by the verdict."""

from __future__ import annotations

from dataclasses import dataclass

from mlqa.checks.skipped import skipped
from mlqa.verdict import Verdict

__all__ = ["Claim", "Found", "quoted"]

_LONGEST = 40
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The claim of a check, and how its opposite is told.

    Attributes
    ----------
    check : str
        Id of the verdict.
    claim : str
    what : str
        Rows that go against it, as in "'plan' holds `what` in 3 of 80 rows".
    remedy : str
    """

    check: str
    claim: str
    what: str
    remedy: str

    def skipped(self, reason: str, *, alpha: float | None) -> Verdict:
        """Say that the question does not apply, and why."""
        return skipped(self.check, self.claim, reason, alpha=alpha)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Rows of one column that go against a claim.

    Attributes
    ----------
    name : str
    current, reference : int
        Rows of either table; 0 where there is no reference.
    kinds : tuple of (str, int, int)
        The values at fault, with their rows in reference and in current, where
        a kind that is new is news by itself.
    examples : tuple of str
        A few values, ready to be shown.
    """

    name: str
    current: int
    reference: int = 0
    kinds: tuple[tuple[str, int, int], ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def new(self) -> int:
        """Rows of current that hold a kind the reference has not."""
        return sum(now for _, was, now in self.kinds if was == 0)

    @property
    def shown(self) -> str:
        """The examples in brackets, or nothing."""
        return f" ({', '.join(self.examples[:_SHOWN])})" if self.examples else ""


def quoted(label: str) -> str:
    """Bound a value and quote it.

    Examples
    --------
    >>> quoted("a" * 50)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...'"
    """
    return repr(label if len(label) <= _LONGEST else f"{label[: _LONGEST - 3]}...")
