"""``mlqa.deepchecks``: their suites and checks, asked beside this process, answered as a report of ours."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from mlqa.bridges.deepchecks import environment
from mlqa.bridges.deepchecks.answers import case_of, skipped
from mlqa.bridges.deepchecks.frames import columns_of, framed, write_frame, write_outputs
from mlqa.bridges.deepchecks.known import COMPARISON, LIVE
from mlqa.bridges.deepchecks.live import answered_by_ours
from mlqa.bridges.deepchecks.plan import Job, planned
from mlqa.bridges.deepchecks.predicted import Said, given, said_of
from mlqa.bridges.deepchecks.session import Worker, borrowed
from mlqa.errors import UsageError, nearest
from mlqa.report.report import Case, Report

__all__ = ["deepchecks"]

_GIB = 2**30


def deepchecks(
    suite: str | Sequence[str],
    *,
    train: Any = None,
    test: Any = None,
    target: str | None = None,
    model: Any = None,
    id: str | None = None,  # noqa: A002  # as mlqa.check calls it
    time: str | None = None,
    categorical: Sequence[str] | None = None,
    conditions: Any = None,
    arguments: Any = None,
    train_prediction: Any = None,
    test_prediction: Any = None,
    train_probability: Any = None,
    test_probability: Any = None,
    workers: int = 1,
    timeout: float = 900.0,
    memory: float | None = None,
    displays: bool = True,
) -> Report:
    """Run suites or checks of deepchecks 0.19.1, in an environment of its own, on today's tables and models.

    The environment is built when first used (``mlqa env create deepchecks``
    does it ahead of time). Its process starts once a session and ends with it.
    The model stays here: deepchecks is told its predictions.

    Parameters
    ----------
    suite : str or sequence of str
        ``'full_suite'``, ``'data_integrity'``, ``'train_test_validation'``,
        ``'model_evaluation'``, ``'production_suite'``, the class name of a
        tabular check (``'FeatureDrift'``), or several of them.
    train, test : table
        Of any kind that :func:`mlqa.check` takes; one alone may be either.
    target, id, time : str, optional
        Columns: the label, the index, the date.
    model : callable or object, or mapping of two or more of them, optional
        See :func:`mlqa.model_check`. A mapping from names is for
        ``MultiModelPerformanceReport``; other checks ask its first.
    categorical : sequence of str, optional
        Features that are categories; deepchecks guesses them otherwise.
    conditions : mapping, or sequence of str, optional
        Of one check: from the names of its conditions, without
        ``add_condition_``, to a mapping of arguments or the first argument
        alone. Of a suite or several checks: the same, by check. By default
        those that deepchecks' own suites attach.
    arguments : mapping, optional
        Of the check itself; of a suite, for all of its checks or by check.
    train_prediction, test_prediction : array, optional
        Instead of a model.
    train_probability, test_probability : array of shape (n,) or (n, classes), optional
    workers : int of at least 1
        Processes side by side, where several suites are asked.
    timeout : float, unit: seconds
        For each suite.
    memory : float, unit: GiB, optional
        What a worker may take beyond what it has at rest. Linux only.
    displays : bool
        Whether bars that deepchecks draws become the verdict's picture.

    Returns
    -------
    Report
        One case a check and table, one verdict a condition; all of them
        contracts, since deepchecks states no false-alarm rate. A condition that
        fails or warns is FAIL, as in ``SuiteResult.passed()``. A check without
        a condition, or that does not apply, is SKIPPED; one that breaks is a
        crash of its case. Checks that need the live model are answered by
        mlqa's own, under their own id.

    Raises
    ------
    UsageError
        If an argument cannot be used.
    BridgeError
        If the environment is missing and cannot be built, or the process dies,
        takes too long or runs out of memory.
    SubjectError
        If the model raises.

    Examples
    --------
    >>> deepchecks("FeatureDrif", train=None)
    Traceback (most recent call last):
    mlqa.errors.UsageError: suite='FeatureDrif': expected a suite or check of deepchecks, got another name.
    Hint: did you mean 'FeatureDrift'?
    """
    jobs = planned(suite, conditions, arguments, alone=train is None or test is None)
    if not isinstance(workers, int) or isinstance(workers, bool) or workers < 1:
        raise UsageError("workers", workers, "a whole number of at least 1", "pass 2 for two suites side by side")
    for name, number in (("timeout", timeout), ("memory", 1.0 if memory is None else memory)):
        if isinstance(number, bool) or not isinstance(number, (int, float)) or not number > 0:
            raise UsageError(name, number, "a number above 0", "leave it out for the default")
    sides = _sides(train, test)
    roles = {"target": target, "id": id, "time": time, "categorical": categorical}
    for name, table in sides.items():
        _refuse_unknown(name, table, roles)
    models = dict(model) if isinstance(model, Mapping) else {"model": model} if model is not None else {}
    told = {"train": (train_prediction, train_probability), "test": (test_prediction, test_probability)}
    alone = None if len(sides) == 2 else "test" if train is None else "train"
    said = _said(models, sides, roles, _told(told, alone=alone))
    python = _python()
    rules = {"displays": bool(displays), "memory": None if memory is None else int(memory * _GIB)}
    ask = partial(_ask, python, sides, roles, models, said, rules, float(timeout))
    if workers == 1 or len(jobs) == 1:
        return Report(tuple(case for job in jobs for case in ask(job)))
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return Report(tuple(case for cases in pool.map(ask, jobs) for case in cases))


def _sides(train: Any, test: Any) -> dict[str, Any]:
    """Return the tables; deepchecks knows one alone as train."""
    if train is None and test is None:
        raise UsageError("train", None, "a table", "pass train=, and test= where two are compared", "none")
    if train is None or test is None:
        return {"train": framed(test if train is None else train, "test" if train is None else "train")}
    return {"train": framed(train, "train"), "test": framed(test, "test")}


def _refuse_unknown(side: str, table: Any, roles: Mapping[str, Any]) -> None:
    """Raise where a role names no column."""
    columns = columns_of(table)
    for role, value in roles.items():
        for name in [value] if isinstance(value, str) else value or ():
            if str(name) not in columns:
                raise UsageError(role, name, f"a column of {side}", nearest(str(name), columns), "an unknown column")


def _told(told: Mapping[str, tuple[Any, Any]], *, alone: str | None) -> Mapping[str, tuple[Any, Any]]:
    """Return predictions by table; one table alone is train to deepchecks."""
    if alone is None:
        return told
    for side, values in told.items():
        for what, value in zip(("prediction", "probability"), values):
            if side != alone and value is not None:
                raise UsageError(f"{side}_{what}", value, f"{side} beside it", f"pass {side}= too", f"no {side}")
    return {"train": told[alone]}


def _said(
    models: Mapping[str, Any], sides: Mapping[str, Any], roles: Mapping[str, Any], told: Mapping[str, tuple[Any, Any]]
) -> dict[str, dict[str, Said]]:
    """Return predictions by model and table."""
    found = {name: {side: said_of(one, table, roles) for side, table in sides.items()} for name, one in models.items()}
    handed = {side: given(side, *told[side], len(table)) for side, table in sides.items()}
    if found or not any(handed.values()):
        return found
    return {"predictions": {side: one for side, one in handed.items() if one is not None}}


def _python() -> Path:
    """Return the environment's Python, built now if need be."""
    found = environment.find()
    if found is not None:
        return found
    with contextlib.ExitStack() as shown:
        return environment.create(say=_aloud, progress=_bar(shown))


def _aloud(text: str) -> None:
    """Say what takes time where a user sees it, and no report is mixed up with it."""
    sys.stderr.write(f"mlqa: {text}\n")
    sys.stderr.flush()


def _bar(shown: contextlib.ExitStack) -> environment.Progress | None:
    """Return what draws a progress bar on a terminal."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console
    from rich.progress import Progress

    bar = shown.enter_context(Progress(console=Console(stderr=True), transient=True))
    line = bar.add_task("packages", total=None)
    return lambda done, total, text: bar.update(line, completed=done, total=total, description=text[:50])


def _ask(
    python: Path,
    sides: Mapping[str, Any],
    roles: Mapping[str, Any],
    models: Mapping[str, Any],
    said: Mapping[str, Mapping[str, Said]],
    rules: Mapping[str, Any],
    timeout: float,
    job: Job,
) -> list[Case]:
    """Ask one job: deepchecks what it can answer, our own checks the rest."""
    names = [one["check"] for one in job.checks]
    model = next(iter(models.values()), None)
    first: Mapping[str, Said] = next(iter(said.values()), {})
    lone = COMPARISON in names and len(models) < 2
    theirs = [one for one in job.checks if one["check"] not in LIVE and not (lone and one["check"] == COMPARISON)]
    cases = []
    if theirs:
        with borrowed(python) as worker:
            task = _task(job.name, theirs, worker, sides, roles, said)
            answer = worker.ask({**task, **rules}, timeout=timeout)
        columns = columns_of(sides["train"])
        cases = [case_of(one, suite=job.name, version=answer["version"], columns=columns) for one in answer["results"]]
    cases += [answered_by_ours(name, job.name, model, sides, roles, first) for name in names if name in LIVE]
    if lone:
        why = skipped(COMPARISON, "it takes two models or more", remedy="pass model={'one': ..., 'other': ...}")
        cases.append(Case(source=f"{job.name}: {COMPARISON}", verdicts=(why,)))
    return cases


def _task(
    name: str,
    checks: Sequence[Mapping[str, Any]],
    worker: Worker,
    sides: Mapping[str, Any],
    roles: Mapping[str, Any],
    said: Mapping[str, Mapping[str, Said]],
) -> dict[str, Any]:
    """Write what the worker reads, and return the request."""
    folder = worker.folder
    mixed = {side: write_frame(table, folder / f"{side}.arrow") for side, table in sides.items()}
    outputs: dict[str, dict[str, str]] = {}
    for number, (model, by_side) in enumerate(said.items()):
        outputs[model] = {side: str(folder / f"said-{number}-{side}.arrow") for side in by_side}
        for side, one in by_side.items():
            write_outputs(one.prediction, one.probability, Path(outputs[model][side]))
    known = next((one for by_side in said.values() for one in by_side.values()), None)
    categorical = roles["categorical"]
    return {
        "name": name,
        "checks": list(checks),
        "tables": {side: str(folder / f"{side}.arrow") for side in sides},
        "rows": {side: len(table) for side, table in sides.items()},
        "mixed": mixed,
        "outputs": next(iter(outputs.values()), {}),
        "models": outputs if len(outputs) > 1 else {},
        "classes": list(known.classes) if known else [],
        "roles": {
            "label": roles["target"],
            "index_name": roles["id"],
            "datetime_name": roles["time"],
            "cat_features": None if categorical is None else list(categorical),
            "label_type": known.task if known else None,
        },
    }
