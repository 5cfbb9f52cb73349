"""Steps side by side: each as soon as it may, within the processors that are shared."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mlqa.pipeline.graph import Pipeline, Step
from mlqa.pipeline.together import together


def pipeline(needs, cpus=()):
    taken = dict(cpus)
    steps = tuple(Step(name=name, notebook=Path(f"{name}.ipynb"), cpus=taken.get(name)) for name in needs)
    return Pipeline(name="p", file=Path("pipeline.toml"), steps=steps, needs=needs)


@pytest.fixture
def at_work():
    """Work that counts how many are at it together."""
    now, most, lock = set(), [], threading.Lock()
    gate = threading.Barrier(2)

    def start(meet=()):
        def of(step):
            def work():
                with lock:
                    now.add(step.name)
                    most.append(sorted(now))
                if step.name in meet:
                    gate.wait(10)
                with lock:
                    now.discard(step.name)
                return step.name.upper()

            return work

        return of

    return start, most


def test_steps_that_need_nothing_of_each_other_run_together(at_work):
    start, _ = at_work
    line = pipeline({"a": (), "b": (), "c": ("a", "b")})
    ended = list(together(line, start(meet=("a", "b")), jobs=2, stop=threading.Event()))  # a and b wait for each other
    assert {step.name for step, _ in ended[:2]} == {"a", "b"}
    assert [(step.name, work) for step, work in ended[2:]] == [("c", "C")]


@pytest.mark.parametrize(
    ("jobs", "cpus"), [(1, {}), (4, {"a": 4, "b": 4, "c": 2, "d": 3}), (2, {"a": 9, "b": 9, "c": 9})]
)
def test_no_more_run_together_than_processors_are_shared(at_work, jobs, cpus):
    start, most = at_work
    line = pipeline({"a": (), "b": (), "c": (), "d": ()}, cpus)
    assert len(list(together(line, start(), jobs=jobs, stop=threading.Event()))) == 4
    assert {len(names) for names in most} == {1}


def test_a_step_without_work_lets_those_that_need_it_go(at_work):
    start, _ = at_work
    line = pipeline({"a": (), "b": ("a",)})
    ended = list(
        together(line, lambda step: None if step.name == "a" else start()(step), jobs=2, stop=threading.Event())
    )
    assert [(step.name, work) for step, work in ended] == [("a", None), ("b", "B")]


def test_when_the_caller_breaks_off_then_the_work_under_way_is_told_to_end():
    stop = threading.Event()
    line = pipeline({"a": (), "b": ()})
    running = together(line, lambda step: lambda: step.name == "a" or stop.wait(10), jobs=2, stop=stop)
    step, _ = next(running)
    assert step.name == "a"
    running.close()
    assert stop.is_set()


def test_what_breaks_in_the_work_reaches_the_caller_and_ends_the_rest():
    stop = threading.Event()
    line = pipeline({"a": (), "b": ()})
    with pytest.raises(ZeroDivisionError):
        list(together(line, lambda step: lambda: 1 / 0 if step.name == "a" else stop.wait(10), jobs=2, stop=stop))
    assert stop.is_set()
