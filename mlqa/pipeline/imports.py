"""The project's own modules that a notebook imports, found in the text of its code.

What is imported by a computed name is not found. Installed packages are told
by the digest of the environment.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mlqa.ipynb.cells import body_of, is_test_cell

__all__ = ["code_of", "modules_of", "project_of"]

_SIGNS = ("pyproject.toml", "setup.py", "setup.cfg", ".git")
_OURS = "mlqa"  # told by its own digest


def code_of(notebook: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what of a notebook is code: the source and tags of its code cells; outputs and prose are not."""
    return [
        {"source": "".join(cell["source"]), "tags": sorted(cell.get("metadata", {}).get("tags", []))}
        for cell in notebook.get("cells", [])
        if cell.get("cell_type") == "code"
    ]


def project_of(folder: Path) -> Path:
    """Return the nearest folder at or above that looks like a project's, else the folder itself."""
    return next((place for place in (folder, *folder.parents) if any((place / s).exists() for s in _SIGNS)), folder)


def modules_of(sources: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Return the files of the project's modules that code imports, and those that they import.

    Parameters
    ----------
    sources : iterable of str
        Of cells; lines of IPython's own are left out.
    folder : pathlib.Path
        That the code runs in.

    Returns
    -------
    tuple of pathlib.Path
        Sorted; with the conftest.py files that pytest reads for the folder.
    """
    project = project_of(folder)
    places = list(dict.fromkeys((folder, project, project / "src")))
    inner = [place for place in (folder, *folder.parents) if place.is_relative_to(project)]
    found = {place / "conftest.py" for place in inner if (place / "conftest.py").is_file()}
    waiting = [(name, place) for source in sources for name in _named(_python(source), ()) for place in places]
    waiting += [(name, place) for file in found for name in _imports(file, places) for place in places]
    seen = set(waiting)
    while waiting:
        name, place = waiting.pop()
        for file in _files(name, place):
            if file in found:
                continue
            found.add(file)
            new = {(other, where) for other in _imports(file, places) for where in places} - seen
            seen |= new
            waiting += new
    return tuple(sorted(found))


def _python(source: str) -> str:
    """Return the Python of a cell, without the lines that only IPython reads."""
    text = body_of(source) if is_test_cell(source) else source
    return "\n".join("pass" if line.lstrip().startswith(("%", "!", "?")) else line for line in text.splitlines())


def _named(source: str, package: tuple[str, ...]) -> set[str]:
    """Return every dotted name that may be an imported module."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join([*above, *([node.module] if node.module else [])])
            found.add(base)
            found.update(f"{base}.{alias.name}" for alias in node.names)
    return {name for name in found if name.strip(".") and name.split(".")[0] != _OURS}


def _imports(file: Path, places: list[Path]) -> set[str]:
    """Return what a module's file imports; relative names are made whole."""
    try:
        source = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return set()
    near = [place for place in places if file.is_relative_to(place)]
    parts = file.relative_to(max(near, key=lambda place: len(place.parts))).parent.parts if near else ()
    return _named(source, parts)


def _files(name: str, place: Path) -> Iterator[Path]:
    """Yield the files that an import of a dotted name below a place reads."""
    here = place
    for part in name.split("."):
        if (here / f"{part}.py").is_file():
            yield here / f"{part}.py"
            return
        here = here / part
        if not part or not here.is_dir():
            return
        if (here / "__init__.py").is_file():
            yield here / "__init__.py"
