"""Evidence recorded on disk, with the predictions behind it. Level 3.

A baseline is a small JSON file that is reviewed in git. Checks never see a
file: they are handed a :class:`Slot` or a :class:`Baseline` and only read
attributes. Must not import checks, pytest or IPython.
"""

from mlqa.baselines.change import describe_change
from mlqa.baselines.form import Baseline
from mlqa.baselines.slot import Slot, open_slot
from mlqa.baselines.store import load, save

__all__ = ["Baseline", "Slot", "describe_change", "load", "open_slot", "save"]
