"""The IPython side: ``%load_ext mlqa``, then ``%%mlqa`` runs a cell's tests in the kernel. Level 4.

Real pytest runs in the kernel's own process. Must not import plugin or
pipeline. IPython hands itself over; it is not imported here.
"""

from mlqa.inline.extension import load_ipython_extension, unload_ipython_extension

__all__ = ["load_ipython_extension", "unload_ipython_extension"]
