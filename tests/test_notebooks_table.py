"""notebooks/NOTEBOOKS.md says how we differ from nbval and nbmake: each row has a word and a test that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TEXT = (HERE.parent / "notebooks" / "NOTEBOOKS.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| n")]
TESTS = {
    name for path in HERE.rglob("test_*.py") for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
}
OPTIONS = (HERE.parent / "mlqa" / "plugin" / "options.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: re.sub(r"[^\w ]", "", row[1])[:40])
def test_each_row_has_a_word_and_a_test_that_exists(row):
    of, documented, word, ours, test = row
    assert of in {"nbval", "nbmake", "neither"}
    assert word in {"same", "better", "different", "not done"}
    assert documented
    assert ours or word == "same"
    if word == "not done":
        assert test == ""
    else:
        assert test.strip("`") in TESTS


def test_both_peers_are_there_and_each_option_named_is_ours():
    assert {row[0] for row in ROWS} == {"nbval", "nbmake", "neither"}
    assert len(ROWS) >= 25
    for option in set(re.findall(r"--mlqa[a-z-]*", TEXT)):
        assert f'"{option}"' in OPTIONS, option
