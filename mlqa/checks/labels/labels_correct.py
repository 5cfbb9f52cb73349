"""The question whether the labels are right, as far as a model can tell."""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlqa.alpha import level_of, share_of
from mlqa.checks.labels.classified import Classified, classified
from mlqa.checks.skipped import skipped
from mlqa.stats.proportion import clopper_pearson
from mlqa.stats.rates import newcombe, rise_p_value
from mlqa.stats.seeds import seed_of
from mlqa.verdict import Evidence, Outcome, Verdict
from mlqa.wording import number

__all__ = ["labels_correct"]

_CHECK = "labels.labels_correct"
_CLAIM = "labels are no more often wrong than they may be"
_METHOD = "confident learning on out-of-fold probabilities of boosted trees"
_REMEDY = "look at the rows of evidence.worst first"
_ROWS = "pass the table, or save the profile with rows=True"
_LABELS = "ask once classes are known in both tables, at least ten rows of each"
_LEVEL = 0.95
_FOLDS = 5
_NEEDED = ("sklearn", "cleanlab")


def labels_correct(
    current: Any,
    *,
    target: str,
    reference: Any = None,
    columns: Sequence[str] | None = None,
    at_most: float | None = None,
    min_effect: float = 0.01,
    alpha: float | None = None,
    seed: int = 0,
) -> Verdict:
    """Ask how many labels look wrong to a model of the others.

    Rows that a model confidently gives to another class are suspects, not
    errors: hard data have many. So the share of suspects is compared with the
    reference's, or with a limit of yours, and never with none.

    Parameters
    ----------
    current : DataFrame, path or Profile
    target : str
        The label: classes.
    reference : DataFrame, path or Profile, optional
    columns : list of str, optional
        Features; by default all columns but the target.
    at_most : float in [0, 1], optional, unit: share of labels
        FAIL where the interval lies above it, PASS where below, else UNDECIDED.
    min_effect : float in [0, 1), unit: share of labels
        Smallest rise against the reference that matters.
    alpha : float in (0, 0.5), optional
        Probability of a false alarm.
    seed : int
        Not used: folds follow the rows' values, the model is deterministic.

    Returns
    -------
    Verdict
        ``evidence.estimate`` is the share of labels under suspicion, or its
        rise; SKIPPED without scikit-learn and cleanlab.

    Raises
    ------
    UsageError
        If a table, column or limit cannot be used.

    Notes
    -----
    Confident learning [1]_ as cleanlab does it. One model sees the rows of both
    tables and does not know which row is whose: Fisher's test of the two
    shares is exact where rows are exchangeable. At most 3,000 rows of each.

    References
    ----------
    .. [1] Northcutt, C., Jiang, L. and Chuang, I. (2021), Confident learning:
       estimating uncertainty in dataset labels, Journal of Artificial
       Intelligence Research 70, 1373-1411.

    Examples
    --------
    >>> import polars as pl
    >>> labels_correct(pl.DataFrame({"x": [0, 1], "churn": ["a", "b"]}), target="churn").outcome
    <Outcome.SKIPPED: 'skipped'>
    """
    alpha, seed = level_of(alpha), seed_of(seed)
    limit = None if at_most is None else share_of("at_most", at_most, "0.05 is one label in twenty")
    min_effect = share_of("min_effect", min_effect, "0.05 is one label in twenty")
    found = classified(current, reference, target, columns)
    if isinstance(found, str):
        return skipped(_CHECK, _CLAIM, found, alpha=alpha, remedy=_ROWS if "no rows" in found else _LABELS)
    if limit is None and found.reference is None:
        return skipped(
            _CHECK,
            _CLAIM,
            "there is neither a reference nor a limit",
            alpha=alpha,
            remedy="pass a reference, or at_most=0.05",
        )
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        return skipped(
            _CHECK,
            _CLAIM,
            f"{' and '.join(missing)} cannot be imported",
            alpha=alpha,
            remedy="pip install scikit-learn cleanlab",
        )
    probability = _out_of_fold(found)
    suspects = _suspects(found.labels, probability)
    if limit is not None:
        return _within(found, suspects, probability, limit, alpha)
    return _against(found, suspects, probability, min_effect, alpha)


def _out_of_fold(found: Classified) -> NDArray[np.float64]:
    """Return the probability of each class for each row, from the rows of the other folds."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    probability = np.zeros((found.labels.size, len(found.classes)))
    for fold in range(_FOLDS):
        inside = found.fold == fold
        taught = np.unique(found.labels[~inside])
        if not inside.any() or taught.size < 2:  # one class: the model would give two columns for it
            probability[np.ix_(inside, taught)] = 1.0
            continue
        model = HistGradientBoostingClassifier(
            max_iter=60, max_leaf_nodes=15, early_stopping=False, random_state=0, min_samples_leaf=10
        )
        model.fit(found.features[~inside], found.labels[~inside])
        probability[np.ix_(np.flatnonzero(inside), model.classes_)] = model.predict_proba(found.features[inside])
    return probability


def _suspects(labels: NDArray[np.int64], probability: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return the rows whose label confident learning doubts."""
    find = importlib.import_module("cleanlab.filter").find_label_issues
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = find(labels, probability, filter_by="confident_learning", n_jobs=1)
    return np.asarray(found, dtype=bool)


def _within(
    found: Classified, suspects: NDArray[np.bool_], probability: NDArray[np.float64], at_most: float, alpha: float
) -> Verdict:
    """Hold the share of suspects to a limit."""
    mine = suspects & found.current
    hits, n = int(mine.sum()), int(found.current.sum())
    level = 1.0 - 2.0 * alpha
    low, high = (float(end) for end in clopper_pearson(hits, n, level=level))
    outcome = Outcome.FAIL if low > at_most else Outcome.PASS if high <= at_most else Outcome.UNDECIDED
    failed = outcome is Outcome.FAIL
    return Verdict(
        check=_CHECK,
        outcome=outcome,
        claim=_CLAIM,
        reason=f"{hits} of {n} labels ({number(100 * hits / n)} %) look wrong, limit {number(100 * at_most)} %",
        evidence=Evidence(
            estimate=hits / n,
            low=low,
            high=high,
            level=level,
            limit=at_most,
            unit="of labels",
            n=n,
            method=f"{_METHOD}; Clopper-Pearson interval",
            worst=_examples(found, mine, probability) if failed else (),
        ),
        columns=(found.target,) if failed else (),
        remedy=_REMEDY if failed else "",
        alpha=alpha,
    )


def _against(
    found: Classified, suspects: NDArray[np.bool_], probability: NDArray[np.float64], min_effect: float, alpha: float
) -> Verdict:
    """Compare the share of suspects with the reference's."""
    before, after = suspects[~found.current], suspects[found.current]
    x, n, y, m = int(before.sum()), before.size, int(after.sum()), after.size
    p_value = float(rise_p_value([x], n, [y], m)[0])
    low, high = (float(end[0]) for end in newcombe([x], n, [y], m, _LEVEL))
    failed = p_value <= alpha and low > min_effect
    blind = not failed and float(rise_p_value([0], n, [m], m)[0]) > alpha
    told = f"{number(100 * y / m)} % of {m} labels look wrong, in the reference {number(100 * x / n)} % of {n}"
    return Verdict(
        check=_CHECK,
        outcome=Outcome.FAIL if failed else Outcome.UNDECIDED if blind else Outcome.PASS,
        claim=_CLAIM,
        reason="so few rows would not have shown even all labels wrong" if blind else told,
        evidence=Evidence(
            estimate=y / m - x / n,
            low=low,
            high=high,
            level=_LEVEL,
            p_value=p_value,
            limit=min_effect,
            unit="of labels",
            n=n + m,
            method=f"{_METHOD}; Fisher's exact test, one-sided; Newcombe interval",
            worst=_examples(found, suspects & found.current, probability) if failed else (),
        ),
        columns=(found.target,) if failed else (),
        remedy=_REMEDY if failed else "",
        alpha=alpha,
    )


def _examples(
    found: Classified, mine: NDArray[np.bool_], probability: NDArray[np.float64]
) -> tuple[dict[str, Any], ...]:
    """Return the suspects that the model doubts most, by their place in the table."""
    given = probability[np.arange(found.labels.size), found.labels]
    order = np.flatnonzero(mine)[np.argsort(given[mine], kind="stable")][:5]
    return tuple(
        {
            "current_row": int(found.places[at]),
            "label": found.classes[found.labels[at]],
            "looks_like": found.classes[int(probability[at].argmax())],
        }
        for at in order
    )
