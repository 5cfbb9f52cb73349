"""Dates and times moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.errors import UsageError
from mlqa.subjects.perturb.column import each, on_column, refuse_no_number
from mlqa.subjects.perturb.marks import Perturb

__all__ = ["shifted"]


def shifted(column: str, *, days: float) -> Perturb:
    """Move every date or time of a column by the same number of days.

    Parameters
    ----------
    column : str
    days : float
        Back in time where negative; a column of dates takes whole days.

    Examples
    --------
    >>> import polars as pl
    >>> from datetime import date
    >>> shifted("on", days=7)(pl.DataFrame({"on": [date(2026, 1, 1), None]}))["on"].to_list()
    [datetime.date(2026, 1, 8), None]
    """
    refuse_no_number("days", days, "a finite number of days")
    step = timedelta(days=days)

    def change(values: NDArray[Any]) -> NDArray[Any]:
        if values.dtype.kind == "M":
            return values + np.timedelta64(step)
        return each(values, moved)

    def moved(value: Any) -> Any:
        try:
            return value + step
        except TypeError as error:
            got = f"values of type {type(value).__name__}"
            raise UsageError("column", column, "a column of dates or times", "parse the column first", got) from error
        except OverflowError:  # no calendar holds that day
            return value

    return on_column(f"shifted({column}, {days:g} days)", column, change)
