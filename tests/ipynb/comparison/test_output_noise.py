"""What differs from run to run is no difference; what looks like it but is data still is."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlqa.ipynb.comparison.rules import Rules
from mlqa.ipynb.comparison.texts import compare_texts

NOISE = [
    (
        "\r  0%|  | 0/9 [00:00<?, ?it/s]\r100%|##| 9/9 [00:00<00:00, 49.5it/s]\n",
        "\r100%|####| 9/9 [00:03<00:00, 3.1it/s]\n",
    ),
    (
        "CPU times: user 3 ms, total: 4 ms\nWall time: 12 ms",
        "CPU times: user 1.2 s, sys: 1 ms, total: 4 s\nWall time: 1min 2s",
    ),
    (
        "1.2 µs ± 3 ns per loop (mean ± std. dev. of 7 runs, 1,000,000 loops each)",
        "21.2 ms ± 31 ns per loop (mean ± std. dev. of 7 runs, 100 loops each)",
    ),
    ("3/3 ━━━━ 0s 22ms/step - loss: 0.5", "3/3 ━━━━ 1s 152ms/step - loss: 0.5"),
    ("fitted in 0.23s", "fitted in 11.9 seconds"),
    ("Training time: 3.2 s", "Training time: 4.7 s"),
    ("<A object at 0x7f00aa10>", "<A object at 0x7f11bb9933c0>"),
    ("/home/u/lib/x.py:12: FutureWarning: no", "/opt/elsewhere/lib/x.py:99: FutureWarning: no"),
    ("C:\\Users\\me\\data.csv", "C:\\data.csv"),
    ("saved /tmp/tmpab12cd34/model.bin", "saved /var/folders/tmpzz99yy88/model.bin"),
    ("/tmp/ipykernel_12/34.py:1: UserWarning: w", "/tmp/ipykernel_99/1.py:7: UserWarning: w"),
    ("Cell In[3], line 1", "Cell In[12], line 1"),
    ("\x1b[31mred\x1b[0m", "red"),
    ("2024-01-05 12:00:01,123 INFO started", "2025-11-30 01:59:59,999 INFO started"),
    ("epoch\r\n", "epoch\n"),
    ("step 1\rstep 2\rdone", "done"),
]


@pytest.mark.parametrize(("stored", "new"), NOISE)
def test_noise_is_no_difference(stored, new):
    assert compare_texts(stored, new, Rules()) == []
    assert compare_texts(new, stored, Rules()) == []


@pytest.mark.parametrize(
    ("stored", "new"),
    [
        ("50%|##  | 5/10 [00:01<00:01, 4.5it/s]", "100%|####| 10/10 [00:02<00:00, 4.5it/s]"),
        ("period: 2.31 s", "period: 2.36 s"),  # physics
        ("/a/b/train.csv", "/a/b/test.csv"),
        ("x.py:12: FutureWarning: no", "x.py:12: UserWarning: no"),
        ("https://example.org/a/b", "https://example.org/c/b"),
        ("color 0xff", "color 0xfe"),
        ("INFO started", "WARN started"),
    ],
)
def test_what_only_looks_like_noise_is_seen(stored, new):
    assert compare_texts(stored, new, Rules())


def test_a_date_is_data_in_a_value_and_noise_in_a_log():
    stored, new = "Timestamp('2024-01-05 00:00:00')", "Timestamp('2024-01-06 00:00:00')"
    assert compare_texts(stored, new, Rules(), printed=False)
    assert not compare_texts(stored, new, Rules(), printed=True)
    now, later = (f"datetime.datetime(2024, 1, 5, 12, 3, 4, {fraction})" for fraction in (123456, 654321))
    assert not compare_texts(now, later, Rules(), printed=False)


@given(
    st.uuids(version=4),
    st.integers(0x1000_0000, 0x7FFF_FFFF_FFFF),
    st.floats(0, 1e4),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),
    st.sampled_from(["ns", "us", "ms", "s", "min"]),
)
def test_noise_of_any_value_never_is(one, address, seconds, when, unit):
    def text(key, place, took, moment):
        return f"run {key} <m at {hex(place)}> in {took:.3g} {unit} on {moment:%Y-%m-%d %H:%M:%S}: loss 0.25"

    other = text(
        uuid.UUID(int=one.int ^ 1, version=4), address + 16, seconds * 3 + 1, when + timedelta(days=3, seconds=7)
    )
    assert compare_texts(text(one, address, seconds, when), other, Rules()) == []
