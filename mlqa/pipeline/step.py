"""One step in a process of its own: ``python -m mlqa.pipeline.step ORDER.json``.

The order says which notebook, with what and where to; the result is a file
too, so that nothing a notebook prints can be taken for it.
"""

from __future__ import annotations

import functools
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlqa.files import write_atomically
from mlqa.pipeline import engine
from mlqa.pipeline.secrets import hidden, lines_of, values_of

__all__ = ["execute", "main"]


def execute(order: Mapping[str, Any]) -> dict[str, Any]:
    """Run one notebook through papermill with our engine.

    Parameters
    ----------
    order : dict
        ``notebook`` and ``executed`` (paths), ``parameters``, ``policy``, and
        where there are any ``secrets`` (references), ``root`` and
        ``cell_timeout``.

    Returns
    -------
    dict
        ``report`` and ``decision``, and ``error``: what broke in one line, or
        None.
    """
    # jupyter_events asks jsonschema for formats that cost 2 s to import and that no notebook uses
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type] # None means: no such module
    import papermill
    from papermill.engines import papermill_engines

    papermill_engines.register("mlqa", engine.MlqaEngine)
    error = None
    limit = order.get("cell_timeout")
    references, root = order.get("secrets", {}), Path(order.get("root", "."))
    secrets = values_of(references, root)
    try:
        papermill.execute_notebook(
            _verbatim(order["notebook"]),
            _verbatim(order["executed"]),
            parameters=order["parameters"],
            engine_name="mlqa",
            cwd=str(Path(order["notebook"]).parent),
            progress_bar=False,
            policy=order["policy"],
            raise_on_no_go=False,
            secret_lines=lines_of(references, root),
            secrets=secrets,
            watch=functools.partial(_progress, Path(order["executed"]).with_name("progress")),
            execution_timeout=None if limit is None else max(1, round(limit)),
            **_kernel(order["notebook"]),
        )
    except Exception as problem:
        lines = str(problem).strip().splitlines()
        error = ": ".join([type(problem).__name__, *lines[:1]])
        if type(problem).__name__ == "CellTimeoutError":
            error = f"a cell ran longer than {limit:g} s"
    error = hidden(error, secrets)
    found = _judgement(Path(order["executed"]))
    if found is None:
        return {"report": None, "decision": None, "error": error or "the notebook was not run to its gate"}
    broken = found["decision"]["reasons"][0] if error and found["decision"]["reasons"] else error
    return {**found, "error": broken}


def main(arguments: list[str]) -> int:
    """Read the order, run it, write the result beside it."""
    order_file = Path(arguments[0])
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a kill still takes the kernel down
    threading.Thread(target=_end_with_parent, daemon=True).start()
    result = execute(json.loads(order_file.read_text(encoding="utf-8")))
    write_atomically(order_file.with_name("result.json"), json.dumps(result))
    return 0


def _verbatim(path: str) -> str:
    """Guard a path's braces: papermill takes them for places to fill."""
    return path.replace("{", "{{").replace("}", "}}")


def _kernel(notebook: str) -> dict[str, str]:
    """Name a kernel for a notebook that names none."""
    metadata = json.loads(Path(notebook).read_text(encoding="utf-8")).get("metadata", {})
    return {} if metadata.get("kernelspec", {}).get("name") else {"kernel_name": "python3", "language": "python"}


def _judgement(executed: Path) -> dict[str, Any] | None:
    """Read what the engine wrote into the executed notebook."""
    if not executed.is_file():
        return None
    found: dict[str, Any] | None = json.loads(executed.read_text(encoding="utf-8"))["metadata"].get("mlqa")
    return found


def _progress(file: Path, done: int, count: int) -> None:
    """Tell how many cells are done; a reader finds the old text or the new."""
    aside = file.with_name("progress.part")
    aside.write_text(f"{done}/{count}", encoding="utf-8")
    aside.replace(file)


def _end_with_parent() -> None:
    """Stop when the run that started this step is gone: its end of our standard input closes with it."""
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
