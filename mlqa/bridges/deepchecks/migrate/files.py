"""A Python file or a notebook, rewritten whole: nothing is written here."""

from __future__ import annotations

import ast
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlqa.bridges.deepchecks.migrate.edits import Edit, Source, applied
from mlqa.bridges.deepchecks.migrate.rewriting import State, imports_edits, runs_edits
from mlqa.errors import UsageError

__all__ = ["Migrated", "migrate"]


@dataclass(frozen=True, slots=True)
class Migrated:
    """A file before and after, as the user reads it, and what to tell of it."""

    before: str
    after: str
    notes: tuple[str, ...]
    content: bytes  # what to write


def migrate(path: Path) -> Migrated:
    """Rewrite deepchecks' suites and checks in a file.

    Parameters
    ----------
    path : pathlib.Path
        A ``.py`` file or a notebook; read only.

    Raises
    ------
    UsageError
        If it is neither, or cannot be read.
    """
    if path.suffix not in (".py", ".ipynb") or not path.is_file():
        raise UsageError("FILE", str(path), "a Python file or notebook", "check the path", path.suffix or "no file")
    try:
        text = path.read_bytes().decode("utf-8")
        return _of_notebook(text) if path.suffix == ".ipynb" else _of_file(text)
    except (UnicodeDecodeError, SyntaxError, json.JSONDecodeError, KeyError, TypeError, RecursionError) as error:
        hint = f"mend it first ({type(error).__name__}: {error})"
        raise UsageError("FILE", str(path), "text that Python can read", hint, "damage") from error


def _of_file(text: str) -> Migrated:
    Source(text)
    (after,), notes = _texts([text])
    return Migrated(text, after, notes, after.encode())


def _of_notebook(text: str) -> Migrated:
    """Rewrite the code cells as one text in order; outputs of changed cells are dropped."""
    notebook = json.loads(text)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    before = [_text_of(cell) for cell in cells]
    after, notes = _texts(before)
    for cell, old, new in zip(cells, before, after):
        if new != old:
            cell["source"] = new.splitlines(keepends=True) if isinstance(cell["source"], list) else new
            cell["outputs"], cell["execution_count"] = [], None
    indent = 1 if text.startswith("{\n ") else None
    content = text if after == before else json.dumps(notebook, indent=indent, ensure_ascii=False) + "\n"
    return Migrated(_joined(before), _joined(after), notes, content.encode())


def _text_of(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _joined(cells: list[str]) -> str:
    return "".join(f"# cell {number}\n{text.rstrip()}\n" for number, text in enumerate(cells, start=1))


def _texts(texts: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Rewrite texts that share their names; a cell that Python cannot read is left."""
    state, sources, edits, notes = State(), [_source(text) for text in texts], [], []
    for number, source in enumerate(sources, start=1):
        seen = len(state.notes)
        edits.append(runs_edits(source, state) if source else [])
        where = f"cell {number}, " if len(texts) > 1 else ""
        notes += [f"{where}line {line}: {note}" for line, note in state.notes[seen:]]
    if not state.converted:
        return texts, tuple(notes)
    whole = [applied(source, one) if source else text for source, one, text in zip(sources, edits, texts)]
    left = "\n".join(ast.unparse(Source(text).tree) for text in whole if _source(text))
    left, gone = _without_unused(left, state)
    added = any("import mlqa" in text.splitlines() for text in texts)
    for position, source in enumerate(sources):
        if source:
            more, added = imports_edits(source, left, added)
            edits[position] += [*more, *_removed(source, gone)]
    after = [applied(source, one) if source else text for source, one, text in zip(sources, edits, texts)]
    for text in after:
        _source(text)
    return after, tuple(notes)


def _source(text: str) -> Source | None:
    try:
        return Source(text)
    except SyntaxError:
        return None


def _without_unused(left: str, state: State) -> tuple[str, set[str]]:
    """Return the text without suites and checks that nothing runs any more, and their names."""
    gone: set[str] = set()
    tree = ast.parse(left)
    while True:
        loaded = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        found = {name for name, thing in state.known.items() if not hasattr(thing, "frame")} - loaded - gone
        if not found:
            return ast.unparse(tree), gone
        gone |= found
        tree.body = [node for node in tree.body if not _assigns(node, gone)]


def _assigns(node: ast.stmt, names: set[str]) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id in names


def _removed(source: Source, names: set[str]) -> list[Edit]:
    """Remove the assignments, at the top of a text, of names that are gone."""
    return [Edit(*source.lines_of(node), "") for node in source.tree.body if _assigns(node, names)]
