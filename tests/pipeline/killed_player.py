"""Plays the process of a step without a kernel: writes its outputs slowly, counts itself, says go."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path

PAUSE = 0.03


def play(order_file: Path) -> None:
    """Write every output in two halves, then the result."""
    order = json.loads(order_file.read_text())
    given = order["parameters"]
    name = Path(order["notebook"]).stem
    text = "".join(Path(given[key]).read_text() for key in sorted(given) if key.startswith("in"))
    for key in sorted(given):
        if key.startswith("out"):
            with Path(given[key]).open("w") as out:
                for half in (f"<{name}{key}", f"{text}>"):
                    out.write(half)
                    out.flush()
                    time.sleep(PAUSE)
    go = {"go": True, "reasons": [], "exit_code": 0}
    aside = order_file.with_name("result.part")
    aside.write_text(json.dumps({"report": {"schema": 1, "cases": []}, "decision": go, "error": None}))
    aside.replace(order_file.with_name("result.json"))
    # one line for each time it came to its end, written in one go
    with Path(os.environ["COUNTS"]).open("a") as counts:
        counts.write(f"{name}\n")


if __name__ == "__main__":
    if sys.argv[1] == "run":
        from mlqa.pipeline import launch, run

        launch.COMMAND[:] = [sys.executable, "-S", "-E", __file__]
        raise SystemExit(run(sys.argv[2], say=str, jobs=2).exit_code)
    # as a real step it ends with the run that started it
    threading.Thread(target=lambda: (os.read(0, 1), os._exit(1)), daemon=True).start()
    play(Path(sys.argv[1]))
