"""How much memory an Arrow file would take once unpacked, read from its own account before anything is."""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = ["unpacked_bytes"]

_END = b"ARROW1"
_DICTIONARIES, _BATCHES = 2, 3  # fields of the footer
_BATCH = 3  # kind of a message: a batch of rows; 2 is a dictionary, which holds one
_HEADER_TYPE, _HEADER = 1, 2  # fields of a message
_BUFFERS, _COMPRESSION = 2, 3  # fields of a batch
_DATA = 1  # field of a dictionary


def unpacked_bytes(data: bytes) -> int:
    """Add up what the buffers of an Arrow file say of their size.

    Parameters
    ----------
    data : bytes
        The whole file.

    Returns
    -------
    int
        A compressed buffer begins with its size once unpacked, and a reader
        makes room for no more than that.

    Raises
    ------
    ValueError, struct.error
        If the bytes are no Arrow file.

    Examples
    --------
    >>> import io, polars as pl
    >>> file = io.BytesIO()
    >>> pl.DataFrame({"zeros": [0] * 1000}).write_ipc(file, compression="zstd")
    >>> len(file.getvalue()) < 1000, unpacked_bytes(file.getvalue()) >= 8000
    (True, True)
    """
    if not data.endswith(_END):
        raise ValueError("no Arrow file")
    length = struct.unpack_from("<i", data, len(data) - len(_END) - 4)[0]
    footer = _followed(data, len(data) - len(_END) - 4 - length)
    return sum(
        _batch_bytes(data, place, place + described)
        for field in (_DICTIONARIES, _BATCHES)
        for place, described, _ in _blocks(data, footer, field)
    )


def _batch_bytes(data: bytes, place: int, body: int) -> int:
    """Return the bytes of one batch of rows, or of the batch that a dictionary holds."""
    message = _followed(data, place + 8)
    kind, batch = _field(data, message, _HEADER_TYPE), _table(data, message, _HEADER)
    if kind is None or batch is None:
        raise ValueError("a message without content")
    if data[kind] != _BATCH:
        batch = _table(data, batch, _DATA)
    packed = batch is not None and _field(data, batch, _COMPRESSION) is not None
    total = 0
    for start, length in [] if batch is None else _vector(data, batch, _BUFFERS, "<qq"):
        declared = struct.unpack_from("<q", data, body + start)[0] if packed and length >= 8 else length
        total += max(length, declared)  # -1: kept as it is
    return total


def _blocks(data: bytes, table: int, field: int) -> Iterator[tuple[int, ...]]:
    """Return place, length of description and length of content of every message."""
    return _vector(data, table, field, "<qi4xq")


def _vector(data: bytes, table: int, field: int, form: str) -> Iterator[tuple[int, ...]]:
    """Return what a field lists."""
    start = _table(data, table, field)
    if start is not None:
        count = struct.unpack_from("<I", data, start)[0]
        for at in range(count):
            yield struct.unpack_from(form, data, start + 4 + at * struct.calcsize(form))


def _table(data: bytes, table: int, field: int) -> int | None:
    """Return the place of what a field points to."""
    place = _field(data, table, field)
    return None if place is None else _followed(data, place)


def _followed(data: bytes, place: int) -> int:
    """Return the place that an offset points to."""
    return place + int(struct.unpack_from("<I", data, place)[0])


def _field(data: bytes, table: int, field: int) -> int | None:
    """Return the place of a field of a table; None where it is left out."""
    layout = table - int(struct.unpack_from("<i", data, table)[0])
    if 4 + 2 * field >= struct.unpack_from("<H", data, layout)[0]:
        return None
    offset = int(struct.unpack_from("<H", data, layout + 4 + 2 * field)[0])
    return table + offset if offset else None
