"""Messages of a kernel turned into the outputs of a cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Outputs"]

_MOST_TEXT = 10_000_000  # characters of one cell's streams
_MOST_DATA = 200_000_000  # characters of what it displayed: as much again is no longer a notebook


class Outputs:
    """Outputs as they grow; a class because ``clear_output(wait=True)`` waits for the next one.

    Attributes
    ----------
    kept : list of dict
        In nbformat 4 shape.
    error : dict or None
    count : int or None
        Execution count.
    done : bool
        Whether the kernel said it is idle again.
    """

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []
        self.error: dict[str, Any] | None = None
        self.count: int | None = None
        self.done = False
        self._clear_next = False
        self._text = self._data = 0
        self._shown: dict[str, list[dict[str, Any]]] = {}

    def add(self, message: Mapping[str, Any]) -> None:
        """Take in one message of the iopub channel that answers this cell."""
        kind, content = message["header"]["msg_type"], message["content"]
        if kind == "status":
            self.done = content["execution_state"] == "idle"
        elif kind == "execute_input":
            self.count = content.get("execution_count")
        elif kind == "clear_output":
            self._clear_next = True
            if not content.get("wait"):
                self._clear()
        elif kind == "update_display_data":
            for output in self._shown.get(content.get("transient", {}).get("display_id", ""), ()):
                output["data"], output["metadata"] = content["data"], content["metadata"]
        elif kind in {"stream", "display_data", "execute_result", "error"}:
            self._keep(kind, content)

    def _clear(self) -> None:
        self.kept.clear()
        self._shown.clear()
        self._clear_next = False

    def _keep(self, kind: str, content: Mapping[str, Any]) -> None:
        if self._clear_next:
            self._clear()
        if kind == "stream" and not (content := self._bounded(content)):
            return
        if kind in {"display_data", "execute_result"}:
            self._data += sum(len(value) for value in content["data"].values() if isinstance(value, str))
            if self._data > _MOST_DATA:
                kind, content = "stream", {"name": "stderr", "text": "\n[mlqa: an output was not kept, too large]\n"}
        if kind == "stream" and self.kept and self.kept[-1].get("name") == content["name"]:
            self.kept[-1]["text"] += content["text"]
            return
        output: dict[str, Any] = {"output_type": kind, **content}
        shown = output.pop("transient", {}).get("display_id")
        if shown:
            self._shown.setdefault(shown, []).append(output)
        if kind == "error":
            self.error = output
        self.kept.append(output)

    def _bounded(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        """Keep the first part of a flood of text, and say so once."""
        room = _MOST_TEXT - self._text
        self._text += len(content["text"])
        if room >= len(content["text"]):
            return content
        if room < 0:
            return {}
        return {
            **content,
            "text": f"{content['text'][:room]}\n[mlqa: only the first {_MOST_TEXT:,} characters are kept]\n",
        }
