"""From keys that lie in both tables to a verdict."""

from __future__ import annotations

from collections.abc import Mapping

from mlqa.checks.leakage.shared_keys import SharedKeys
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import listed, number

__all__ = ["shared_answer"]


def shared_answer(
    found: Mapping[str, SharedKeys | str],
    at_fault: Mapping[str, bool],
    *,
    check: str,
    claim: str,
    keys: str,
    quiet: str,
    remedy: str,
) -> Verdict:
    """Judge the columns of keys together.

    Parameters
    ----------
    found : mapping of column to SharedKeys or to the reason why it is not asked
    at_fault : mapping of column to bool
        Of every column that is asked.
    check, claim : str
    keys : str
        What the keys are called: ids, groups.
    quiet : str
        Added where no column is at fault.
    remedy : str
    """
    left_out = {name: why for name, why in found.items() if isinstance(why, str)}
    asked = [keys_ for keys_ in found.values() if isinstance(keys_, SharedKeys)]
    told = "; ".join(f"{listed([name])}: {why}" for name, why in left_out.items())
    if not asked:
        return Verdict(check=check, outcome=Outcome.SKIPPED, claim=claim, reason=told)
    guilty = sorted((one for one in asked if at_fault[one.name]), key=lambda one: (-one.shared, one.name))
    top = guilty[0] if guilty else max(asked, key=lambda one: one.shared)
    reason = _reason(top, keys, [one.name for one in guilty[1:]]) if guilty else _quiet(asked, keys) + quiet
    return Verdict(
        check=check,
        outcome=Outcome.FAIL if guilty else Outcome.PASS,
        claim=claim,
        reason=f"{reason}; left out: {told}" if told else reason,
        evidence=Evidence(
            estimate=float(top.shared),
            limit=0.0,
            unit=f"shared {keys}",
            n=int(top.x.sum() + top.y.sum()),
            method="keys of both tables lined up" + ("" if top.complete else ", a sample of them by hash"),
            worst=tuple({"column": one.name, "key": key} for one in guilty for key in one.examples),
        ),
        columns=tuple(one.name for one in guilty),
        remedy=remedy if guilty else "",
    )


def _reason(top: SharedKeys, keys: str, others: list[str]) -> str:
    """Say how many keys of current the reference has."""
    known = int((top.y > 0).sum())
    share = number(100 * top.shared / known)
    sample = "" if top.complete else " of a sample"
    also = f"; also {listed(others)}" if others else ""
    told = f"{top.shared} of {known} {keys}{sample} in current ({share} %), with {_rows(top.rows)},"
    return f"{top.name!r}: {told} are in the reference too: {listed(list(top.examples))}{also}"


def _quiet(asked: list[SharedKeys], keys: str) -> str:
    rows = sum(one.shared for one in asked)
    if not rows:
        return f"no {keys} of current lie in the reference, by {listed([one.name for one in asked])}"
    return f"{rows} {keys} lie in both tables"


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"
