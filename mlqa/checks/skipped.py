"""The verdict of a question that does not apply."""

from __future__ import annotations

from mlqa.verdict import Outcome, Verdict

__all__ = ["skipped"]


def skipped(check: str, claim: str, reason: str, *, alpha: float | None = None, remedy: str = "") -> Verdict:
    """Say that a question does not apply, why, and where something can be done about it, what.

    Parameters
    ----------
    check : str
        Id ``family.claim``.
    claim, reason, remedy : str
    alpha : float in (0, 0.5), optional
        Level of a statistical check.

    Examples
    --------
    >>> print(skipped("demo.always", "the sun rises", "it is night", remedy="wait"))
    SKIPPED  demo.always  (contract)
      claim     the sun rises
      because   it is night
      next      wait
      docs      mlqa: demo.always
    """
    return Verdict(check=check, outcome=Outcome.SKIPPED, claim=claim, reason=reason, alpha=alpha, remedy=remedy)
