"""A whole notebook through one fresh kernel: the outputs of every cell."""

from __future__ import annotations

from mlqa.errors import NotebookError
from mlqa.ipynb.cells import Notebook, body_of, is_test_cell
from mlqa.ipynb.comparison.rules import words_of_cell
from mlqa.ipynb.kernels import Execution, running_kernel

__all__ = ["executed"]


def executed(notebook: Notebook, kernel: str | None = None, *, timeout: float | None = None) -> dict[str, Execution]:
    """Run the cells of a notebook in order.

    Cells with ``nbval-skip`` are left out. Of test cells only what they define
    is run: `pytest --mlqa` asks the tests.

    Parameters
    ----------
    notebook : Notebook
    kernel : str, optional
        Name of a kernelspec in place of the notebook's own.
    timeout : float, unit: s, optional
        Of each cell.

    Returns
    -------
    dict of str to Execution
        By cell id; ordinary cells that ran.

    Raises
    ------
    NotebookError
        If a cell raises that does not say so, or the kernel dies.
    """
    found: dict[str, Execution] = {}
    with running_kernel(kernel or notebook.kernel, notebook.path.absolute().parent) as running:
        for cell in notebook.cells:
            words = words_of_cell(cell)
            if "skip" in words or not cell.source.strip():
                continue
            if is_test_cell(cell.source):
                running.execute(body_of(cell.source), cell_id=cell.id, timeout=timeout)
                continue
            done = running.execute(cell.source, cell_id=cell.id, timeout=timeout)
            if done.error is not None and "raises-exception" not in words:
                error = f"{done.error['ename']}: {done.error['evalue']}"
                raise NotebookError(f"{notebook.path.name}: cell {cell.id} raised {error}")
            found[cell.id] = done
    return found
