"""Baselines on disk: read whole, written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from mlqa.baselines.form import Baseline
from mlqa.errors import BaselineError
from mlqa.files import write_atomically

__all__ = ["load", "save"]


def load(path: str | Path) -> Baseline:
    """Read a recorded baseline.

    Parameters
    ----------
    path : path
        A file that :func:`save` wrote.

    Returns
    -------
    Baseline

    Raises
    ------
    BaselineError
        If there is no such file, or it is not JSON, has another schema, was
        edited or is damaged. Names the path and what to do.

    Examples
    --------
    >>> load("no/such/file.json")
    Traceback (most recent call last):
    mlqa.errors.BaselineError: no/such/file.json cannot be read as a baseline: No such file or directory.
    Hint: restore it from git, or record it anew: pytest --mlqa-update
    """
    try:
        return Baseline.from_json(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except RecursionError as error:
        raise _unreadable(path, "it is nested too deeply") from error
    except ValueError as error:  # JSONDecodeError, UnicodeDecodeError and UsageError are ValueErrors
        raise _unreadable(path, f"{error}".splitlines()[0].rstrip(".")) from error


def save(path: str | Path, baseline: Baseline) -> Path:
    """Write a baseline: an interrupted write leaves the old file as it was.

    Parameters
    ----------
    path : path
        Missing parent folders are made.
    baseline : Baseline

    Returns
    -------
    pathlib.Path
        The path written.

    Examples
    --------
    >>> import tempfile
    >>> from mlqa.verdict import Evidence
    >>> kept = Baseline(evidence=Evidence(estimate=0.5), predictions=[1, 0], provenance={"metric": "accuracy"})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     load(save(folder + "/champion.json", kept)) == kept
    True
    """
    text = baseline.to_json()
    return write_atomically(path, text.encode("utf-8", "backslashreplace"))  # half a character, as JSON escapes it


def _unreadable(path: str | Path, why: str) -> BaselineError:
    hint = "restore it from git, or record it anew: pytest --mlqa-update"
    return BaselineError(f"{path} cannot be read as a baseline: {why}.\nHint: {hint}")
