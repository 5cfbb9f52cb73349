"""From records of runs to rates: false alarms, net detection, and how often the right column is named."""

from __future__ import annotations

from collections import Counter, defaultdict
from statistics import fmean

from fault_catalogue import SEVERITIES
from scipy import stats

SIZES = (200, 500, 1000, 2000, 5000)  # rows a side of the controls


def fresh(record: dict) -> list[tuple[str, list[str]]]:
    """Return the alarms that the paired control does not have, each with the columns that are new in it."""
    quiet = defaultdict(set)
    for check, columns in record["control"].get("alarms", []):
        quiet[check].update(columns)
    found = []
    for check, columns in record.get("alarms", []):
        new = [name for name in columns if name not in quiet[check]] if check in quiet else columns
        if new or check not in quiet:
            found.append((check, new))
    return found


def scored(record: dict) -> dict:
    """Return what counts of one faulted run; `named` and `first` are None where the fault has no column."""
    alarms, truth = fresh(record), set(record["truth"])
    columns = [name for _, names in alarms for name in names]
    named = bool(truth & set(columns)) if truth else None
    first = next((names[0] for _, names in alarms if names), None)
    return {
        **{key: record[key] for key in ("tool", "table", "seed", "fault", "severity", "truth")},
        "found": bool(alarms),
        "named": named,
        "first": (first in truth) if truth else None,
        "innocent": len(set(columns) - truth),
        "checks": [check for check, _ in alarms],
    }


def rate(values) -> float | None:
    values = [value for value in values if value is not None]
    return fmean(values) if values else None


def per_fault(scores: list[dict]) -> dict[str, dict[str, dict]]:
    """Return fault -> severity -> runs, net detection, and naming among the detections."""
    groups = defaultdict(list)
    for score in scores:
        groups[score["fault"], score["severity"]].append(score)
    table = defaultdict(dict)
    for (fault, severity), group in groups.items():
        hits = [score for score in group if score["found"]]
        table[fault][severity] = {
            "runs": len(group),
            "found": sum(score["found"] for score in group),
            "rate": rate(score["found"] for score in group),
            "named": rate(score["named"] for score in hits),
            "first": rate(score["first"] for score in hits),
            "innocent": rate(score["innocent"] for score in hits),
        }
    return dict(table)


def overall(scores: list[dict]) -> dict[str, dict]:
    """Return for each severity the mean over the faults, and naming over all detections of faults with a column."""
    table = per_fault(scores)
    means = {}
    for severity in SEVERITIES:
        cells = [row[severity] for row in table.values() if severity in row]
        hits = [score for score in scores if score["severity"] == severity and score["found"]]
        means[severity] = {
            "faults": len(cells),
            "runs": sum(cell["runs"] for cell in cells),
            "rate": rate(cell["rate"] for cell in cells),
            "named": rate(score["named"] for score in hits),
            "first": rate(score["first"] for score in hits),
            "innocent": rate(score["innocent"] for score in hits),
        }
    return means


def false_alarms(controls: list[dict]) -> dict:
    """Return how many controls alarm (a crash is an alarm), the exact 95 % interval, and what fired."""
    loud = [record for record in controls if record.get("alarms") or record.get("crash")]
    fired = Counter()
    for record in loud:
        fired.update(
            {f"{check}" for check, _ in record.get("alarms", [])} | ({"crash"} if record.get("crash") else set())
        )
    low, high = (0.0, 1.0)
    if controls:
        interval = stats.binomtest(len(loud), len(controls)).proportion_ci(0.95, "exact")
        low, high = interval.low, interval.high
    return {
        "runs": len(controls),
        "alarms": len(loud),
        "crashes": sum(bool(record.get("crash")) for record in controls),
        "rate": len(loud) / max(1, len(controls)),
        "low": low,
        "high": high,
        "fired": dict(fired.most_common()),
        "by_rows": {str(n): tally(controls, loud, n) for n in sorted({about(record) for record in controls})},
        "where": [
            {key: record.get(key) for key in ("table", "rows", "seed", "alarms", "reasons", "crash")} for record in loud
        ][:100],
    }


def about(record: dict) -> int:
    """Return the round number of rows that a record has at least."""
    return max([size for size in SIZES if size <= record["rows"]], default=0)


def tally(controls: list[dict], loud: list[dict], size: int) -> list[int]:
    return [sum(about(record) == size for record in part) for part in (loud, controls)]
