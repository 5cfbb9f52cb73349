"""The papermill engine: runs a notebook, then its gate.

``papermill --engine mlqa in.ipynb out.ipynb`` works too: it runs every cell,
writes the report and the decision into the notebook's metadata and fails if
the gate says no.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlqa.errors import NotebookError
from mlqa.gate import CRASHED, Decision, Policy, gate
from mlqa.ipynb.cells import body_of, is_selective, is_test_cell, source_hash
from mlqa.ipynb.names import parse, test_names
from mlqa.ipynb.outputs import reports_in
from mlqa.pipeline.secrets import hidden
from mlqa.report import Case, Report

__all__ = ["GateClosed", "MlqaEngine", "error_in", "judge", "stale_in"]

MlqaEngine: Any  # made by __getattr__ below
_LONGEST_SOCKET = 100  # bytes of a socket's path that every system takes


class GateClosed(NotebookError):  # noqa: N818 - it reads as a sentence, as CheckFailed does
    """The gate of a notebook said no; carries its :attr:`decision`."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        super().__init__("the gate said no:\n" + "\n".join(f"  - {reason}" for reason in decision.reasons))

    def __reduce__(self) -> tuple[type[GateClosed], tuple[Decision]]:
        return type(self), (self.decision,)


def judge(notebook: Mapping[str, Any], policy: Policy) -> tuple[Report, Decision]:
    """Gather the reports of an executed notebook and ask the gate.

    Parameters
    ----------
    notebook : mapping
        Of format 4, executed.
    policy : Policy
        The tests found in the notebook's test cells are expected beside those
        it names.

    Returns
    -------
    report : Report
        All cases, in the order of the cells.
    decision : Decision
    """
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    parts = [_cases(cell) for cell in cells]
    report = Report(tuple(case for cases in parts for case in cases))
    expected = [Policy(strict=policy.strict, expect=_expected(cell), forbid_empty=False) for cell in cells]
    decisions = [gate(report, policy), *(gate(Report(cases), asked) for cases, asked in zip(parts, expected))]
    error = error_in(notebook)
    if error is not None:
        decisions.insert(0, Decision(go=False, reasons=(error,), exit_code=CRASHED))
    reasons = tuple(dict.fromkeys(reason for decision in decisions for reason in decision.reasons))
    return report, Decision(go=not reasons, reasons=reasons, exit_code=max(d.exit_code for d in decisions))


def _cases(cell: Mapping[str, Any]) -> tuple[Case, ...]:
    return tuple(case for report in reports_in(cell.get("outputs", [])) for case in report.cases)


def _expected(cell: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the tests of a test cell, unless its own options choose among them."""
    source = "".join(cell["source"])  # one text, or its lines
    if not is_test_cell(source) or is_selective(source):
        return ()
    try:
        return tuple(name.source for name in test_names(parse(body_of(source))))
    except SyntaxError:  # the cell has raised it already
        return ()


def error_in(notebook: Mapping[str, Any]) -> str | None:
    """Return the first error of an executed notebook in one line, or None; cells are counted as in the source."""
    number = 0
    for cell in notebook["cells"]:
        number += "injected-parameters" not in cell.get("metadata", {}).get("tags", ())
        for output in cell.get("outputs", []):
            if output.get("output_type") == "error":
                return f"cell {number} raised {output.get('ename')}: {output.get('evalue')}"
        if cell.get("metadata", {}).get("papermill", {}).get("exception") is True:
            return f"cell {number} {_unfinished(cell)}"
    return None


def _unfinished(cell: Mapping[str, Any]) -> str:
    """Say why a cell gave no error and did not finish, where that is known."""
    told = "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))
    if "Cell magic `%%mlqa` not found" in told:
        return "has %%mlqa, which is not loaded: put %load_ext mlqa in a cell before it"
    return "did not finish"


def stale_in(notebook: Mapping[str, Any]) -> list[str]:
    """Name the cells that were changed after they gave their report; an engine's own run has none."""
    found = []
    for number, cell in enumerate(notebook["cells"], start=1):
        told = {report.origin.source_hash for report in reports_in(cell.get("outputs", [])) if report.origin}
        if told - {"", source_hash("".join(cell["source"]))}:
            found.append(f"cell {number} was changed after it was run: run it again")
    return found


def _allow_expected_errors(notebook: Any) -> None:
    """Turn the error of a cell tagged ``raises-exception`` into text: papermill would call it a failure."""
    for cell in notebook.cells:
        if "raises-exception" in cell.metadata.get("tags", []):
            for index, output in enumerate(cell.get("outputs", [])):
                if output.output_type == "error":
                    text = "\n".join(output.traceback) + "\n"
                    cell.outputs[index] = type(output)(output_type="stream", name="stderr", text=text)


def _transport() -> Any:
    """Let the kernel talk through sockets in the file system: no open port, no warning about one."""
    from jupyter_core.paths import jupyter_runtime_dir
    from traitlets.config import Config

    # named here: without a name the sockets lie in the working directory, where two kernels would share them
    file = Path(jupyter_runtime_dir()) / f"kernel-{uuid.uuid4()}.json"
    if sys.platform == "win32" or len(str(file)) + len("-ipc-5") - len(".json") > _LONGEST_SOCKET:
        return Config()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Config({"KernelManager": {"transport": "ipc", "connection_file": str(file)}})


def _watched(nb_man: Any, secrets: tuple[str, ...], watch: Callable[[int, int], object] | None) -> None:
    """Hide secrets whenever papermill saves, and tell of every finished cell."""
    save, complete = nb_man.save, nb_man.cell_complete

    def saved(**given: Any) -> None:
        _hide(nb_man.nb, secrets)
        save(**given)

    def completed(cell: Any, cell_index: int | None = None, **given: Any) -> None:
        complete(cell, cell_index=cell_index, **given)
        if watch is not None and cell_index is not None:
            watch(cell_index + 1, len(nb_man.nb.cells))

    nb_man.save, nb_man.cell_complete = saved, completed
    if secrets:  # half a secret may have arrived in the middle of a cell
        nb_man.autosave_cell_every = 0


def _hide(notebook: Any, secrets: tuple[str, ...]) -> None:
    """Hide secrets in all outputs; texts that came in pieces are joined first."""
    for cell in notebook.cells if secrets else ():
        joined: list[Any] = []
        for output in cell.get("outputs", []):
            last = joined[-1] if joined else None
            if last is not None and output.output_type == "stream" == last.output_type and output.name == last.name:
                last["text"] = "".join(last["text"]) + "".join(output["text"])
            else:
                joined.append(output)
        if "outputs" in cell:
            cell["outputs"] = [hidden(output, secrets) for output in joined]


def _inject(notebook: Any, lines: str) -> None:
    """Put the lines that read the secrets behind the parameters, in a cell of their own."""
    from nbformat.v4 import new_code_cell

    tags = [cell.metadata.get("tags", []) for cell in notebook.cells]
    last = max((index for index, words in enumerate(tags) if {"parameters", "injected-parameters"} & {*words}))
    cell = new_code_cell(lines, metadata={"tags": ["injected-parameters"]})
    cell.metadata["papermill"] = dict.fromkeys(("exception", "start_time", "end_time", "duration"), None)
    cell.metadata["papermill"]["status"] = "pending"
    notebook.cells.insert(last + 1, cell)


def _define(base: Any) -> Any:
    """Define the engine on papermill's own."""

    class MlqaEngine(base):  # type: ignore[misc] # papermill has no types
        """Papermill's engine with a gate at the end; `mlqa.pipeline.engine` says how it is used."""

        @classmethod
        def execute_managed_notebook(
            cls,
            nb_man: Any,
            kernel_name: str,
            *,
            policy: Mapping[str, Any] | None = None,
            raise_on_no_go: bool = True,
            secret_lines: str = "",
            secrets: tuple[str, ...] = (),
            watch: Callable[[int, int], object] | None = None,
            **options: Any,
        ) -> None:
            """Run every cell, then write the report and the decision into ``metadata.mlqa``."""
            _watched(nb_man, secrets, watch)
            if secret_lines:
                _inject(nb_man.nb, secret_lines)
            super().execute_managed_notebook(nb_man, kernel_name, config=_transport(), **options)
            _allow_expected_errors(nb_man.nb)
            _hide(nb_man.nb, secrets)
            report, decision = judge(nb_man.nb, Policy(**(policy or {})))
            nb_man.nb.metadata["mlqa"] = {"report": report.to_dict(), "decision": decision.to_dict()}
            broken = error_in(nb_man.nb) is not None  # papermill tells of that itself
            if raise_on_no_go and not decision.go and not broken:
                raise GateClosed(decision)

    return MlqaEngine


def __getattr__(name: str) -> Any:
    # Defined when first asked for: papermill, while it is imported, loads this
    # very class through the entry point, so neither may need the other at import.
    if name != "MlqaEngine":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from papermill.engines import NBClientEngine

    if "MlqaEngine" not in globals():
        globals()["MlqaEngine"] = _define(NBClientEngine)
    return globals()["MlqaEngine"]
