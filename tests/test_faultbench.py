"""The fault benchmark: faults change the table, controls do not, and its figures are what they say."""

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = str(Path(__file__).parent / "benchmarks")
FEW = ("missing_spike", "shuffled_column", "leaked_rows")
TWO = ("wa_churn", "computers")


@pytest.fixture(scope="module", autouse=True)
def on_the_path():
    """The benchmark is a folder of scripts, not a package."""
    sys.path.insert(0, BENCHMARKS)
    yield
    sys.path.remove(BENCHMARKS)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Return what a tiny slice of the benchmark prints and writes."""
    import faultbench

    path = tmp_path_factory.mktemp("faultbench") / "found.json"
    words = ["--quick", "--runs", "1", "--jobs", "1", "--json", str(path)]
    faultbench.main([*words, "--tables", ",".join(TWO), "--faults", ",".join(FEW)])
    return json.loads(path.read_text(encoding="utf-8"))


def pair_of(table):
    from fault_tables import draw

    return draw(table, 300, 7, spare=True)


@pytest.mark.parametrize("table", TWO)
def test_every_fault_changes_the_tables_and_never_their_size(table):
    from fault_catalogue import FAULTS, SEVERITIES
    from fault_tables import generator

    pair = pair_of(table)
    carried = 0
    for name, fault in FAULTS.items():
        for severity in [] if fault.predicted else SEVERITIES:
            faulted = fault.inject(pair, getattr(fault, severity), generator(name, severity))
            if faulted is None:
                continue
            carried += 1
            now = faulted.pair
            assert not (now.current.equals(pair.current) and now.reference.equals(pair.reference)), (name, severity)
            assert now.current.height == pair.current.height, (name, severity)
            assert faulted.columns <= set(now.current.columns), (name, severity)
    assert carried > 60
    assert pair.current.equals(pair_of(table).current)


@pytest.mark.parametrize("table", TWO)
def test_only_the_column_that_is_named_changes(table):
    from fault_catalogue import FAULTS
    from fault_tables import generator

    pair = pair_of(table)
    faulted = FAULTS["missing_spike"].inject(pair, 0.1, generator("any"))
    (column,) = faulted.columns
    assert faulted.pair.current[column].null_count() >= 30
    assert faulted.pair.current.drop(column).equals(pair.current.drop(column))
    assert faulted.pair.reference.equals(pair.reference)


def test_samples_of_a_control_are_disjoint_and_always_the_same():
    from fault_tables import draw

    pair, again = draw("rodents", 500, 3), draw("rodents", 500, 3)
    assert pair.current.equals(again.current)
    assert not set(pair.current["record_id"]) & set(pair.reference["record_id"])


def test_times_of_a_control_are_in_order():
    from fault_tables import draw

    pair = draw("weather", 500, 0)
    assert pair.reference["date"].max() < pair.current["date"].min()


def test_predictions_of_a_subgroup_get_worse_and_nothing_else():
    from fault_catalogue import FAULTS
    from fault_predictions import with_predictions
    from fault_tables import generator

    pair = with_predictions(pair_of("wa_churn"))
    faulted = FAULTS["degraded_subgroup"].inject(pair, 0.9, generator("any"))
    changed = faulted.pair.outputs["prediction"] != pair.outputs["prediction"]
    assert 0.1 < changed.mean() < 0.35
    assert faulted.pair.current.equals(pair.current)


def test_the_tiny_slice_has_every_run_and_its_control(small):
    records = small["records"]
    faulty = [record for record in records if record["fault"]]
    assert {record["fault"] for record in faulty} == set(FEW)
    assert len(faulty) == 2 * len(FEW) * len(TWO)
    assert all("control" in record for record in faulty)
    assert small["figures"]["controls"]["mlqa"]["runs"] == len(records) - len(faulty)


def test_the_markdown_has_a_row_for_every_fault(small):
    from fault_report import markdown

    text = markdown(small["figures"])
    for name in FEW:
        assert f"| {name} | " in text
    assert "Clean runs: " in text
    widths = {line.count("|") for line in text.splitlines() if line.startswith(("| fault", "| missing", "| leaked"))}
    assert widths == {10}


def test_an_alarm_that_the_control_has_too_is_no_detection():
    from fault_score import scored

    shared = {"tool": "mlqa", "table": "t", "seed": 0, "fault": "f", "severity": "mild", "truth": ["b"]}
    before = {"alarms": [["drift", ["a"]]]}
    same = scored({**shared, "control": before, "alarms": [["drift", ["a"]]]})
    more = scored({**shared, "control": before, "alarms": [["drift", ["a", "b"]]]})
    other = scored({**shared, "control": before, "alarms": [["drift", ["a"]], ["other", ["c", "b"]]]})
    assert (same["found"], more["found"], other["found"]) == (False, True, True)
    assert (same["named"], more["named"], more["first"]) == (False, True, True)
    assert (other["named"], other["first"], other["innocent"]) == (True, False, 1)


def test_a_crash_of_a_control_is_a_false_alarm():
    from fault_score import false_alarms

    found = false_alarms([{"rows": 10, "alarms": [], "crash": "TypeError"}, {"rows": 10, "alarms": []}])
    assert (found["alarms"], found["runs"], found["crashes"]) == (1, 2, 1)


def test_a_table_or_fault_that_is_unknown_is_refused_with_the_known_ones():
    import faultbench

    with pytest.raises(SystemExit, match="unknown: titanic; known: wa_churn"):
        faultbench.plan(faultbench.options(["--tables", "titanic"]))
