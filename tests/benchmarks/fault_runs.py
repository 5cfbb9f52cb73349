"""One run: a pair of tables, without or with a fault, and what a tool says of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache, lru_cache

from fault_catalogue import FAULTS, SEVERITIES
from fault_peers import Peer
from fault_predictions import with_predictions
from fault_tables import Pair, draw, generator, load

import mlqa
from mlqa import Outcome

LEAST = 700  # rows a side from which a table takes part in the faults


@dataclass(frozen=True)
class Task:
    """What one process does in one go: the control of a sample of a table, and some faults put into it."""

    table: str
    rows: int
    seed: int
    faults: tuple[tuple[str, str], ...] = ()  # (fault, severity)
    tool: str = "mlqa"
    python: str = ""  # of a peer's environment


def ask_mlqa(pair: Pair) -> dict:
    """Return what fails of the default checks, and what crashes."""
    try:
        report = mlqa.check(pair.current, pair.reference, **pair.roles, **pair.outputs)
    except Exception as error:
        return {"alarms": [], "crash": f"{type(error).__name__}: {error}"[:300]}
    failed = [v for v in report.verdicts if v.outcome is Outcome.FAIL]
    broken = [f"{case.source}: {case.crash.type}: {case.crash.message}"[:300] for case in report.cases if case.crash]
    return {
        "alarms": [[v.check, list(v.columns)] for v in failed],
        "reasons": [v.reason for v in failed],
        **({"crash": "; ".join(broken)} if broken else {}),
    }


def carry_out(task: Task) -> list[dict]:
    """Return a record for the control and for every fault that the table can carry."""
    peer = None if task.tool == "mlqa" else Peer(task.tool, task.python)
    ask = ask_mlqa if peer is None else peer.ask
    try:
        return list(records(task, cache(lambda predicted: control(task, predicted)), ask))
    finally:
        if peer is not None:
            peer.close()


def control(task: Task, predicted: bool) -> Pair | None:
    pair = draw(task.table, task.rows, task.seed, spare=bool(task.faults))
    return with_predictions(pair) if predicted else pair


@lru_cache(maxsize=64)
def sample(table: str, rows: int, predicted: bool) -> Pair | None:
    return control(Task(table, rows, 0, (("", ""),)), predicted)


def carries(table: str, name: str, rows: int) -> bool:
    """Tell whether the first sample of a table can carry a fault at both severities."""
    fault = FAULTS[name]
    pair = sample(table, rows, fault.predicted)
    lucks = [(getattr(fault, severity), generator(table, rows, 0, name, severity)) for severity in SEVERITIES]
    return pair is not None and all(fault.inject(pair, amount, luck) is not None for amount, luck in lucks)


def records(task, pair_of, ask):
    answered = {}
    kinds = sorted({FAULTS[fault].predicted for fault, _ in task.faults} or {False})
    for predicted in kinds:
        pair = pair_of(predicted)
        if pair is not None:
            answered[predicted] = timed(ask, pair)
            yield record(task, pair, answered[predicted], fault=None, severity=None, predicted=predicted)
    for name, severity in task.faults:
        fault = FAULTS[name]
        if fault.predicted not in answered:
            continue
        luck = generator(task.table, task.rows, task.seed, name, severity)
        faulted = fault.inject(pair_of(fault.predicted), getattr(fault, severity), luck)
        if faulted is not None:
            answer = timed(ask, faulted.pair)
            before = {
                "control": {"alarms": answered[fault.predicted].get("alarms", [])},
                "truth": sorted(faulted.columns),
            }
            yield record(task, faulted.pair, answer, fault=name, severity=severity, **before)


def timed(ask, pair):
    start = time.perf_counter()
    return {**ask(pair), "seconds": round(time.perf_counter() - start, 3)}


def record(task, pair, answer, **more):
    return {"tool": task.tool, "table": task.table, "rows": pair.current.height, "seed": task.seed, **answer, **more}


def carriers(names) -> list[str]:
    """Return the tables with enough rows for faults."""
    return [name for name in names if load(name).height // 3 >= LEAST]


def every_fault(faults) -> tuple[tuple[str, str], ...]:
    return tuple((fault, severity) for fault in faults for severity in SEVERITIES)
