"""A notebook file as code cells with stable ids, and what makes a cell a test cell."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError, UsageError
from mlqa.ipynb.format4 import damage_of, joined, whole_output

__all__ = [
    "Cell",
    "Notebook",
    "body_of",
    "is_selective",
    "is_test_cell",
    "magic_line",
    "parameters_cell",
    "read_notebook",
    "source_hash",
]

_MAGIC = "%%mlqa"
_BLANK = " \t\r\n"
_PYTHON = ("", "python", "ipython", "python3")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One code cell.

    Attributes
    ----------
    id : str
        The file's own cell id; in files older than nbformat 4.5, one made from
        the source, which stays when other cells come or go.
    source : str
    index : int
        Position among the code cells, from 0.
    tags : tuple of str
    outputs : tuple of dict
        Stored outputs, in nbformat 4 shape.
    execution_count : int or None
        None where the cell was not run before the file was saved.
    settings : dict
        What its metadata say under ``mlqa``.
    """

    id: str
    source: str
    index: int
    tags: tuple[str, ...] = ()
    outputs: tuple[Mapping[str, Any], ...] = ()
    execution_count: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """The code cells of a notebook file and the kernel they ask for.

    Attributes
    ----------
    path : pathlib.Path
    cells : tuple of Cell
    kernel : str
        Name of the kernelspec.
    note : str
        What was assumed while reading, or empty.
    """

    path: Path
    cells: tuple[Cell, ...] = field(repr=False)
    kernel: str = "python3"
    note: str = ""


def read_notebook(path: str | Path) -> Notebook:
    """Read a notebook file.

    Parameters
    ----------
    path : path
        A ``.ipynb`` file of nbformat 3 or 4.

    Raises
    ------
    UsageError
        If the file cannot be read.
    NotebookError
        If it is not JSON, not a notebook, or asks for no kernel and is not in Python.
    """
    file = Path(path)
    content = _content(file)
    own_ids = False
    plain: Mapping[str, Any] = content
    if content["nbformat"] == 4:
        damage = damage_of(content)
        if damage:
            raise NotebookError(f"{file}: not a notebook, {damage}")
        own_ids = all("id" in cell for cell in content["cells"] if cell["cell_type"] == "code")
    else:
        plain = _converted(file, content)
    cells = _cells_of([cell for cell in plain["cells"] if cell["cell_type"] == "code"], own_ids)
    kernel, note = _kernel_of(file, plain.get("metadata", {}))
    return Notebook(path=file, cells=cells, kernel=kernel, note=note)


def parameters_cell(notebook: Notebook) -> Cell | None:
    """Return the first cell tagged ``parameters``, as papermill does."""
    return next((cell for cell in notebook.cells if "parameters" in cell.tags), None)


def is_test_cell(source: str) -> bool:
    """Say whether a cell holds tests: its first line that is not blank starts with ``%%mlqa``.

    Examples
    --------
    >>> is_test_cell("%%mlqa -k fast" + chr(10) + "def test_x(): ..."), is_test_cell("def test_x(): ...")
    (True, False)
    """
    words = source.split(maxsplit=1)
    return bool(words) and words[0] == _MAGIC


def magic_line(source: str) -> str:
    """Return the options after ``%%mlqa``, or an empty text."""
    if not is_test_cell(source):
        return ""
    return source.lstrip(_BLANK).splitlines()[0][len(_MAGIC) :].strip()


def is_selective(source: str) -> bool:
    """Tell whether a test cell's own options choose among its tests: ``-k EXPR`` or ``-kEXPR``.

    Examples
    --------
    >>> is_selective("%%mlqa -kfast"), is_selective("%%mlqa --strict")
    (True, False)
    """
    return any(word.startswith("-k") for word in magic_line(source).split())


def body_of(source: str) -> str:
    """Return the cell's text with the magic line emptied, so that line numbers stay those of the cell.

    Examples
    --------
    >>> body_of("%%mlqa" + chr(10) + "x = 1").splitlines()
    ['', 'x = 1']
    """
    if not is_test_cell(source):
        return source
    lines = source.splitlines(keepends=True)
    number = next(index for index, line in enumerate(lines) if line.strip())
    return "\n" * (number + 1) + "".join(lines[number + 1 :])


def source_hash(source: str) -> str:
    """Return FNV-1a 32 of the cell's UTF-8 text, less blanks at both ends, as eight hexadecimal digits.

    The front end computes the same, to tell a result whose cell has changed.

    References
    ----------
    Fowler, Noll and Vo (1991), the FNV hash, parameters of 32 bits.

    Examples
    --------
    >>> source_hash(""), source_hash("a"), source_hash(" a" + chr(10))
    ('811c9dc5', 'e40c292c', 'e40c292c')
    """
    value = 0x811C9DC5
    for byte in source.strip(_BLANK).encode("utf-8", "surrogatepass"):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return f"{value:08x}"


def _content(file: Path) -> dict[str, Any]:
    """Read the JSON object in the file."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        hint = "check the path and its permissions"
        raise UsageError("notebook", str(file), "a readable .ipynb file", hint, str(error)) from error
    except UnicodeDecodeError as error:
        raise NotebookError(f"{file}: not a notebook, its text is not UTF-8 ({error})") from error
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        what = "the file is empty" if not text.strip() else f"its text is not JSON ({error})"
        raise NotebookError(f"{file}: not a notebook, {what}") from error
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise NotebookError(f"{file}: JSON, but not a notebook (it has no 'nbformat')")
    return content


def _converted(file: Path, content: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring a file of another format to nbformat 4; only here is nbformat imported, which takes seconds."""
    import nbformat

    try:
        with warnings.catch_warnings():  # ids that are missing are made by us
            warnings.simplefilter("ignore")
            node: Mapping[str, Any] = nbformat.reads(json.dumps(content), as_version=4)
    except Exception as error:
        raise NotebookError(f"{file}: not a notebook that nbformat can read ({error!r})") from error
    return node


def _cells_of(nodes: list[Mapping[str, Any]], own_ids: bool) -> tuple[Cell, ...]:
    """Give every code cell an id that is unique in the file."""
    cells: list[Cell] = []
    taken: set[str] = set()
    for index, node in enumerate(nodes):
        source = joined(node["source"])
        wished = str(node["id"]) if own_ids else source_hash(source)
        name, again = wished, 1
        while name in taken:
            again += 1
            name = f"{wished}-{again}"
        taken.add(name)
        tags = node.get("metadata", {}).get("tags", [])
        cells.append(
            Cell(
                id=name,
                source=source,
                index=index,
                tags=tuple(str(tag) for tag in tags) if isinstance(tags, list) else (),
                outputs=tuple(whole_output(output) for output in node.get("outputs", ())),
                execution_count=node.get("execution_count"),
                settings=_table(node.get("metadata", {}).get("mlqa")),
            )
        )
    return tuple(cells)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _kernel_of(file: Path, metadata: Mapping[str, Any]) -> tuple[str, str]:
    """Return the kernelspec's name, and what had to be assumed."""
    spec = metadata.get("kernelspec") or {}
    if spec.get("name"):
        return str(spec["name"]), ""
    language = str(spec.get("language") or (metadata.get("language_info") or {}).get("name") or "").lower()
    if language not in _PYTHON:
        raise NotebookError(
            f"{file}: the notebook names no kernel and its language is {language!r}; "
            "open it in Jupyter, choose a kernel (`jupyter kernelspec list` shows them) and save it"
        )
    return "python3", f"{file.name} names no kernel: python3 was taken"
