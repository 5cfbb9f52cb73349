"""Runs inside deepchecks' own environment: a line of JSON asks, a line of JSON answers. Imports nothing of mlqa.

Tables come as Arrow files. What anything else prints goes to stderr. The
process group ends when its owner does.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Mapping
from typing import Any

_NOT_APPLICABLE = ("DeepchecksNotSupportedError", "DatasetValidationError", "NotEnoughSamplesError")
_IRRELEVANT = ("irrelevant", "not relevant")
_LONGEST_VALUE = 1_000_000  # characters of JSON
_MOST_BARS = 20
_SEED = 42
_COMPARISON = "MultiModelPerformanceReport"


def answer(task: Mapping[str, Any]) -> dict[str, Any]:
    """Run the checks of one request."""
    from deepchecks import __version__
    from deepchecks.tabular import Suite
    from deepchecks.tabular.context import _DummyModel

    _DummyModel._predict.__name__ = "predict"  # noqa: SLF001 - scikit-learn 1.5 asks a regressor's method for its name
    sides = {side: _dataset(task, side) for side in ("train", "test") if side in task["tables"]}
    outputs = {side: _outputs(task, side) for side in sides}
    checks = [_check(one) for one in task["checks"]]
    given = _arguments(task, sides, outputs)
    found: list[Any] = []
    for check in checks:
        if type(check).__name__ == _COMPARISON:
            found.append(_compared(check, task, sides))
        else:
            found += _run(Suite(task["name"], check), given, task["displays"])
    return {"version": __version__, "results": [_told(one, sides) for one in found]}


def _run(suite: Any, given: Mapping[str, Any], displays: bool) -> list[Any]:
    """Run one check, the same way each time: some draw numbers without a seed."""
    _seed()
    found: list[Any] = suite.run(**given, with_display=displays).results
    broken = [
        one for one in found if getattr(one, "exception", None) is not None and _failure(one.exception)["applies"]
    ]
    if displays and broken:  # by a picture, may be: plotly knows no column named as one of its own arguments
        return _run(suite, given, displays=False)
    return found


def _seed() -> None:
    import numpy

    random.seed(_SEED)
    numpy.random.seed(_SEED)  # noqa: NPY002 - the generator that deepchecks draws from


def _arguments(task: Mapping[str, Any], sides: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    """Return what `Suite.run` takes."""
    wanted: dict[str, Any] = {f"{side}_dataset": one for side, one in sides.items()}
    for side, (prediction, probability) in outputs.items():
        wanted |= {f"y_pred_{side}": prediction, f"y_proba_{side}": probability}
    wanted["model_classes"] = task.get("classes") or None
    return wanted


def _dataset(task: Mapping[str, Any], side: str) -> Any:
    """Read a table as a Dataset of deepchecks."""
    from deepchecks.tabular import Dataset

    frame = _frame(task["tables"][side])
    for column in task["mixed"][side]:
        frame[column] = _cells(frame[column])
    if side == "test" and "train" in task["tables"]:  # deepchecks renames rows of one index
        frame.index = frame.index + task["rows"]["train"]
    roles = {key: value for key, value in task["roles"].items() if value is not None}
    return Dataset(frame, **roles)


def _frame(path: str) -> Any:
    import pyarrow

    with pyarrow.memory_map(path) as file:
        table = pyarrow.ipc.open_file(file).read_all()
        try:
            return table.to_pandas(coerce_temporal_nanoseconds=True)  # as pandas 2 makes times
        except pyarrow.ArrowInvalid:  # a year that nanoseconds do not reach
            return table.to_pandas()


def _cells(texts: Any) -> Any:
    """Return the Python values that were written as JSON."""
    import pandas

    known = {"na": pandas.NA, "nat": pandas.NaT}
    cells = [known[cell["is"]] if isinstance(cell, dict) else cell for cell in map(json.loads, texts)]
    return pandas.Series(cells, index=texts.index, dtype=object)


def _outputs(task: Mapping[str, Any], side: str, model: str = "") -> tuple[Any, Any]:
    """Read predictions and probabilities."""
    paths = task["models"][model] if model else task["outputs"]
    if side not in paths:
        return None, None
    frame = _frame(paths[side])
    prediction = frame["prediction"].to_numpy() if "prediction" in frame else None
    rest = [name for name in frame if name != "prediction"]
    return prediction, frame[rest].to_numpy() if rest else None


def _check(one: Mapping[str, Any]) -> Any:
    """Build a check with its conditions."""
    from deepchecks.tabular import checks

    built = getattr(checks, one["check"])(**one["arguments"])
    for name, given in one["conditions"].items():
        add = getattr(built, f"add_condition_{name}", None)
        if add is None:
            known = sorted(each.removeprefix("add_condition_") for each in dir(built) if "add_condition_" in each)
            raise LookupError(f"{one['check']} has no condition {name!r}; it has {', '.join(known) or 'none'}")
        add(*given["positional"], **given["named"])
    return built


def _compared(check: Any, task: Mapping[str, Any], sides: dict[str, Any]) -> Any:
    """Run the one check that takes several models."""
    from deepchecks.core.check_result import CheckFailure
    from deepchecks.tabular.context import _DummyModel

    models = {}
    try:
        for name in task["models"]:
            said = {side: _outputs(task, side, name) for side in sides}
            told = {f"y_pred_{side}": one[0] for side, one in said.items()}
            told |= {f"y_proba_{side}": one[1] for side, one in said.items()}
            models[name] = _DummyModel(**sides, **told, model_classes=task.get("classes") or None)
            if task.get("classes"):
                models[name].classes_ = task["classes"]
        pair = sides.get("train"), sides.get("test")
        return check.run(*([one] * len(models) for one in pair), models)
    except Exception as error:
        return CheckFailure(check, error)


def _told(one: Any, sides: Mapping[str, Any]) -> dict[str, Any]:
    """Put a result or a failure in plain values."""
    header = str(one.get_header() if hasattr(one, "get_header") else one.header)
    side = next((side for side in ("train", "test") if header.endswith(f" - {side.title()} Dataset")), "")
    plain: dict[str, Any] = {"check": type(one.check).__name__, "side": side, "header": header, "seconds": one.run_time}
    error = getattr(one, "exception", None)
    if error is not None:
        return plain | {"failure": _failure(error)}
    conditions = [
        {"name": each.name, "category": each.category.name, "details": str(each.details)}
        for each in one.conditions_results
    ]
    rows = {name: len(dataset.data) for name, dataset in sides.items()}
    return plain | {"conditions": conditions, "rows": rows, "plot": _plot(one), **_value(one)}


def _failure(error: BaseException) -> dict[str, Any]:
    text = str(error)
    kind = type(error).__name__
    aside = kind in _NOT_APPLICABLE or any(word in text.lower() for word in _IRRELEVANT)
    trace = "".join(traceback.format_exception(error))[-4000:]
    return {"type": kind, "message": text[:2000], "applies": not aside, "traceback": trace}


def _value(one: Any) -> dict[str, Any]:
    """Return the value in deepchecks' own JSON form, where it has one."""
    try:
        text = one.to_json(with_display=False)
        return {"value": json.loads(text)["value"] if len(text) <= _LONGEST_VALUE else None}
    except Exception as error:
        return {"value": None, "unwritten": f"{type(error).__name__}: {error}"[:200]}


def _plot(one: Any) -> dict[str, Any] | None:
    """Return the first bars among the displays: labels and one or two series of numbers."""
    for item in one.display:
        figures = [each for part in item.values() for each in part] if isinstance(item, Mapping) else [item]
        for figure in figures:
            with contextlib.suppress(Exception):  # a picture is no reason to lose an answer
                bars = [trace for trace in figure.data if trace.type in ("bar", "histogram") and trace.y is not None]
                if bars:
                    return _bars(figure, bars[:2])
    return None


def _bars(figure: Any, traces: list[Any]) -> dict[str, Any]:
    """Return traces of bars as lists; lying bars are stood up."""
    lying = traces[0].orientation == "h"
    pairs = [(trace.y, trace.x) if lying else (trace.x, trace.y) for trace in traces]
    labels = [str(label)[:60] for label in pairs[0][0]][:_MOST_BARS]
    series = [dict(zip((str(label)[:60] for label in names), map(float, heights))) for names, heights in pairs]
    heights = [[each.get(label, 0.0) for label in labels] for each in series]
    title = figure.layout.title.text or figure.layout.xaxis.title.text or ""
    axis = figure.layout.xaxis if lying else figure.layout.yaxis
    return {"title": str(title)[:80], "labels": labels, "series": heights, "y": str(axis.title.text or "value")[:40]}


def refuse_network() -> None:
    """Let nothing that runs here look for another machine."""

    def refuse(event: str, _given: tuple[Any, ...]) -> None:
        if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
            raise PermissionError("no network here")

    sys.addaudithook(refuse)


def end_with(owner: int) -> None:
    """End the whole process group once the owner is gone, however it went."""

    def look() -> None:
        while os.getppid() == owner:
            time.sleep(0.5)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=look, daemon=True).start()


def limit(memory: int | None) -> None:
    """Allow so many bytes beyond what the process has now; None allows any number."""
    import resource

    most = resource.getrlimit(resource.RLIMIT_AS)[1]
    wanted = most
    if memory is not None:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - no more imports than needed
            wanted = int(file.read().split()[0]) * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (wanted, most))


def _answered(line: str) -> dict[str, Any]:
    """Answer one line; whatever is raised is the answer."""
    task: dict[str, Any] = {}
    try:
        task = json.loads(line)
        if task.get("memory") is not None:
            limit(task["memory"])
        return {"id": task["id"], **(answer(task) if "checks" in task else {"ready": True})}
    except MemoryError as error:
        return {"id": task.get("id"), "error": {"type": "MemoryError", "message": str(error), "traceback": ""}}
    except Exception as error:
        return {"id": task.get("id"), "error": _failure(error)}
    finally:
        if task.get("memory") is not None:
            limit(None)


def main() -> None:
    """Import deepchecks, then answer line by line until there are no more."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever else prints must not be taken for an answer
    sys.stdout = io.TextIOWrapper(os.fdopen(os.dup(2), "wb"), encoding="utf-8", write_through=True)
    questions = os.fdopen(os.dup(0), "r", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    end_with(int(sys.argv[1]))
    refuse_network()
    warnings.filterwarnings("ignore")
    try:
        import deepchecks.tabular.checks
        import deepchecks.tabular.context  # noqa: F401
    except BaseException as error:
        answers.write(json.dumps({"id": 0, "error": _failure(error)}) + "\n")
        raise
    answers.write(json.dumps({"id": 0, "ready": True}) + "\n")
    answers.flush()
    for line in questions:
        answers.write(json.dumps(_answered(line), default=str) + "\n")
        answers.flush()
    os.killpg(0, signal.SIGKILL)  # with whatever a library left running


if __name__ == "__main__":
    main()
