"""Which cells need what a failing one should have given, read from their text."""

from __future__ import annotations

import pytest

from mlqa.ipynb.flow import Lost, flow_of, parted


def lost_after(*cells, fails):
    """Which later cells cannot run once one of them fails."""
    lost, skipped = Lost(), []
    for index, cell in enumerate(cells):
        flow = flow_of(cell)
        if index == fails:
            lost.keep(flow_of("")) if index < 0 else lost.lose(flow, f"cell {index} failed")
        elif lost.why_not(flow):
            skipped.append(index)
            lost.lose(flow, lost.why_not(flow))
        else:
            lost.keep(flow)
    return skipped


@pytest.mark.parametrize(
    ("cells", "skipped"),
    [
        (["x = f()", "y = x", "z = 1", "y + 1"], [1, 3]),
        (["x = f()", "x = 2", "x + 1"], []),
        (["x = f()", "if c: x = 2", "x + 1"], [2]),
        (["x = f()", "def g(): return x", "g()", "g"], [2, 3]),
        (["import absent as a", "a.b()", "import os"], [1]),
        (["x = f()", "%run other.py", "z = 1"], [1, 2]),
        (["x = f()", "from m import *"], [1]),
        (["x = f()", "exec('x')"], [1]),
        (["x = f()", "[x for x in range(3)]", "y = 1"], [1]),  # its own x, but better once too often
        (["%%bash\nexit 1", "z = 1"], [1]),
        (["with open('f') as x: data = x.read()", "data"], [1]),
        (["x = f()", "x += 1", "class A(x): pass"], [1, 2]),
        (["a.b = f()", "a", "b"], [1]),
        (["print(x)", "x"], []),
    ],
)
def test_only_what_needs_the_failed_cell_is_lost(cells, skipped):
    assert lost_after(*cells, fails=0) == skipped


def test_an_object_that_a_failing_cell_changes_is_in_doubt_but_no_module_is():
    cells = ["import numpy as np\nmodel = make()", "model.fit(np.array([1]))", "model.predict()", "np.ones(2)"]
    assert lost_after(*cells, fails=1) == [2]


def test_a_test_needs_what_its_arguments_and_body_name():
    cell = "%%mlqa\ndef test_a(x): pass\nclass TestB:\n    def test_m(self): assert y"
    assert "x" in flow_of(cell, "test_a[1]").uses
    assert "y" in flow_of(cell, "TestB::test_m").uses
    assert not {"x", "y"} & flow_of(cell).uses
    assert flow_of("this is no Python").opaque


def test_what_a_cell_did_before_it_failed_is_kept():
    before, after = parted("import numpy as np\nx = [\n  1 / 0,\n]\ny = 2", 3)
    assert (before.binds, after.binds) == ({"np"}, {"x", "y"})
    assert parted("1 / 0", 1)[0].binds == set()
