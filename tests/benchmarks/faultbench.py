"""The fault benchmark: what fails where nothing is wrong, and what is found where something is.

Run by hand: ``python tests/benchmarks/faultbench.py [--quick]``, or `make faultbench`.

Controls are disjoint random samples of real tables; any FAIL of `mlqa.check`
(contracts too) and any crash is a false alarm. Each fault is put into such a
pair at two severities (fault_catalogue), one column of those that can carry it
at a time. Net detection is an alarm that the same pair without the fault does
not have; the right column is named if the fault's column is among those of such
an alarm. deepchecks and Evidently (`--peers`) are asked about a part of the same
pairs: an alarm of theirs is any failed condition of the suites of data integrity
and train-test validation, any failed test of the presets of drift and summary.

Equal arguments give equal pairs. Markdown on stdout, all figures to `--json`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from fault_catalogue import FAULTS
from fault_peers import PEERS, environment
from fault_report import markdown, summary
from fault_runs import Task, carriers, carries, carry_out, every_fault
from fault_score import SIZES
from fault_tables import TABLES, generator, rows_of

ROWS = 1000
PAUSE = 10  # seconds between two lines of progress
PACKET = 30  # faults a process does in one go
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS")


def options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--quick",
        action="store_true",
        help="three tables for each fault, few controls, no peers",
    )
    parser.add_argument("--runs", type=int, default=6, help="controls of each table and size [6]")
    parser.add_argument("--repeats", type=int, default=1, help="samples of each table for the faults [1]")
    parser.add_argument("--tables", default="", help="names, with commas, or none; all by default")
    parser.add_argument("--faults", default="", help="names, with commas, or none; all by default")
    parser.add_argument("--each", type=int, default=0, help="tables for each fault; 0: all that can carry it [0]")
    parser.add_argument("--peers", default=",".join(PEERS), help="peers to measure, with commas; none for none")
    parser.add_argument("--peer-runs", type=int, default=3, help="tables for each fault that peers are asked of [3]")
    parser.add_argument("--jobs", type=int, default=2, help="processes [2]")
    parser.add_argument("--json", type=Path, help="where all figures and records go")
    return parser.parse_args(words)


def plan(given: argparse.Namespace) -> list[Task]:
    """Return the work: controls, faults, and the part of them that peers do."""
    tables, faults = names_of(given.tables, TABLES), names_of(given.faults, FAULTS)
    runs, sizes, each = given.runs, SIZES, given.each
    if given.quick:
        runs, sizes, each = min(runs, 2), (200, 1000), each or 3
    tasks = []
    for table in tables:
        for rows in sorted({rows_of(table, size, spare=False) for size in sizes}):
            tasks += [Task(table, rows, 1000 + seed) for seed in range(runs)]
    carrying = carriers(tables)
    if each:
        tasks += [Task(*task) for task in part(carrying, faults, each)]
    else:
        tasks += whole(carrying, every_fault(faults), given.repeats)
    for peer in [] if given.quick else names_of(given.peers, PEERS):
        python = environment(peer)
        if python is not None:
            tasks += [Task(*task, peer, str(python)) for task in part(carrying, faults, given.peer_runs)]
    return tasks


def names_of(given: str, known) -> list[str]:
    chosen = [] if given == "none" else given.split(",") if given else list(known)
    unknown = [name for name in chosen if name not in known]
    if unknown:
        sys.exit(f"unknown: {', '.join(unknown)}; known: {', '.join(known)}")
    return chosen


def whole(tables: list[str], faults, repeats: int) -> list[Task]:
    """Put every fault into every table, in packets."""
    packets = [faults[at : at + PACKET] for at in range(0, len(faults), PACKET)]
    return [Task(table, ROWS, seed, packet) for table in tables for seed in range(repeats) for packet in packets]


def part(tables: list[str], faults: list[str], count: int) -> list[tuple]:
    """Choose for each fault at random some tables that can carry it, and gather them by table."""
    chosen = {table: [] for table in tables}
    for fault in faults:
        able = (
            str(table) for table in generator("peers", fault).permutation(tables) if carries(str(table), fault, ROWS)
        )
        for table in islice(able, count):
            chosen[table] += every_fault([fault])
    return [(table, ROWS, 0, tuple(found)) for table, found in chosen.items() if found]


def done(tasks: list[Task], jobs: int) -> list[dict]:
    """Carry the tasks out, those of peers first, with a line of progress; records come in the order of the tasks."""
    order = sorted(tasks, key=lambda task: (task.tool == "mlqa", -len(task.faults)))
    if jobs == 1:
        results = {task: carry_out(task) for task in shown(order, len(tasks))}
    else:
        os.environ.update(dict.fromkeys(THREADS, "1"))  # of the processes: each loads numpy and polars after this
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            waiting = {pool.submit(carry_out, task): task for task in order}
            finished = shown((future for future in as_completed(waiting)), len(tasks))
            results = {waiting[future]: future.result() for future in finished}
    return [record for task in tasks for record in results[task]]


def shown(things, count: int):
    """Pass things on and say on stderr how far it is."""
    start = said = time.perf_counter()
    for place, thing in enumerate(things, 1):
        yield thing
        now = time.perf_counter()
        if now - said > PAUSE or place == count:
            said = now
            print(f"{place} of {count} tasks, {now - start:.0f} s", file=sys.stderr, flush=True)


def main(words: list[str] | None = None) -> dict:
    given = options(words)
    records = unique(done(plan(given), given.jobs))
    found = summary(records)
    if given.json is not None:
        given.json.write_text(json.dumps({"figures": found, "records": records}, indent=1), encoding="utf-8")
    print(markdown(found))
    return found


def unique(records: list[dict]) -> list[dict]:
    """Keep one record of a control that several packets of faults asked for."""
    kept = {}
    for record in records:
        key = tuple(record.get(name) for name in ("tool", "table", "rows", "seed", "fault", "severity", "predicted"))
        kept.setdefault(key, record)
    return list(kept.values())


if __name__ == "__main__":
    main()
