"""Changes whose effect on a prediction is known: each maker returns a plain function from table to table.

Every function works on whole columns, keeps the table's kind, leaves its input
as it is, and leaves missing values missing. Knows no check and no model.
"""

from __future__ import annotations

from mlqa.subjects.perturb.categories import among, exchanged, set_to, swapped, unseen
from mlqa.subjects.perturb.dates import shifted
from mlqa.subjects.perturb.donors import neighbouring, resampled
from mlqa.subjects.perturb.marks import Perturb, together
from mlqa.subjects.perturb.missing import blanked
from mlqa.subjects.perturb.numbers import noise, rounded, scaled, single_precision, within
from mlqa.subjects.perturb.proposed import perturbations_for
from mlqa.subjects.perturb.resolution import resolution_of, unrounded
from mlqa.subjects.perturb.rows import duplicated, extra_column, permuted, shuffled
from mlqa.subjects.perturb.texts import cased, recoded, spaced, synonyms, unaccented, unpunctuated
from mlqa.subjects.perturb.typing_errors import typos

__all__ = [
    "Perturb",
    "among",
    "blanked",
    "cased",
    "duplicated",
    "exchanged",
    "extra_column",
    "neighbouring",
    "noise",
    "permuted",
    "perturbations_for",
    "recoded",
    "resampled",
    "resolution_of",
    "rounded",
    "scaled",
    "set_to",
    "shifted",
    "shuffled",
    "single_precision",
    "spaced",
    "swapped",
    "synonyms",
    "together",
    "typos",
    "unaccented",
    "unpunctuated",
    "unrounded",
    "unseen",
    "within",
]
