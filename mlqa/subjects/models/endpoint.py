"""A model behind HTTP: rows go out as JSON, predictions come back."""

from __future__ import annotations

import http.client
import json
import math
import numbers
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from mlqa.errors import SubjectError, UsageError
from mlqa.subjects.block import cut, height, names

__all__ = ["Endpoint", "endpoint"]

_FORMS: dict[str, Callable[[list[str], list[list[Any]]], Any]] = {
    "records": lambda columns, rows: [dict(zip(columns, row)) for row in rows],
    "split": lambda columns, rows: {"dataframe_split": {"columns": columns, "data": rows}},
    "instances": lambda _, rows: {"instances": rows},
}
_KEYS = ("predictions", "probabilities", "outputs")


def endpoint(
    url: str,
    *,
    form: str = "records",
    timeout: float = 30.0,
    headers: Mapping[str, str] | None = None,
    batch: int = 1000,
) -> Endpoint:
    """Return a server as a model: a function from a table to predictions.

    Every call posts the rows as JSON, `batch` at a time, once each: nothing is
    tried again, so that a server that fails now and then is seen to.

    Parameters
    ----------
    url : str
        ``http://`` or ``https://``, with the path that predicts.
    form : {'records', 'split', 'instances'}
        What is posted. ``records``: a list with one ``{column: value}`` a row.
        ``split``: ``{"dataframe_split": {"columns": [...], "data": [[...]]}}``,
        as MLflow's server takes it. ``instances``: ``{"instances": [[...]]}``,
        values without names. Missing values are ``null``, times are ISO texts.
    timeout : float, unit: seconds, above 0
        For each batch.
    headers : mapping, optional
        Sent along; a token, say. Never shown in a message.
    batch : int of at least 1, unit: rows

    Returns
    -------
    Endpoint
        Callable. The answer it reads is a list with one entry a row (a label, a
        number, or a list of probabilities), bare or under ``predictions``,
        ``probabilities`` or ``outputs``.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    SubjectError
        When it is called: if the server cannot be reached, does not answer in
        time, answers with another status than 200, with no JSON, or with
        another number of predictions than rows.

    Examples
    --------
    >>> endpoint("http://127.0.0.1:8080/predict", timeout=5)
    <Endpoint http://127.0.0.1:8080/predict>
    """
    parts = urlsplit(url) if isinstance(url, str) else urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError("url", url, "an http:// or https:// address", "write http://host:port/path")
    if form not in _FORMS:
        raise UsageError("form", form, f"one of {', '.join(map(repr, _FORMS))}", "see mlqa.endpoint")
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not 0 < timeout < math.inf:
        raise UsageError("timeout", timeout, "seconds above 0", "leave it out for 30")
    if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
        raise UsageError("batch", batch, "a whole number of at least 1", "leave it out for 1000")
    return Endpoint(url, form, float(timeout), dict(headers or {}), int(batch))


class Endpoint:
    """A model behind HTTP; made by :func:`endpoint`."""

    def __init__(self, url: str, form: str, timeout: float, headers: dict[str, str], batch: int) -> None:
        parts = urlsplit(url)
        self._url, self._form, self._timeout, self._headers, self._batch = url, form, timeout, headers, batch
        host = parts.hostname or ""
        shown = f"[{host}]" if ":" in host else host
        # a name and password in the address stay out of every message
        self.__name__ = f"{parts.scheme}://{shown}{'' if parts.port is None else f':{parts.port}'}{parts.path}"

    def __repr__(self) -> str:
        return f"<Endpoint {self.__name__}>"

    def __call__(self, table: Any) -> NDArray[Any]:
        """Return one prediction per row."""
        columns, total = names(table), height(table)
        said: list[Any] = []
        for start in range(0, max(total, 1), self._batch):
            rows = _rows(cut(table, start, start + self._batch))
            said += self._asked(_FORMS[self._form](columns, rows), len(rows))
        return np.asarray(said)

    def _asked(self, body: Any, rows: int) -> list[Any]:
        status, content = self._posted(json.dumps(body, allow_nan=False).encode(), rows)
        if status != http.client.OK:
            hint = "see the server's log; post the same rows by hand"
            raise self._broken(f"answered {status} to {rows} rows: {_start(content)!r}", hint)
        try:
            answer = json.loads(content)
        except ValueError as error:
            hint = "answer with a JSON list of predictions"
            raise self._broken(f"answered no JSON: {_start(content)!r}", hint) from error
        if isinstance(answer, dict):
            answer = next((answer[key] for key in _KEYS if key in answer), answer)
        if not isinstance(answer, list) or len(answer) != rows:
            got = f"{len(answer)} predictions" if isinstance(answer, list) else _start(content)
            hint = "answer with a JSON list of one prediction a row, bare or under 'predictions'"
            raise self._broken(f"answered {got} for {rows} rows", hint)
        return answer

    def _posted(self, body: bytes, rows: int) -> tuple[int, bytes]:
        """Post once, over a connection of its own: threads may share an endpoint."""
        parts = urlsplit(self._url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=self._timeout)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        sent = {"Content-Type": "application/json", "Accept": "application/json", **self._headers}
        try:
            connection.request("POST", path, body, sent)
            response = connection.getresponse()
            return response.status, response.read()
        except TimeoutError as error:
            hint = "pass a longer timeout= or a smaller batch="
            raise self._broken(f"did not answer {rows} rows within {self._timeout:g} s", hint) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._broken(f"cannot be reached ({error!r})", "start the server, or check the address") from error
        finally:
            connection.close()

    def _broken(self, said: str, hint: str) -> SubjectError:
        return SubjectError(f"model={self.__name__}: it {said}.\nHint: {hint}")


def _rows(block: Any) -> list[list[Any]]:
    """Return rows as JSON's own values."""
    if isinstance(block, np.ndarray):
        return [[_plain(value) for value in row] for row in block.tolist()]
    frame = nw.from_native(block, eager_only=True)
    return [[_plain(value) for value in row] for row in frame.iter_rows()]


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, numbers.Real):
        return float(value) if math.isfinite(value) else None
    if value != value:  # noqa: PLR0124 - NaT and pandas' NA
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _start(content: bytes) -> str:
    text = " ".join(content[:600].decode("utf-8", "replace").split())
    return text if len(text) <= 200 else text[:197] + "..."
