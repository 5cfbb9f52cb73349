"""``[tool.mlqa]`` of pyproject.toml: read in one place, the same for every surface. Level 0."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError, nearest

__all__ = ["KEYS", "SUBJECT_KEYS", "read_settings"]

KEYS = {
    "alpha": (float, 1e-4),
    "seed": (int, 0),
    "strict": (bool, False),
    "notebooks": (str, "run"),
    "notebook_cache": (bool, False),
    "notebook_inputs": (list, []),
    "notebook_out": (str, ""),
    "notebook_timeout": (float, 0.0),
    "cell_timeout": (float, 0.0),
    "parameters": (dict, {}),
    "report": (list, []),
    "baselines": (str, "baselines"),
    "subjects": (dict, {}),
    "pipeline": (dict, {}),  # read by mlqa.pipeline
    "outputs": (dict, {}),
}
SUBJECT_KEYS = (
    *("model", "baseline", "train", "test", "reference", "current"),
    *("target", "time", "id", "group", "categorical"),
)


def read_settings(start: str | Path) -> tuple[Path, dict[str, Any]]:
    """Read the settings of the project that `start` lies in.

    Parameters
    ----------
    start : path
        A file or folder; the nearest ``pyproject.toml`` with a ``[tool.mlqa]``
        table at or above it is read.

    Returns
    -------
    root : pathlib.Path
        Folder of that pyproject.toml, else `start`'s own folder.
    settings : dict
        Every key of `KEYS`, with its default where the file has none. Paths in
        it are relative to `root`.

    Raises
    ------
    UsageError
        If the file is not TOML, a key is unknown or a value has another type.

    Examples
    --------
    >>> root, settings = read_settings("/nonexistent/folder")
    >>> settings["alpha"], settings["notebooks"]
    (0.0001, 'run')
    """
    here = Path(start).resolve()
    folder = here if here.is_dir() or not here.suffix else here.parent
    for root in (folder, *folder.parents):
        file = root / "pyproject.toml"
        if file.is_file():
            table = _table_of(file)
            if table is not None:
                return root, _checked(table)
    return folder, _checked({})


def _table_of(file: Path) -> Mapping[str, Any] | None:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError("pyproject.toml", str(file), "valid TOML", str(error), "damage") from error
    tools = content.get("tool", {})
    table = tools.get("mlqa") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise UsageError("[tool] mlqa", table, "a table [tool.mlqa]", "mend pyproject.toml")
    return table


def _checked(table: Mapping[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {key: wanted(default) for key, (wanted, default) in KEYS.items()}
    for key, value in table.items():
        if key not in KEYS:
            raise UsageError(f"[tool.mlqa] {key}", value, "a known key", nearest(key, list(KEYS)), "an unknown key")
        wanted = KEYS[key][0]
        accepted = (int, float) if wanted is float else wanted
        if not isinstance(value, accepted) or (wanted is not bool and isinstance(value, bool)):
            raise UsageError(f"[tool.mlqa] {key}", value, f"a value of type {wanted.__name__}", "mend pyproject.toml")
        settings[key] = wanted(value)
    for name, subject in settings["subjects"].items():
        if not isinstance(subject, dict):
            where = f"[tool.mlqa.subjects] {name}"
            raise UsageError(where, subject, "a table of model, train, test, ...", "mend pyproject.toml")
        for key in subject:
            if key not in SUBJECT_KEYS:
                where = f"[tool.mlqa.subjects.{name}] {key}"
                raise UsageError(where, subject[key], "a known key", nearest(key, SUBJECT_KEYS), "an unknown key")
    return settings
