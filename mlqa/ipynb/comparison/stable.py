"""The outputs of a cell over several runs: which vary, how, and what would make them hold."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlqa.ipynb.comparison.difference import Difference
from mlqa.ipynb.comparison.outputs import compare_outputs
from mlqa.ipynb.comparison.outputs_hold import as_verdict
from mlqa.ipynb.comparison.rules import Rules
from mlqa.verdict import Outcome, Verdict

__all__ = ["Proposal", "outputs_stable", "proposal_for"]

_WIDEST = 1e-2  # a limit wider than this would hide a change that matters
_ROOM = 3.0
_IGNORE = "nbval-ignore-output"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What would make the outputs of a cell hold.

    Attributes
    ----------
    tag : str
        For the cell; empty where its outputs are stable.
    because : str
    sanitize : str
        A pattern for the file of ``[tool.mlqa.outputs] sanitize``, in place of
        the tag; empty where there is none.
    """

    tag: str = ""
    because: str = ""
    sanitize: str = ""


def outputs_stable(runs: Sequence[Sequence[Mapping[str, Any]]], *, rules: Rules | None = None) -> Verdict:
    """Say whether a cell gives the same outputs in every run.

    Parameters
    ----------
    runs : sequence of lists of outputs
        At least two, in nbformat 4 shape.
    rules : Rules, optional

    Returns
    -------
    Verdict
        A contract; the remedy is a tag or a tolerance.

    Examples
    --------
    >>> runs = [[{"output_type": "stream", "name": "stdout", "text": f"loss 0.5{at}"}] for at in (1, 2)]
    >>> outputs_stable(runs).outcome.value
    'fail'
    """
    rules = Rules() if rules is None else rules
    found = _widest(runs, rules)
    verdict = as_verdict(found, len(runs), rules)
    claim = f"the cell gives the same outputs in each of {len(runs)} runs"
    evidence = replace(verdict.evidence, method=f"runs in fresh kernels; {verdict.evidence.method}")
    named = replace(verdict, check="notebook.outputs_stable", claim=claim, evidence=evidence)
    if verdict.outcome is not Outcome.FAIL:
        return named
    proposal = proposal_for(runs, rules)
    remedy = f"tag the cell {proposal.tag} ({proposal.because})"
    if proposal.sanitize:
        remedy += f", or sanitize what varies: regex: {proposal.sanitize}"
    return replace(named, remedy=remedy)


def proposal_for(runs: Sequence[Sequence[Mapping[str, Any]]], rules: Rules) -> Proposal:
    """Propose a tag: a tolerance where only numbers vary and by little, else to ignore the output.

    Examples
    --------
    >>> runs = [[{"output_type": "stream", "name": "stdout", "text": f"loss 0.{at}"}] for at in (50001, 50003)]
    >>> proposal_for(runs, Rules()).tag
    'mlqa-relative=0.001'
    """
    found = _widest(runs, rules)
    if not found:
        return Proposal()
    pictures = [one for one in found if one.picture is not None]
    off = max((one.off or math.inf for one in found if one.picture is None), default=0.0)
    limit = _rounded_up(off * _ROOM)
    tagged = replace(rules, relative=limit) if 0 < limit <= _WIDEST else rules
    if not pictures and tagged is not rules and not _widest(runs, tagged):
        return Proposal(tag=f"mlqa-relative={limit:g}", because=f"numbers vary by at most {off:.1e} relative")
    share = max((one.off or math.inf for one in pictures), default=math.inf)
    limit = _rounded_up(share * _ROOM)
    if len(pictures) == len(found) and limit <= _WIDEST and not _widest(runs, replace(rules, picture=limit)):
        return Proposal(tag=f"mlqa-picture={limit:g}", because=f"at most {100 * share:.2g} % of the pixels vary")
    if math.isfinite(off) and off > 0 and not pictures:
        return Proposal(tag=_IGNORE, because=f"numbers vary by as much as {off:.1e} relative: set a seed if you can")
    what = "pictures vary" if pictures else "text varies"
    return Proposal(tag=_IGNORE, because=what, sanitize=_pattern(found))


def _widest(runs: Sequence[Sequence[Mapping[str, Any]]], rules: Rules) -> list[Difference]:
    """Return, of all runs against the first, each place where it is furthest apart."""
    widest: dict[tuple[str, str], Difference] = {}
    for run in runs[1:]:
        for one in compare_outputs(runs[0], run, rules):
            known = widest.setdefault((one.output, one.where), one)
            if known.off is not None and (one.off is None or one.off > known.off):
                widest[one.output, one.where] = one
    return list(widest.values())


def _rounded_up(value: float) -> float:
    """Round up to a power of ten."""
    return value if value <= 0 or not math.isfinite(value) else 10.0 ** math.ceil(math.log10(value))


def _pattern(found: Sequence[Difference]) -> str:
    """Propose a pattern of what varies: where all of it is one word between equal words."""
    patterns = set()
    for one in found:
        left, right = one.stored.split(), one.new.split()
        apart = [at for at, pair in enumerate(zip(left, right)) if pair[0] != pair[1]]
        if len(left) != len(right) or len(apart) != 1 or "..." in left:
            return ""
        before = re.escape(left[apart[0] - 1]) + " " if apart[0] else ""
        patterns.add(f"{before}\\S+")
    return patterns.pop() if len(patterns) == 1 else ""
