"""The file of records: appended whole, readable when damaged, and telling when changed."""

from __future__ import annotations

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlqa.records import FIRST, append, read, verify


def event(number):
    return {"run": {"facets": {"mlqa": {"number": number}}}}


@pytest.fixture
def three(tmp_path):
    file = tmp_path / "deep" / "records.jsonl"
    for number in range(3):
        append(file, event(number))
    return file


def numbers(file):
    return [record["run"]["facets"]["mlqa"]["number"] for record in read(file).records]


def test_appended_records_are_read_in_order_and_the_chain_holds(three):
    assert numbers(three) == [0, 1, 2]
    assert verify(three) == ()
    assert read(three).records[0]["run"]["facets"]["mlqa"]["previous"] == FIRST


def test_the_record_given_is_not_modified(tmp_path):
    given_record = event(0)
    append(tmp_path / "r.jsonl", given_record)
    assert given_record == event(0)


def test_when_the_disk_is_full_then_no_part_of_a_line_stays(three, monkeypatch):
    before = three.read_bytes()
    real = os.write

    def nearly_full(handle, data):
        if len(data) < 20:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, data[:-10])

    monkeypatch.setattr(os, "write", nearly_full)
    with pytest.raises(OSError, match="No space left"):
        append(three, event(3))
    monkeypatch.undo()
    assert three.read_bytes() == before
    append(three, event(3))
    assert (numbers(three), verify(three)) == ([0, 1, 2, 3], ())


def test_half_a_character_survives(tmp_path):
    append(tmp_path / "r.jsonl", {"path": "odd-\udcff"})
    assert read(tmp_path / "r.jsonl").records[0]["path"] == "odd-\udcff"


def test_when_the_file_does_not_exist_then_empty(tmp_path):
    assert read(tmp_path / "none.jsonl").records == ()
    assert verify(tmp_path / "none.jsonl") == ()


@pytest.mark.parametrize("line", [0, 1])
def test_when_a_line_is_changed_then_the_next_one_tells(three, line):
    lines = three.read_text().splitlines()
    lines[line] = lines[line].replace(f'"number": {line}', '"number": 9')
    three.write_text("\n".join(lines) + "\n")
    problem = f"line {line + 2} does not follow line {line + 1}: one was changed, removed or added"
    assert verify(three) == (problem,)


def test_when_a_line_is_removed_then_told(three):
    lines = three.read_text().splitlines()
    three.write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert verify(three) == ("line 2 does not follow line 1: one was changed, removed or added",)


def test_when_the_last_line_is_truncated_then_reported_and_the_rest_is_read(three):
    three.write_bytes(three.read_bytes()[:-20])
    chain = read(three)
    assert len(chain.records) == 2
    assert chain.problems[0].startswith("line 3 is damaged: not JSON")


def test_after_a_truncated_line_the_next_record_stands_on_its_own(three):
    three.write_bytes(three.read_bytes()[:-20])
    append(three, event(3))
    assert numbers(three) == [0, 1, 3]
    assert verify(three) == ()
    assert read(three).torn == ("line 3 is torn: its writing was cut off",)


def test_a_torn_line_that_was_changed_later_is_a_break(three):
    three.write_bytes(three.read_bytes()[:-20])
    append(three, event(3))
    three.write_bytes(three.read_bytes().replace(b'"number": 2', b'"number": 7'))
    assert [problem.split(":")[0] for problem in verify(three)] == [
        "line 3 is damaged",
        "line 4 does not follow line 3",
    ]


def test_the_head_is_the_link_of_the_next_record(three):
    head = read(three).head
    assert append(three, event(3))["run"]["facets"]["mlqa"]["previous"] == head
    assert read(three).links[-2] == head


def test_lines_that_are_no_records_are_named(tmp_path):
    file = tmp_path / "r.jsonl"
    file.write_bytes(b'[1]\n\xff\xfe\n{"run": 3}\n')
    assert [problem.split(":")[0] for problem in read(file).problems] == ["line 1 is damaged", "line 2 is damaged"]
    assert verify(file)[-1] == "line 3 has no link to the line before it"


def test_records_larger_than_a_block_are_chained(tmp_path):
    file = tmp_path / "r.jsonl"
    for _ in range(3):
        append(file, {"text": "x" * 200_000})
    assert verify(file) == ()


def test_appends_at_the_same_time_make_one_chain(tmp_path):
    file = tmp_path / "r.jsonl"
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: append(file, event(number)), range(20)))
    assert sorted(numbers(file)) == list(range(20))
    assert verify(file) == ()


@given(st.lists(st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3), max_size=5))
@settings(max_examples=25)
def test_any_text_survives(tmp_path_factory, contents):
    file = tmp_path_factory.mktemp("records") / "r.jsonl"
    contents = [json.loads(json.dumps(content).encode("utf-8", "replace")) for content in contents]
    for content in contents:
        append(file, {"content": content})
    assert [record["content"] for record in read(file).records] == contents
    assert verify(file) == ()
