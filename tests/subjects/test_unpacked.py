"""The size of an Arrow file once unpacked is known before it is."""

from __future__ import annotations

import io
import struct

import polars as pl
import pytest

from mlqa.errors import UsageError
from mlqa.subjects.profile import Profile, profile
from mlqa.subjects.unpacked import unpacked_bytes


def _file(rows: int, compression: str) -> bytes:
    frame = pl.DataFrame(
        {"x": [0.0] * rows, "text": ["a text that is said again and again"] * rows, "list": [[1]] * rows}
    )
    opened = io.BytesIO()
    frame.write_ipc(opened, compression=compression)
    return opened.getvalue()


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_a_packed_file_says_what_the_same_file_takes_unpacked(compression):
    plain, packed = _file(50_000, "uncompressed"), _file(50_000, compression)
    assert unpacked_bytes(plain) == pytest.approx(len(plain), rel=0.02)
    assert unpacked_bytes(packed) == pytest.approx(len(plain), rel=0.02)
    assert len(packed) < len(plain) / 4


def test_a_file_cut_short_is_no_arrow_file():
    packed = _file(1000, "zstd")
    with pytest.raises((ValueError, struct.error)):
        unpacked_bytes(packed[:-2])


def test_a_profile_whose_sample_would_fill_memory_is_refused_before_it_is_unpacked(tmp_path, monkeypatch):
    saved = profile(pl.DataFrame({"x": [0.0] * 9000})).save(tmp_path / "large.mlqa-profile", rows=True)
    assert Profile.load(saved).sample.height == 9000
    monkeypatch.setattr("mlqa.subjects.profile_file.MOST_UNPACKED", 50_000)
    with pytest.raises(UsageError, match="too large for a sample of rows"):
        Profile.load(saved)
