"""Every fault of the benchmark with its two severities: the one place that says how much is mild and how much strong.

Mild is what slips through review (a few rows in a hundred, a quarter of a
standard deviation); strong is what nobody would forgive a tool for missing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import fault_predictions as predictions
import fault_relations as relations
import fault_rows as rows
import fault_text as text
import fault_values as values
from fault_columns import categories, numeric


@dataclass(frozen=True)
class Fault:
    """How to make a fault, how much of it, and what that is (`{}`: the amount in per cent or as it is)."""

    inject: Callable
    mild: float
    strong: float
    says: str | tuple[str, str]
    predicted: bool = False  # the check gets predictions of a model

    def said(self, severity: str) -> str:
        """Return the sentence of a severity."""
        text = self.says if isinstance(self.says, str) else self.says[severity == "strong"]
        return text.format(getattr(self, severity))


def any_column(pair):
    return [*numeric(pair), *categories(pair)]


def long_texts(pair):
    return [name for name in categories(pair) if pair.reference[name].str.len_chars().max() >= 6]


def fine(pair):
    return numeric(pair, distinct=100)


def column(choose, change, mild, strong, says):
    return Fault(rows.on(choose, change), mild, strong, says)


def dtype_change(pair, amount, rng):
    """A column arrives in another type: numbers as text (0), texts as codes (1)."""
    kinds = (rows.on(numeric, text.numbers_as_text), rows.on(categories, text.texts_as_codes))
    return kinds[amount](pair, amount, rng)


FAULTS = {
    # values of one column
    "missing_spike": column(any_column, values.missing_spike, 0.05, 0.3, "{:.0%} of the values are lost"),
    "missing_high": column(numeric, values.missing_high, 0.05, 0.3, "the largest {:.0%} of the values are lost"),
    "sentinel_minus_999": column(numeric, values.sentinel(-999), 0.03, 0.2, "{:.0%} of the values are -999"),
    "sentinel_zero": column(
        numeric, values.sentinel(0), 0.03, 0.2, "{:.0%} of the values of a column without zeros are 0"
    ),
    "sentinel_99999": column(numeric, values.sentinel(99999), 0.03, 0.2, "{:.0%} of the values are 99999"),
    "unit_thousandfold": column(numeric, values.unit_change(1000), 0.05, 1.0, "{:.0%} of the values are times 1000"),
    "unit_hundredth": column(numeric, values.unit_change(0.01), 0.05, 1.0, "{:.0%} of the values are times 0.01"),
    "unit_inches": column(numeric, values.unit_change(1 / 2.54), 0.2, 1.0, "{:.0%} of the values are divided by 2.54"),
    "mean_shift": column(numeric, values.mean_shift, 0.25, 1.0, "all values are {} standard deviations higher"),
    "scale": column(numeric, values.scale, 1.25, 2.0, "all values are {} times as far from the median"),
    "outliers": column(numeric, values.outliers, 0.005, 0.03, "{:.1%} of the values are 8 to 15 sd away"),
    "stuck_column": column(any_column, values.stuck, 0.05, 1.0, "the last {:.0%} of the rows repeat one value"),
    "precision_loss": column(fine, values.precision_loss, 0.1, 0.5, "values are rounded to about {} sd"),
    "imputed": column(any_column, values.imputed, 0.05, 0.3, "{:.0%} of the values became the mean or the mode"),
    # texts and types
    "category_rename": column(
        categories, text.category_rename, 0.05, 0.5, "the category with about {:.0%} of the rows is renamed"
    ),
    "new_category": column(categories, text.new_category, 0.01, 0.1, "{:.0%} of the values are a category never seen"),
    "vanished_category": column(
        categories, text.vanished_category, 0.05, 0.3, "the category with about {:.0%} of the rows is gone"
    ),
    "other_case": column(categories, text.other_case, 0.03, 0.3, "{:.0%} of the values are in upper case"),
    "white_space": column(categories, text.white_space, 0.03, 0.3, "{:.0%} of the values end in a space"),
    "null_spellings": column(
        categories, text.null_spellings, 0.02, 0.2, "{:.0%} of the values are NA, null, -, ? or empty text"
    ),
    "unparsable": column(numeric, text.unparsable, 0.005, 0.1, "numbers arrive as text, {:.1%} of it no number"),
    "dtype_change": Fault(
        dtype_change, 0, 1, ("a column of numbers arrives as text", "a column of texts arrives as codes")
    ),
    "truncated_text": column(
        long_texts, text.truncated, 0.05, 0.9, "texts are cut where that changes about {:.0%} of them"
    ),
    "encoding_damage": column(
        categories, text.damaged, 0.02, 0.3, "{:.0%} of the values have a letter in a wrong encoding"
    ),
    # rows
    "duplicated_rows": Fault(rows.duplicated_rows, 0.05, 0.3, "{:.0%} of the rows are copies of others"),
    "leaked_rows": Fault(rows.leaked_rows, 0.05, 0.3, "{:.0%} of the rows are rows of the reference"),
    "leaked_rows_jittered": Fault(
        rows.leaked_rows_jittered, 0.05, 0.3, "{:.0%} are rows of the reference, numbers moved by 0.01 sd"
    ),
    "id_leak": Fault(rows.shared("id"), 0.02, 0.3, "{:.0%} of the ids are ids of the reference"),
    "group_leak": Fault(rows.shared("group"), 0.05, 0.3, "{:.0%} of the rows belong to groups of the reference"),
    "time_overlap": Fault(rows.time_overlap, 0.05, 0.5, "{:.0%} of the times are within the reference's period"),
    "time_gap": Fault(rows.time_gap, 0.1, 0.4, "{:.0%} of the current period has no row"),
    "covariate_shift": Fault(rows.covariate_shift, 0.25, 1.0, "rows drawn so that a column's mean is {} sd higher"),
    "prior_shift": Fault(
        rows.prior_shift, 0.1, 0.4, "a class has {:.0%} of all rows more (a numeric label: 2.5 times this in sd)"
    ),
    # relations
    "target_leak_new": Fault(
        relations.target_leak_new, 0.5, 1.0, "a new column in both tables gives {:.0%} of the labels away"
    ),
    "target_leak_column": Fault(
        relations.target_leak_column, 0.5, 1.0, "an old column in both tables gives {:.0%} of the labels away"
    ),
    "target_leak_current": Fault(
        relations.target_leak_current, 0.2, 1.0, "in {:.0%} of the current rows a column is sorted by the label"
    ),
    "label_noise_current": Fault(relations.label_noise("current"), 0.08, 0.4, "{:.0%} of the current labels are wrong"),
    "label_noise_reference": Fault(
        relations.label_noise("reference"), 0.08, 0.4, "{:.0%} of the reference's labels are wrong"
    ),
    "concept_drift": Fault(
        relations.concept_drift, 0.3, 1.0, "in {:.0%} of the rows the label goes the other way with a feature"
    ),
    "shuffled_column": Fault(relations.shuffled_column, 0.1, 1.0, "{:.0%} of the values of a column are exchanged"),
    "swapped_columns": Fault(relations.swapped_columns, 0.1, 1.0, "two columns are exchanged in {:.0%} of the rows"),
    "copied_column": Fault(
        relations.copied_column, 0.1, 1.0, "a column holds another one's values in {:.0%} of the rows"
    ),
    "misaligned_rows": Fault(
        relations.misaligned, 0.2, 1.0, "half of the columns are one row late in {:.0%} of the rows"
    ),
    "degraded_subgroup": Fault(
        predictions.degraded_subgroup, 0.3, 0.9, "{:.0%} of a slice's predictions are wrong", predicted=True
    ),
}
SEVERITIES = ("mild", "strong")
