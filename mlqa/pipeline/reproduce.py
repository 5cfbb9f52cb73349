"""Runs a recorded run again, on its code, parameters and data, and compares what comes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from mlqa import records
from mlqa.errors import UsageError
from mlqa.files import write_atomically
from mlqa.pipeline.environments import build, differing
from mlqa.pipeline.imports import project_of
from mlqa.pipeline.likely import why_differs
from mlqa.records.compare import packages_of

__all__ = ["Reproduction", "reproduce"]

_SCRIPT = """
import json, sys
from pathlib import Path
order = json.loads(Path(sys.argv[1]).read_text())
from mlqa.errors import MlqaError
from mlqa.pipeline.run import run
try:
    done = run(order["source"], into=order["into"], reason=order["reason"], strict=order["strict"],
               parameters=order["parameters"], inputs=order["inputs"], secrets=order["secrets"],
               say=lambda text: print(text, flush=True))
except MlqaError as error:
    print(error)
    raise SystemExit(2)
raise SystemExit(done.exit_code)
"""


class Reproduction(NamedTuple):
    """What came of running a run again: how its outputs compare, and what else differs."""

    run: str
    exit_code: int
    same: tuple[str, ...]
    other: tuple[str, ...]
    why: tuple[str, ...]


def reproduce(
    run: str,
    file: Path,
    into: Path,
    *,
    environment: str = "auto",
    say: Callable[[str], object] = print,
) -> Reproduction:
    """Run a recorded run again in a folder of its own.

    Parameters
    ----------
    run : str
        Its name, the start of it, or ``last``.
    file : pathlib.Path
        Of the records.
    into : pathlib.Path
        Empty or new; gets the code, the environment, the outputs and records.
    environment : str
        ``auto`` builds the recorded one if it is not the one at hand and falls
        back to the one at hand; ``present`` takes that at once.
    say : callable
        Told each line of progress.

    Returns
    -------
    Reproduction
        ``same`` and ``other`` name outputs that are bit-identical or not;
        ``why`` says what differs from the record and likely matters.

    Raises
    ------
    UsageError
        If there is no such run, its code or data are gone, or `into` is not empty.

    Notes
    -----
    Code comes from what the run kept beside its record, so it may have changed
    since, or never have been committed. That a run was reproduced, or not, is
    recorded in the chain as an event of kind ``reproduced``.
    """
    found = records.chosen(records.runs_of(records.read(file).records), run, file)
    start = next((facet for _, facet in records.of_kind(found, "run")), {})
    name = str(start.get("run"))
    if into.exists() and any(into.iterdir()):
        raise UsageError("into", str(into), "a folder that is empty or new", "name another one", "files in it")
    source, moved = _laid_out(start, found, file.parent, into)
    python, told = _environment(start, file.parent, into, environment)
    for line in (*moved, *told):
        say(f"  note: {line}")
    code = _run(start, source, python, into / "again", say)
    same, other = _compared(found, into / "again")
    why = (*moved, *told, *why_differs(other, _root(start), into / "again")) if other else ()
    _record(found, file, name, code, same, other)
    return Reproduction(name, code, same, other, tuple(dict.fromkeys(why)))


def _root(start: Mapping[str, Any]) -> Path:
    return Path(str(start.get("root") or "."))


def _laid_out(
    start: Mapping[str, Any], found: Sequence[dict[str, Any]], home: Path, into: Path
) -> tuple[Path, list[str]]:
    """Lay out the code that the run kept, with links to the data it read; say what data is no longer the same."""
    root = _root(start)
    project = project_of(root)
    code = into / "code"
    for path, digest in records.part(start, "sources").items():
        content = records.kept(home, str(digest))
        if content is None:
            raise UsageError("RUN", str(start.get("run")), "a run whose code was kept", "run it again", f"no {path}")
        write_atomically(_within(code, path), content)
    if not code.is_dir():
        raise UsageError("RUN", str(start.get("run")), "a run whose code was kept", "run it again", "an older record")
    told, here = [], code / os.path.relpath(root, project)
    for path, digest in _read_from_outside(found).items():
        place = root / path
        if not place.exists():
            raise UsageError("RUN", str(start.get("run")), f"its input {path}", "bring it back", "no such file")
        if records.digest_of_path(place) != digest:
            told.append(f"input {path} is no longer the one that was read")
        _link(place, here / path, into)
    for reference in _secret_files(found):
        _link(root / reference, here / reference, into)
    return here / str(records.part(start, "file").get("path")), told


def _link(place: Path, target: Path, into: Path) -> None:
    """Let a relative path of the laid-out code lead to the file itself; it is not copied."""
    if Path(os.path.normpath(target)) != Path(os.path.normpath(place)):
        target = _within(into, os.path.relpath(target, into))
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            target.symlink_to(place)


def _secret_files(found: Sequence[dict[str, Any]]) -> set[str]:
    """Return the relative paths that secrets are read from."""
    references = (
        str(ref) for _, facet in records.of_kind(found, "step") for ref in records.part(facet, "secrets").values()
    )
    files = {reference.removeprefix("file:") for reference in references if reference.startswith("file:")}
    return {file for file in files if not Path(file).expanduser().is_absolute()}


def _within(folder: Path, path: str) -> Path:
    """Return a place below a folder; a record must not lead out of it."""
    place = Path(os.path.normpath(folder / path))
    if not place.is_relative_to(folder):
        raise UsageError("RUN", path, "a path below the project", "the record was changed: mlqa audit", "another place")
    return place


def _read_from_outside(found: Sequence[dict[str, Any]]) -> dict[str, str]:
    """Return path to digest of what the run read and no step of it wrote."""
    steps = [record for record, _ in records.of_kind(found, "step")]
    written = {path for record in steps for path in records.datasets_of(record, "outputs")}
    read = {path: digest for record in steps for path, digest in records.datasets_of(record, "inputs").items()}
    return {path: digest for path, digest in read.items() if path not in written}


def _environment(start: Mapping[str, Any], home: Path, into: Path, wish: str) -> tuple[Path, list[str]]:
    """Return the interpreter to run with, and what must be said of it."""
    recorded = records.part(start, "environment")
    packages = packages_of(start, home)
    here = Path(sys.executable)
    python = str(recorded.get("python"))
    version = records.environment()["python"]
    changed = [*differing(packages or {})] if packages is not None else ["the list of its packages is gone"]
    if version != python:
        changed.insert(0, f"Python was {python}, is {version}")
    if not changed:
        return here, []
    if wish == "auto" and packages is not None:
        built, reason = build(packages, python, into / "environment")
        if built is not None:
            return built, []
        changed.insert(0, f"its environment cannot be built, so the present one is used ({reason})")
    return here, changed


def _run(start: Mapping[str, Any], source: Path, python: Path, into: Path, say: Callable[[str], object]) -> int:
    """Run it in a process of its own, so that it may have another environment."""
    order = {
        "source": str(source),
        "into": str(into),
        "reason": f"to reproduce {start.get('run')}",
        "strict": start.get("strict") is True,
        "parameters": records.part(start, "parameters"),
        "inputs": records.part(start, "input_paths"),
        "secrets": records.part(start, "secrets"),
    }
    order_file = write_atomically(into.parent / "order.json", json.dumps(order))
    own = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(one for one in (own, os.environ.get("PYTHONPATH", "")) if one)
    command = [str(python), "-c", _SCRIPT, str(order_file)]
    environment = {**os.environ, "PYTHONPATH": path}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        for line in process.stdout or ():
            say(f"  {line.rstrip()}")
    return process.returncode


def _compared(found: Sequence[dict[str, Any]], into: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return which outputs are bit-identical to those recorded, and which are not."""
    written = {
        path: digest
        for record, _ in records.of_kind(found, "step")
        for path, digest in records.datasets_of(record, "outputs").items()
    }
    same = tuple(path for path, digest in written.items() if _digest(into / path) == digest)
    return same, tuple(path for path in written if path not in same)


def _digest(place: Path) -> str | None:
    return records.digest_of_path(place) if place.exists() else None


def _record(
    found: Sequence[dict[str, Any]], file: Path, name: str, code: int, same: Sequence[str], other: Sequence[str]
) -> None:
    """Add to the chain that the run was run again."""
    first = found[0]
    facet = {"kind": "reproduced", "of": name, "exit_code": code, "same": [*same], "other": [*other]}
    about = {"run_id": first["run"]["runId"], "job": str(records.part(first, "job").get("name"))}
    records.append(file, records.run_event("OTHER", facet={**facet, "who": records.who()}, **about))
