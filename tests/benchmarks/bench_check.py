"""Speed and memory of the default checks, line by line of DESIGN 5: ``make bench``.

``python tests/benchmarks/bench_check.py [--quick] [--peers] [--out FOLDER]``
measures `mlqa.check` of two tables of 31 columns beside a floor (what no exact
answer can leave out, in polars), its memory, tables far larger than memory, a
very wide one, and how the cost grows. Every measurement has a process of its
own on two cores; one at a time. Writes speed.md, speed.json and growth.svg.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from speed_plot import panel, picture
from speed_tables import WIDTH, write

HERE = Path(__file__).resolve().parent
MOST_OF_FLOOR = 2.0
MOST_MEMORY = 0.5
MOST_STREAMED = 2500
LEAST_FASTER = {"deepchecks": 50, "evidently": 20}


def options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000], help="rows of each table")
    parser.add_argument("--stream", type=int, default=10_000_000, help="rows of each table read from parquet; 0: none")
    parser.add_argument("--wide", default="300000x1000", help="rows x columns of each wide table; '' for none")
    parser.add_argument("--grow-rows", type=int, nargs="*", default=[30_000, 100_000, 300_000, 1_000_000, 3_000_000])
    parser.add_argument("--grow-columns", type=int, nargs="*", default=[16, 31, 62, 124, 248])
    parser.add_argument("--peers", nargs="*", help="also deepchecks and evidently, or those named")
    parser.add_argument("--peer-rows", type=int, nargs="*", default=[100_000])
    parser.add_argument("--repeats", type=int, default=3, help="runs of which the shortest counts")
    parser.add_argument("--out", type=Path, default=HERE / "out")
    parser.add_argument(
        "--work", type=Path, help="where the tables go, tens of GB if large; by default a temporary folder"
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes, to see that it runs")
    chosen = parser.parse_args(words)
    if chosen.quick:
        chosen.rows, chosen.stream, chosen.wide, chosen.repeats = [2000], 20_000, "500x60", 1
        chosen.grow_rows, chosen.grow_columns, chosen.peer_rows = [1000, 3000], [16, 31], [1000]
    return chosen


def measure(what: str, folder: Path, *, in_memory: bool = True, repeats: int = 1) -> dict:
    """Run one measurement in a process of its own."""
    task = {"what": what, "before": str(folder / "before"), "after": str(folder / "after")}
    task |= {"in_memory": in_memory, "repeats": repeats}
    command = [sys.executable, str(HERE / "speed_run.py"), json.dumps(task)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{what} of {folder.name} broke:\n{done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    line = f"{folder.name:>16} {what:<10} {found['seconds']:8.2f} s {found['cpu']:8.2f} cpu {found['peak']:8.0f} MB"
    print(line, file=sys.stderr, flush=True)
    return found


def made(work: Path, rows: int, width: int = WIDTH) -> Path:
    """Return a folder with both tables, written once."""
    folder = work / f"{rows}x{width}"
    if not folder.exists():
        for seed, side in enumerate(("before", "after")):
            write(folder / side, rows, seed, width)
    return folder


def beside_floor(work: Path, rows: int, repeats: int) -> list[tuple[str, str, str, bool]]:
    """Time the checks beside the floor, and weigh their memory against the tables."""
    folder = made(work, rows)
    floor, profiles, check = (measure(what, folder, repeats=repeats) for what in ("floor", "profiles", "check"))
    ratio = check["seconds"] / floor["seconds"]
    own = check["peak"] - check["bare"] - check["tables"]
    extra = own / max(check["tables"], 1.0)
    size = f"{rows:,} + {rows:,} rows"
    seconds = f"{check['seconds']:.2f} s = {ratio:.2f} x floor ({floor['seconds']:.2f} s)"
    share = f"{profiles['seconds']:.2f} s, the checks {check['seconds'] - profiles['seconds']:.2f} s"
    memory = (
        f"tables + {100 * extra:.0f} %: peak {check['peak']:.0f} MB = libraries {check['bare']:.0f} MB"
        f" + tables {check['tables']:.0f} MB + {own:.0f} MB"
    )
    return [
        (f"mlqa.check, {size}", seconds, f"at most {MOST_OF_FLOOR:g} x floor", ratio <= MOST_OF_FLOOR),
        ("of that, both profiles", share, "", True),
        (f"peak memory, {size}", memory, f"at most + {100 * MOST_MEMORY:.0f} %", extra <= MOST_MEMORY),
    ]


def streamed(work: Path, rows: int) -> tuple[str, str, str, bool]:
    """Check tables from parquet that are never held whole."""
    found = measure("check", made(work, rows), in_memory=False)
    spent = f"{found['seconds']:.0f} s ({found['cpu']:.0f} s of processor time)"
    text = f"{spent}, peak {found['peak'] / 1000:.2f} GB, all told"
    wanted = f"at most {MOST_STREAMED / 1000:g} GB"
    return f"from parquet, {rows:,} + {rows:,} rows", text, wanted, found["peak"] <= MOST_STREAMED


def wide(work: Path, shape: str) -> tuple[str, str, str, bool]:
    """Check the shape that makes Evidently take hours."""
    rows, columns = (int(part) for part in shape.split("x"))
    found = measure("check", made(work, rows, columns), in_memory=False)
    rate = rows * columns * 2 / found["seconds"] / 1e6
    at_full = 3_000_000 * 1000 * 2 / rate / 1e6 / 60
    text = (
        f"{found['seconds']:.0f} s ({found['cpu']:.0f} s of processor time), peak {found['peak'] / 1000:.2f} GB;"
        f" 3M x 1,000 at this rate: {at_full:.0f} minutes"
    )
    return f"wide, {rows:,} + {rows:,} rows x {columns:,} columns", text, "minutes", at_full <= 30


def growth(work: Path, chosen: argparse.Namespace) -> tuple[str, dict]:
    """Weigh ever more rows, and ever more columns, by the processor time they cost: others' work disturbs it least."""
    widths, least = chosen.grow_columns, sorted(chosen.grow_rows or chosen.rows or [100_000])[:2][-1]
    spent = {
        "rows": {what: [(n, cost(what, made(work, n))) for n in chosen.grow_rows] for what in ("check", "profiles")},
        "columns": {what: [(n, cost(what, made(work, least, n))) for n in widths] for what in ("check", "profiles")},
    }
    titles = {"rows": (f"{WIDTH} columns", "rows of each table"), "columns": (f"{least:,} + {least:,} rows", "columns")}
    names = {"check": "mlqa.check, processor time", "profiles": "of that, both profiles"}
    drawn = [axis for axis in spent if spent[axis]["check"]]
    panels = [
        panel(*titles[axis], {names[what]: points for what, points in spent[axis].items()}, at)
        for at, axis in enumerate(drawn)
    ]
    return picture(panels) if panels else "", spent


def cost(what: str, folder: Path) -> float:
    """Return the processor time of one measurement, of all threads."""
    return measure(what, folder)["cpu"]


def beside_peers(work: Path, chosen: argparse.Namespace) -> list[tuple[str, str, str, bool]]:
    """Time the peers' own defaults on the same tables."""
    from speed_peers import PEERS, timed

    lines = []
    for rows in chosen.peer_rows:
        folder = made(work, rows)
        ours = measure("check", folder, in_memory=False, repeats=chosen.repeats)
        for peer in chosen.peers or PEERS:
            found = timed(peer, folder / "before", folder / "after", work)
            faster = found.get("seconds", 0.0) / ours["seconds"]
            text = found.get("left out") or found["crash"] or f"{found['seconds']:.1f} s, {found['peak'] / 1000:.2f} GB"
            text += f"; mlqa {ours['seconds']:.2f} s, {faster:.0f} x faster"
            wanted = f"at least {LEAST_FASTER[peer]} x faster"
            lines.append((f"{peer}, {rows:,} + {rows:,} rows", text, wanted, faster >= LEAST_FASTER[peer]))
    return lines


def markdown(lines: list[tuple[str, str, str, bool]]) -> str:
    rows = [f"| {what} | {found} | {wanted} | {'yes' if holds else 'NO'} |" for what, found, wanted, holds in lines]
    return "\n".join(["| what | measured | wanted | holds |", "|---|---|---|---|", *rows, ""])


def main(words: list[str] | None = None) -> None:
    chosen = options(words)
    chosen.out.mkdir(parents=True, exist_ok=True)
    work = chosen.work or Path(tempfile.mkdtemp(prefix="mlqa-bench-"))
    try:
        lines = [line for rows in chosen.rows for line in beside_floor(work, rows, chosen.repeats)]
        lines += [streamed(work, chosen.stream)] if chosen.stream else []
        lines += [wide(work, chosen.wide)] if chosen.wide else []
        drawn, grown = growth(work, chosen)
        lines += beside_peers(work, chosen) if chosen.peers is not None else []
    finally:
        if chosen.work is None:
            shutil.rmtree(work)
    (chosen.out / "speed.md").write_text(markdown(lines), encoding="utf-8")
    if drawn:
        (chosen.out / "growth.svg").write_text(drawn, encoding="utf-8")
    (chosen.out / "speed.json").write_text(json.dumps({"lines": lines, "growth": grown}, indent=1), encoding="utf-8")
    print(markdown(lines))


if __name__ == "__main__":
    main()
