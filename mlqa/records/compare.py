"""What differs between two runs: code, data, parameters, environment, and what the checks measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlqa.records.runs import datasets_of, of_kind, part
from mlqa.records.store import kept

__all__ = ["Difference", "compared", "packages_of"]

_NUMBERS = ("estimate", "low", "high")


class Difference(NamedTuple):
    """One thing that differs: of `kind` code, data, parameters, environment, gate, metrics or outputs."""

    kind: str
    name: str
    old: str
    new: str


def compared(
    old: Sequence[dict[str, Any]], new: Sequence[dict[str, Any]], homes: tuple[Path, Path]
) -> tuple[Difference, ...]:
    """Compare two runs by their records.

    Parameters
    ----------
    old, new : sequence of dict
        Records of one run each, as `mlqa.records.chosen` gives them.
    homes : tuple of two pathlib.Path
        Their ``.mlqa`` folders, in which the lists of packages are kept.

    Returns
    -------
    tuple of Difference
        Ordered by kind; empty when the records tell of no difference.
    """
    starts = [next((facet for _, facet in of_kind(run, "run")), {}) for run in (old, new)]
    steps = [{str(facet.get("step")): (record, facet) for record, facet in of_kind(run, "step")} for run in (old, new)]
    found = [*_code(*starts), *_environment(starts, homes)]
    for name in dict.fromkeys([*steps[0], *steps[1]]):
        pair = [side.get(name, ({}, {})) for side in steps]
        found += _step(name, [record for record, _ in pair], [facet for _, facet in pair])
    order = ("code", "data", "parameters", "environment", "gate", "metrics", "outputs")
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))


def packages_of(start: Mapping[str, Any], home: Path) -> dict[str, str] | None:
    """Return every package of a run's environment; None where the list is gone."""
    content = kept(home, str(part(start, "environment").get("digest")))
    if content is None:
        return None
    return dict(line.split("==", 1) for line in content.decode().splitlines() if "==" in line)


def _changed(kind: str, prefix: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name) or (name in old) != (name in new):
            yield Difference(kind, f"{prefix}{name}", _shown(old, name), _shown(new, name))


def _shown(table: Mapping[str, Any], name: str) -> str:
    if name not in table:
        return "none"
    value = table[name]
    digest = isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
    return value[:12] if digest else str(value)


def _code(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    sides = [part(one, "code") for one in (old, new)]
    words = [
        {"commit": f"{str(one.get('commit'))[:12]}{' with changes' if one.get('dirty') else ''}"} if one else {}
        for one in sides
    ]
    yield from _changed("code", "", *words)
    yield from _changed("code", "", part(old, "sources"), part(new, "sources"))
    yield from _changed("code", "", {"mlqa": old.get("version")}, {"mlqa": new.get("version")})


def _environment(starts: Sequence[Mapping[str, Any]], homes: tuple[Path, Path]) -> Iterator[Difference]:
    sides = [part(one, "environment") for one in starts]
    plain = [{key: one.get(key) for key in ("python", "system")} for one in sides]
    yield from _changed("environment", "", *plain)
    if sides[0].get("digest") == sides[1].get("digest"):
        return
    packages = [packages_of(start, home) for start, home in zip(starts, homes)]
    known = [part(side, "packages") if found is None else found for side, found in zip(sides, packages)]
    told = list(_changed("environment", "", *known))
    yield from told or [Difference("environment", "packages", "others", "others")]


def _step(name: str, records: Sequence[dict[str, Any]], facets: Sequence[dict[str, Any]]) -> Iterator[Difference]:
    modules = [part(part(facet, "made_of"), "modules") for facet in facets]
    yield from _changed("code", f"{name}: ", *modules)
    yield from _changed("parameters", f"{name}: ", *(part(facet, "parameters") for facet in facets))
    yield from _changed("data", f"{name}: ", *(datasets_of(record, "inputs") for record in records))
    yield from _changed("outputs", f"{name}: ", *(datasets_of(record, "outputs") for record in records))
    words = [{"status": "go" if f.get("status") == "up to date" else f.get("status", "none")} for f in facets]
    yield from _changed("gate", f"{name}: ", *words)
    sides = [_measured(facet) for facet in facets]
    yield from _changed("metrics", f"{name}: ", *sides)


def _measured(facet: Mapping[str, Any]) -> dict[str, str]:
    """Return what each check measured, in words, by test and check; a repeated one is numbered."""
    found: dict[str, str] = {}
    verdicts = facet.get("verdicts")
    for verdict in verdicts if isinstance(verdicts, list) else []:
        if not isinstance(verdict, dict):
            continue
        source = str(verdict.get("source") or "")
        base = f"{source} {verdict.get('check')}".strip()
        count = sum(name == base or name.startswith(f"{base} (") for name in found)
        found[f"{base} ({count + 1})" if count else base] = _in_words(verdict)
    return found


def _in_words(verdict: Mapping[str, Any]) -> str:
    estimate, low, high = (verdict.get(name) for name in _NUMBERS)
    words = str(verdict.get("outcome", "")).upper()
    if isinstance(estimate, (int, float)):
        words += f" {estimate:.4g}"
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        words += f" [{low:.4g}, {high:.4g}]"
    return words
