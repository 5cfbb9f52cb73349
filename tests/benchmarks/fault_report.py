"""The result of the fault benchmark as Markdown."""

from __future__ import annotations

from fault_catalogue import FAULTS, SEVERITIES
from fault_score import false_alarms, overall, per_fault, scored

NONE = "-"


def summary(records: list[dict]) -> dict:
    """Return all figures, tool by tool; peers and mlqa beside them on the runs that all of them did."""
    clean = [record for record in records if record["fault"] is None]
    faulty = [scored(record) for record in records if record["fault"] is not None]
    tools = list(dict.fromkeys(record["tool"] for record in records))
    shared = set.intersection(*({key_of(r) for r in records if r["tool"] == tool} for tool in tools))
    return {
        "controls": {tool: false_alarms([r for r in clean if r["tool"] == tool]) for tool in tools},
        "faults": {tool: per_fault([s for s in faulty if s["tool"] == tool]) for tool in tools},
        "overall": {tool: overall([s for s in faulty if s["tool"] == tool]) for tool in tools},
        "same_runs": {
            tool: {
                "controls": false_alarms([r for r in clean if r["tool"] == tool and key_of(r) in shared]),
                "overall": overall([s for s in faulty if s["tool"] == tool and key_of(s) in shared]),
                "faults": per_fault([s for s in faulty if s["tool"] == tool and key_of(s) in shared]),
            }
            for tool in tools
        }
        if len(tools) > 1
        else {},
        "missed": [s for s in faulty if s["tool"] == "mlqa" and not s["found"]],
        "unnamed": [s for s in faulty if s["tool"] == "mlqa" and s["found"] and s["named"] is False],
    }


def key_of(record: dict) -> tuple:
    return tuple(record.get(key) for key in ("table", "seed", "fault", "severity", "predicted"))


def per_cent(value: float | None, digits: int = 0) -> str:
    return NONE if value is None else f"{100 * value:.{digits}f} %"


def markdown(found: dict) -> str:
    """Return the tables: peers beside mlqa, clean runs, every fault with what its severities mean."""
    parts = [beside(found["same_runs"])] if found["same_runs"] else []
    parts += [clean(found["controls"]["mlqa"]), total(found["overall"]["mlqa"]), faults(found["faults"]["mlqa"])]
    return "\n\n".join(parts)


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def beside(same: dict) -> str:
    head = ["same runs", "clean runs that alarm", "found, mild", "found, strong", "right column named", "named first"]
    rows = []
    for tool, figures in same.items():
        alarms, both = figures["controls"], figures["overall"]
        named, first = (mean_of(both, key) for key in ("named", "first"))
        share = f"{per_cent(alarms['rate'])} ({alarms['alarms']} of {alarms['runs']})"
        found = [f"{both[severity]['rate'] or 0:.2f} ({both[severity]['runs']})" for severity in SEVERITIES]
        rows.append([tool, share, *found, per_cent(named), per_cent(first)])
    return table(head, rows)


def mean_of(both: dict, key: str) -> float | None:
    values = [both[severity][key] for severity in SEVERITIES if both[severity][key] is not None]
    return sum(values) / len(values) if values else None


def clean(alarms: dict) -> str:
    by_rows = ", ".join(f"n = {n}: {loud} of {runs}" for n, (loud, runs) in alarms["by_rows"].items())
    fired = ", ".join(f"{check} {count}" for check, count in alarms["fired"].items()) or "none"
    return (
        f"Clean runs: {alarms['alarms']} of {alarms['runs']} alarm = {per_cent(alarms['rate'], 2)} "
        f"(exact 95 % interval {per_cent(alarms['low'], 2)} to {per_cent(alarms['high'], 2)}; "
        f"{alarms['crashes']} crashes). By rows a side, at least: {by_rows}. What fired: {fired}."
    )


def total(both: dict) -> str:
    head = ["all faults", "runs", "net detection (mean over faults)", "column named", "named first", "innocent columns"]
    rows = [
        [
            severity,
            str(cell["runs"]),
            f"{cell['rate'] or 0:.3f}",
            per_cent(cell["named"]),
            per_cent(cell["first"]),
            f"{cell['innocent'] or 0:.2f}",
        ]
        for severity, cell in both.items()
    ]
    return table(head, rows)


def faults(found: dict) -> str:
    head = ["fault", "mild", "found", "named", "first", "strong", "found", "named", "first"]
    return table(head, [row_of(name, found[name]) for name in FAULTS if name in found])


def row_of(name: str, cells: dict) -> list[str]:
    row = [name]
    for severity in SEVERITIES:
        cell = cells.get(severity)
        seen = [f"{cell['found']}/{cell['runs']}", per_cent(cell["named"]), per_cent(cell["first"])] if cell else []
        row += [FAULTS[name].said(severity), *(seen or [NONE] * 3)]
    return row
