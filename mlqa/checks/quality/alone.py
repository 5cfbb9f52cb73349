"""One table without a reference: the verdict on rows that go against a claim, a contract."""

from __future__ import annotations

from collections.abc import Sequence

from mlqa.checks.quality.found import Claim, Found
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["judge_alone"]


def judge_alone(
    claim: Claim,
    looked_at: Sequence[Found],
    at_fault: Sequence[Found],
    *,
    rows: int,
    method: str,
    limit: float | None = None,
) -> Verdict:
    """Say which columns hold rows that go against the claim.

    Parameters
    ----------
    claim : Claim
    looked_at, at_fault : list of Found
        All columns, and those of them that break the claim.
    rows : int
        Of the table.
    method : str
    limit : float in [0, 1], optional
        On the share of the rows, where there is one.

    Returns
    -------
    Verdict
        A contract: no level. ``evidence.estimate`` is the largest share of
        rows at fault.
    """
    worst = sorted(at_fault, key=lambda found: (-found.current, found.name))
    most = max((found.current for found in worst or looked_at), default=0)
    shown = [found.name for found in worst]
    return Verdict(
        check=claim.check,
        outcome=Outcome.FAIL if worst else Outcome.PASS,
        claim=claim.claim,
        reason=_broken(claim, worst, rows) if worst else _kept(claim, looked_at, limit),
        evidence=Evidence(
            estimate=most / rows,
            limit=limit,
            unit="of rows",
            n=rows,
            method=method,
            worst=tuple(_example(found) for found in worst),
        ),
        columns=tuple(shown),
        remedy=claim.remedy if worst else "",
    )


def _example(found: Found) -> dict[str, str | int]:
    return {"column": found.name, "rows": found.current, "values": ", ".join(found.examples[:4])}


def _broken(claim: Claim, worst: list[Found], rows: int) -> str:
    """Say what the worst column holds, and name the others."""
    top = worst[0]
    others = f"; also {listed([found.name for found in worst[1:]])}" if len(worst) > 1 else ""
    return f"{top.name!r} holds {claim.what} in {top.current} of {rows} rows{top.shown}{others}"


def _kept(claim: Claim, looked_at: Sequence[Found], limit: float | None) -> str:
    """Say that nothing, or nothing beyond a limit, was found."""
    columns = "1 column" if len(looked_at) == 1 else f"{len(looked_at)} columns"
    some = [found for found in looked_at if found.current]
    if not some:
        return f"none of {columns} holds {claim.what}"
    beside = f"no more than the limit {number(limit)} of rows" if limit is not None else "as part of what it holds"
    hold = "holds" if len(some) == 1 else "hold"
    return f"{listed([found.name for found in some])} of {columns} {hold} {claim.what}, {beside}"
