"""What a subject's model says of the subject's tables: asked once in a session, shared by all tests and workers."""

from __future__ import annotations

import hashlib
import io
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from mlqa.checks.evaluated import Evaluated, evaluated
from mlqa.checks.regression.arrays import rows_of
from mlqa.errors import SubjectError, UsageError, nearest
from mlqa.files import write_atomically
from mlqa.plugin.options import OPTIONS
from mlqa.plugin.subjects import model_source, setting, table_source
from mlqa.subjects.models.adapted import adapted
from mlqa.subjects.predictor import has_probabilities, predict, probabilities
from mlqa.subjects.table import digest_of, read_table

__all__ = ["Asked", "Predictions", "asked_of", "mlqa_predictions", "predictions_of", "subject_rows"]

_ASKED = pytest.StashKey[dict[tuple[str, str], "Asked"]]()
_JUDGED = pytest.StashKey[dict[tuple[str, str], Evaluated]]()
_LONGEST_WAIT = 600.0
_LOOK = 0.05

Said = tuple[NDArray[Any], NDArray[Any] | None]


class Asked(NamedTuple):
    """A model, rows of one of its tables with their labels, and what it said of them."""

    model: Any
    X: Any
    y: NDArray[Any]
    said: Said


class Predictions:
    """What a subject's model says of each of its tables; every table is asked about when it is first used."""

    def __init__(self, config: pytest.Config, subject: Mapping[str, Any]) -> None:
        self._config, self._subject = config, subject

    @property
    def test(self) -> Evaluated:
        """Of the table ``test``."""
        return self._of("test")

    @property
    def train(self) -> Evaluated:
        """Of the table ``train``."""
        return self._of("train")

    @property
    def current(self) -> Evaluated:
        """Of the table ``current``."""
        return self._of("current")

    @property
    def reference(self) -> Evaluated:
        """Of the table ``reference``."""
        return self._of("reference")

    def _of(self, key: str) -> Evaluated:
        name = self._subject["name"]
        for wanted in ("model", "target", key):
            if wanted not in self._subject:
                told = f"subject {name!r} has no {wanted!r}: set {setting(name, wanted)} in pyproject.toml"
                pytest.fail(told, pytrace=False)
        try:
            return predictions_of(self._config, name, key)
        except (UsageError, SubjectError) as error:
            told = str(error)
        pytest.fail(told, pytrace=False)  # here, so that no chain of exceptions is shown


@pytest.fixture(scope="session")
def mlqa_predictions(request: pytest.FixtureRequest, mlqa_subject: Mapping[str, Any]) -> Predictions:
    """Give what the subject's model says of its tables: ``mlqa_predictions.test.prediction``, ``.probability``, ``.y``.

    The model is asked once for each table in a session, and once for all
    workers of xdist. Rows without a label are left out.
    """
    return Predictions(request.config, mlqa_subject)


def predictions_of(config: pytest.Config, name: str, key: str) -> Evaluated:
    """Make sense of what a subject's model says of one of its tables, once in a session.

    Raises
    ------
    UsageError
        As :func:`asked_of`, and where the labels are of another kind than the model gives.
    SubjectError
        If the model raises.
    """
    kept = config.stash.setdefault(_JUDGED, {})
    if (name, key) not in kept:
        model, X, y, said = asked_of(config, name, key)
        kept[name, key] = evaluated(model, X, rows_of("target", y), *said, seed=config.stash[OPTIONS].seed)
    return kept[name, key]


def asked_of(config: pytest.Config, name: str, key: str) -> Asked:
    """Ask a subject's model about one of its tables, once in a session, whoever wants to know.

    Parameters
    ----------
    config : pytest.Config
    name : str
        Of the subject.
    key : {'test', 'train', 'current', 'reference'}

    Raises
    ------
    UsageError
        Naming the setting, if model, table or label cannot be used.
    SubjectError
        If the model raises.
    """
    kept = config.stash.setdefault(_ASKED, {})
    if (name, key) not in kept:
        model = adapted(model_source(config, name))
        X, y = subject_rows(config, name, key, model)
        kept[name, key] = Asked(model, X, y, _shared(config, name, X, model))
    return kept[name, key]


def subject_rows(config: pytest.Config, name: str, key: str, model: Any) -> tuple[Any, NDArray[Any]]:
    """Return the rows of a subject's table as its model takes them, and their labels.

    The model gets the columns it was fitted on, where it says; else all but the
    label and the ids; as a frame of pandas, where that is installed.

    Raises
    ------
    UsageError
        If the table has no such label, or no row with one.
    """
    settings = config.stash[OPTIONS].subjects[name]
    target = settings["target"]
    frame = read_table(table_source(config, name, key), name=key)
    if target not in frame.columns:
        hint = nearest(str(target), frame.columns)
        raise UsageError(setting(name, "target"), target, f"a column of {key}", hint, "no such column")
    labelled = frame.filter(frame[target].is_not_null())
    if not labelled.height:
        hint = "name a table with labels"
        raise UsageError(setting(name, key), settings[key], f"rows with a value of {target!r}", hint, "none")
    rows = labelled.select(_features(labelled.columns, settings, model))
    return rows.to_pandas() if find_spec("pandas") else rows, labelled[target].to_numpy()


def _features(columns: list[str], settings: Mapping[str, Any], model: Any) -> list[str]:
    learned = [str(name) for name in getattr(model, "feature_names_in_", ())]
    if learned and {*learned} <= {*columns}:
        return learned
    ids = settings.get("id") or []
    return [name for name in columns if name not in {settings["target"], *([ids] if isinstance(ids, str) else ids)}]


def _asked(model: Any, X: Any) -> Said:
    said = predict(model, X)
    return said, probabilities(model, X) if has_probabilities(model) and hasattr(model, "predict") else None


def _shared(config: pytest.Config, name: str, X: Any, model: Any) -> Said:
    """Ask the model, unless another worker of the same run does or did."""
    if not hasattr(config, "workerinput"):
        return _asked(model, X)
    spec = str(config.stash[OPTIONS].subjects[name]["model"])
    key = hashlib.sha256(f"{name}\0{spec}\0{digest_of(read_table(X))}".encode()).hexdigest()[:32]
    # each worker has a folder of its own in the one of the run
    place = Path(config._tmp_path_factory.getbasetemp()).parent / f"mlqa-{key}.npz"  # type: ignore[attr-defined]  # noqa: SLF001  # pytest sets it
    found = _read(place)
    if found is not None:
        return found
    with _alone(place.with_suffix(".lock"), place) as first:
        found = None if first else _read(place)
        if found is None:
            found = _asked(model, X)
            _write(place, found)
    return found


@contextmanager
def _alone(lock: Path, awaited: Path) -> Iterator[bool]:
    """Be the one worker that asks, or wait until that one has; yield whether we are it."""
    try:
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        until = time.monotonic() + _LONGEST_WAIT
        while lock.exists() and not awaited.exists() and time.monotonic() < until:
            time.sleep(_LOOK)
        yield False
        return
    try:
        yield True
    finally:
        lock.unlink(missing_ok=True)


def _read(path: Path) -> Said | None:
    with suppress(OSError, ValueError, KeyError), np.load(path, allow_pickle=False) as held:
        return held["prediction"], held.get("probability")
    return None


def _write(path: Path, said: Said) -> None:
    """Write arrays whole or not at all; those of Python objects stay with us."""
    prediction, probability = said
    if prediction.dtype.kind == "O":
        if not all(isinstance(one, str) for one in prediction.ravel().tolist()):
            return
        prediction = prediction.astype(str)
    content = io.BytesIO()
    if probability is None:
        np.savez(content, prediction=prediction)
    else:
        np.savez(content, prediction=prediction, probability=probability)
    write_atomically(path, content.getvalue())
