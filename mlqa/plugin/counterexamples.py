"""What a test remembers: counterexamples it was broken by, and where hypothesis keeps its own. Beside no notebook."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mlqa.files import write_atomically
from mlqa.plugin import recording
from mlqa.plugin.options import OPTIONS

__all__ = ["Counterexamples", "mlqa_counterexamples"]

HYPOTHESIS = "HYPOTHESIS_STORAGE_DIRECTORY"
MOST_REMEMBERED = 20
_FOLDER = Path(".mlqa", "counterexamples")
_STASH = pytest.StashKey["Counterexamples"]()


class Counterexamples:
    """The counterexamples of one test: read when first asked, offered by a check, written by the plugin.

    Attributes
    ----------
    path : pathlib.Path
    case : str
        The last one offered, as a test to paste.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.case = ""
        self._offered: list[dict[str, Any]] = []
        self._read: list[dict[str, Any]] | None = None

    def __repr__(self) -> str:
        return f"<Counterexamples {self.path.name}>"

    @property
    def recorded(self) -> list[dict[str, Any]]:
        """What earlier runs found, newest first; a file that cannot be read holds none."""
        if self._read is None:
            try:
                content = json.loads(self.path.read_text(encoding="utf-8"))
                self._read = [one for one in content["counterexamples"] if isinstance(one, dict)]
            except (OSError, ValueError, KeyError, TypeError):
                self._read = []
        return list(self._read)

    def offer(self, record: Mapping[str, Any] | None, case: str) -> None:
        """Take a counterexample; nothing is written yet.

        Parameters
        ----------
        record : mapping or None
            ``perturb``, ``before`` and ``after``, in JSON's own values; None
            where a cell has none.
        case : str
            The same as a test, or empty.
        """
        if record is not None:
            self._offered.insert(0, dict(record))
        self.case = case or self.case

    def keep(self) -> bool:
        """Write what is new, newest first, and say whether anything was."""
        known = self.recorded
        new = [record for record in self._offered if record not in known]
        if not new:
            return False
        self._read = [*new, *known][:MOST_REMEMBERED]
        kept = {"mlqa": 1, "counterexamples": self._read}
        write_atomically(self.path, json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
        return True


@pytest.fixture
def mlqa_counterexamples(request: pytest.FixtureRequest) -> Counterexamples:
    """Give what this test was broken by before, to be passed as ``remembered=`` to a check of invariance.

    They lie in ``.mlqa/counterexamples/`` of the project, are asked first in
    the next run, and can be deleted at any time.
    """
    name = request.node.name
    stem = re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII)[:80]
    mark = hashlib.sha256(name.encode()).hexdigest()[:8]
    root = request.config.stash[OPTIONS].root
    kept = Counterexamples(root / _FOLDER / f"{stem}-{mark}.json")
    request.node.stash[_STASH] = kept
    return kept


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Keep what broke the test, and show it as a test to paste."""
    kept = item.stash.get(_STASH, None)
    if kept is not None and call.when == "call" and kept.keep():
        recording.note(item, f"remembered in {_FOLDER.as_posix()}/{kept.path.name}")
    report = yield
    if kept is not None and kept.case and report.failed and call.when == "call":
        report.sections.append(("the counterexample as a test", kept.case))
    return report


def pytest_configure(config: pytest.Config) -> None:
    """Let hypothesis remember inside the project's .mlqa, unless it has a place already."""
    if HYPOTHESIS in os.environ or Path(".hypothesis").exists():
        return
    os.environ[HYPOTHESIS] = str(config.stash[OPTIONS].root / ".mlqa" / "hypothesis")
    config.add_cleanup(_forget_place)


def _forget_place() -> None:
    os.environ.pop(HYPOTHESIS, None)
