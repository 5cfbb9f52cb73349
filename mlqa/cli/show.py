"""``mlqa show``: the runs on record, one run, or a report file."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from mlqa import records
from mlqa.cli.console import say, table
from mlqa.cli.gate import report_of
from mlqa.errors import UsageError
from mlqa.gate import Policy
from mlqa.records import ended, facet_of, of_kind, part
from mlqa.report.text import one_line, to_text

__all__ = ["records_file", "show"]

_WORDS = {"pass": "passed", "fail": "failed", "crash": "crashed"}
_MOST = 20


@click.command(short_help="Show the runs on record, one run, or a report.")
@click.argument("what", metavar="[RUN|REPORT]", required=False)
@click.option("--at", "home", metavar="DIR", help="Folder of the pipeline, or the one given as --into.")
def show(what: str | None, home: str | None) -> None:
    """Show a run of the records (its name, or the start of it, or 'last'), or a report file.

    \b
    Examples:
      mlqa show                     the runs on record, and the last one
      mlqa show 20260102T0304       that run: who, when, what, why, decisions
      mlqa show report.json         a report; an executed notebook's too
      mlqa show last --at notebooks

    Without --at, the records of this folder, of ./notebooks, or of the nearest
    folder above are read.
    """
    if what is not None and Path(what).suffix in (".json", ".ipynb"):
        say(_report(Path(what)))
        return
    file = records_file(home)
    chain = records.read(file)
    runs = records.runs_of(chain.records)
    for problem in (*chain.torn, *chain.breaks):
        say(f"warning: {file.name} {problem}")
    if what is None:
        _overview(runs)
        say()
    _tell(records.chosen(runs, what or "last", file), file)


def _report(file: Path) -> str:
    report = report_of(file, Policy())[0]
    try:
        return to_text(report)
    except (ValueError, TypeError, AttributeError) as error:  # numbers that are none, say
        wanted = "the JSON form of schema/verdict-1.json"
        raise UsageError("file", str(file), wanted, f"write it again ({error})", "damage") from error


def records_file(home: str | None) -> Path:
    """Find the file of records of a folder, or of the nearest one here.

    Raises
    ------
    UsageError
        If there is none.
    """
    here = Path.cwd()
    places = [Path(home)] if home is not None else [here, here / "notebooks", *here.parents]
    for place in places:
        for file in (place / ".mlqa" / "records.jsonl", place / "records.jsonl"):
            if file.is_file():
                return file
    hint = "run a pipeline first: mlqa run PIPELINE, or name its folder: mlqa show --at DIR"
    raise UsageError("--at", home or str(here), "a folder with records of runs", hint, "none")


def _list(holder: Mapping[str, Any], name: str) -> list[Any]:
    found = holder.get(name)
    return found if isinstance(found, list) else []


def _overview(runs: Mapping[str, list[dict[str, Any]]]) -> None:
    rows = []
    for name, found in list(runs.items())[-_MOST:]:
        record, facet = next(of_kind(found, "run"), ({}, {}))
        cells = (part(record, "job").get("name", ""), part(facet, "who").get("user", ""), facet.get("reason", ""))
        rows.append([name, ended(found), *(str(cell) for cell in cells)])
    table(["run", "ended", "pipeline", "who", "why"], rows)


def _tell(found: list[dict[str, Any]], file: Path) -> None:
    """Show one run."""
    record, facet = next(of_kind(found, "run"), (found[0], facet_of(found[0])))
    code, who = part(facet, "code"), part(facet, "who")
    commit = (
        f"{str(code.get('commit'))[:12]}{' with changes' if code.get('dirty') else ''}" if code else "not under git"
    )
    service = part(who, "ci").get("service")
    say(f"run {facet.get('run')}: {ended(found)}")
    say(f"  who   {who.get('user', 'unknown')}{f' on {service}' if service else ''}")
    say(f"  when  {record.get('eventTime', 'unknown')}")
    say(f"  what  {part(record, 'job').get('name')}, code {commit}, mlqa {facet.get('version')}")
    say(f"  why   {one_line(str(facet.get('reason') or 'no reason given'))}")
    for name, value in {**part(facet, "parameters"), **part(facet, "input_paths")}.items():
        say(f"  with  {name} = {value!r}")
    for step_record, step in of_kind(found, "step"):
        _tell_step(step_record, step)
    for _, end in of_kind(found, "end"):
        if end.get("error"):
            say(f"  error {one_line(str(end['error']))}")
    folder = file.parent / "runs" / str(facet.get("run"))
    if folder.is_dir():
        say(f"  files {folder}")


def _tell_step(record: Mapping[str, Any], step: Mapping[str, Any]) -> None:
    counts = ", ".join(f"{n} {_WORDS.get(name, name)}" for name, n in part(step, "counts").items() if n)
    seconds = step.get("seconds")
    took = f"{seconds:.1f} s" if isinstance(seconds, (int, float)) else "unknown time"
    since = f", since {step.get('from_run')}" if step.get("from_run") else ""
    tries = f", {step.get('tries')} tries" if step.get("tries") not in (None, 1) else ""
    say(f"  step  {step.get('step')}: {step.get('status')}, {counts or 'no verdicts'}, {took}{tries}{since}")
    for reason in _list(step, "reasons"):
        say(f"          - {one_line(str(reason))}")
    for kind in ("inputs", "outputs"):
        for dataset in (one for one in _list(record, kind) if isinstance(one, dict)):
            digest = part(part(dataset, "facets"), "version").get("datasetVersion", "no digest")
            say(f"          {kind[:-1]} {dataset.get('name')}  {str(digest)[:19]}")
