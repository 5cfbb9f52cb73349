"""The peak memory of a process between two moments, as Linux counts it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["forget_peak", "peak_of"]


def forget_peak(process: int) -> None:
    """Let the system begin to count anew; where it does not, nothing happens."""
    try:
        Path(f"/proc/{process}/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def peak_of(process: int) -> int | None:
    """Return the largest resident memory in bytes since the count began; None where the system does not tell.

    Examples
    --------
    >>> peak_of(-1) is None
    True
    """
    try:
        text = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = [line.split()[1] for line in text.splitlines() if line.startswith("VmHWM:")]
    return int(found[0]) * 1024 if found else None
