"""CSV files read in pieces, their types decided by every value of every file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, starmap
from pathlib import Path

import polars as pl

from mlqa.errors import UsageError
from mlqa.subjects.native import refuse_twice

__all__ = ["MISSING_IN_CSV", "csv_batches", "csv_forms"]

MISSING_IN_CSV = ["", "NA", "N/A", "NaN", "nan", "null", "NULL"]
_FIRST_LOOK = 1000
Form = Callable[[pl.Expr], pl.Expr]


def _truth(text: pl.Expr) -> pl.Expr:
    lower = text.str.to_lowercase()
    return pl.when(lower == "true").then(True).when(lower == "false").then(False)


def _instant(pattern: str) -> Form:
    return lambda text: text.str.to_datetime(pattern, strict=False, time_unit="us")


_FORMS: dict[str, Form] = {
    "boolean": _truth,
    "integer": lambda text: text.cast(pl.Int64, strict=False),
    "float": lambda text: text.cast(pl.Float64, strict=False),
    "date": lambda text: text.str.to_date("%Y-%m-%d", strict=False),
    "date /": lambda text: text.str.to_date("%Y/%m/%d", strict=False),
    "instant": _instant("%Y-%m-%d %H:%M:%S%.f"),
    "instant T": _instant("%Y-%m-%dT%H:%M:%S%.f"),
    "minute": _instant("%Y-%m-%d %H:%M"),
    "minute T": _instant("%Y-%m-%dT%H:%M"),
    "zoned": _instant("%Y-%m-%d %H:%M:%S%.f%#z"),
    "zoned T": _instant("%Y-%m-%dT%H:%M:%S%.f%#z"),
    "hour": lambda text: text.str.to_time("%H:%M:%S%.f", strict=False),
    "hour short": lambda text: text.str.to_time("%H:%M", strict=False),
}


def csv_forms(files: Sequence[Path], rows: int, *, name: str = "table") -> dict[str, str]:
    """Tell for every column which form all of its values have, over all files.

    A column is read as the first of boolean, integer, float, date, instant and
    time of day that fits each value; quoted numbers are numbers. The first
    thousand rows rule out most forms.

    Parameters
    ----------
    files : sequence of Path
        With the same column names each, in any order.
    rows : int of at least 1
        Rows to hold at once.
    name : str
        What the caller calls the table; named in errors.

    Returns
    -------
    dict of str to str
        The form; ``text`` where none fits, ``nothing`` of a column without values.

    Raises
    ------
    UsageError
        If a name is there twice, or a file has other columns than the first.
    """
    order = _header(files[0], name)
    alive = {str(at): list(_FORMS) for at in range(len(order))}
    silent = set(alive)
    for batch in _texts(files, order, rows, name):
        silent = {at for at in silent if batch.get_column(at).null_count() == batch.height}
        for part in (batch.head(_FIRST_LOOK), batch):
            alive = _still_alive(part, alive)
    found = ["nothing" if at in silent else (forms or ["text"])[0] for at, forms in alive.items()]
    return dict(zip(order, found))


def csv_batches(
    files: Sequence[Path], forms: Mapping[str, str], rows: int, *, name: str = "table"
) -> Iterator[pl.DataFrame]:
    """Yield a frame without rows, then all rows in the order of the files, each column in the form found for it."""
    order = list(forms)
    typed = list(starmap(_typed, enumerate(forms.values())))
    nothing = pl.DataFrame(schema={str(at): pl.String for at in range(len(order))})
    for batch in chain([nothing], _texts(files, order, rows, name)):
        columns = batch.select(typed).get_columns()
        yield pl.DataFrame({column: series.alias(column) for column, series in zip(order, columns)})


def _typed(at: int, form: str) -> pl.Expr:
    text = pl.col(str(at))
    if form == "nothing":
        return text.cast(pl.Null)
    return text if form == "text" else _FORMS[form](text).alias(str(at))


def _still_alive(batch: pl.DataFrame, alive: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Drop the forms that a value of the batch does not have."""
    asked = [(at, form) for at, forms in alive.items() for form in forms]
    if not asked or batch.height == 0:
        return dict(alive)
    broken = batch.select(
        (_FORMS[form](pl.col(at)).is_null() & pl.col(at).is_not_null()).any().alias(f"{at} {form}")
        for at, form in asked
    ).row(0, named=True)
    return {at: [form for form in forms if not broken[f"{at} {form}"]] for at, forms in alive.items()}


def _texts(files: Sequence[Path], order: list[str], rows: int, name: str) -> Iterator[pl.DataFrame]:
    """Yield the rows of every file as text, columns called by their place; no frame of a file without rows."""
    for file in files:
        header = _header(file, name)
        if sorted(header) != sorted(order):
            odd = min({*header} ^ {*order})
            wanted = f"the columns of {files[0].name} in every file"
            raise UsageError(name, str(file), wanted, "make the files alike", f"{odd!r} in one of them only")
        scan = pl.scan_csv(file, null_values=MISSING_IN_CSV, infer_schema=False)
        # a name that looks like a pattern would be taken for one
        placed = scan.rename({column: str(order.index(column)) for column in header})
        scan = placed.select(str(at) for at in range(len(order)))
        for batch in scan.collect_batches(chunk_size=rows, maintain_order=True):
            yield batch.rechunk()


def _header(file: Path, name: str) -> list[str]:
    """Return the column names of a file, as polars calls them."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        header = next(csv.reader(opened), [])
    refuse_twice(header, name, str(file))
    return pl.scan_csv(file, infer_schema=False).collect_schema().names()
