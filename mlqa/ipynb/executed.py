"""The executed notebook: the stored file with the outputs of a run, and what came of each cell."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlqa.files import write_atomically
from mlqa.ipynb.cells import Notebook

__all__ = ["write_executed"]


def write_executed(
    notebook: Notebook,
    outputs: Mapping[str, list[dict[str, Any]]],
    told: Mapping[str, Mapping[str, Any]],
    path: Path,
) -> None:
    """Write a notebook as it was executed; a cell that did not run has no outputs.

    Parameters
    ----------
    notebook : Notebook
    outputs : dict of str to list
        By cell id, in nbformat 4 shape.
    told : dict of str to dict
        By cell id, what goes into its metadata under ``mlqa``.
    path : pathlib.Path
        Written at once or not at all; folders are made.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    content = json.loads(notebook.path.read_text(encoding="utf-8"))
    if content.get("nbformat") != 4:  # written in the format it is read in
        import nbformat

        content = json.loads(nbformat.writes(nbformat.reads(json.dumps(content), as_version=4)))
    nodes = [node for node in content["cells"] if node["cell_type"] == "code"]
    for count, (node, cell) in enumerate(zip(nodes, notebook.cells), 1):
        ran = cell.id in outputs
        node["outputs"] = outputs.get(cell.id, [])
        node["execution_count"] = count if ran else None
        node.setdefault("metadata", {})["mlqa"] = {**told.get(cell.id, {"outcome": "not run"})}
        for output in node["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
