"""Questions side by side: in their order, and nothing heavy loaded that none of them needs."""

from __future__ import annotations

import subprocess
import sys

from mlqa.checks.answering import answered
from mlqa.verdict import Outcome, Verdict

_ALONE = """
import sys, polars as pl, mlqa
table = pl.DataFrame({"x": [float(at % 7) for at in range(300)], "y": ["a", "b"] * 150})
assert mlqa.check(table).ok
assert "sklearn" not in sys.modules
"""


def _verdict(name: str) -> Verdict:
    return Verdict(check=f"quality.{name}", outcome=Outcome.PASS, claim=name, reason="it does")


def test_cases_come_in_the_order_of_the_questions_and_one_that_breaks_stops_no_other():
    cases = answered({"one": lambda: _verdict("one"), "broken": lambda: 1 / 0, "two": lambda: _verdict("two")})
    assert [case.source for case in cases] == ["one", "broken", "two"]
    assert [bool(case.verdicts) for case in cases] == [True, False, True]
    assert cases[1].crash.type == "ZeroDivisionError"


def test_a_table_without_a_reference_loads_no_scikit_learn():
    done = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
