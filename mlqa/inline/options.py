"""What may stand after ``%%mlqa``: the names of the command line."""

from __future__ import annotations

import argparse
import shlex
from typing import NoReturn

from mlqa.errors import UsageError

__all__ = ["arguments_of"]

_WANTED = "[-k EXPR] [--strict] [--alpha A] [--seed N] [--update]"


class _Parser(argparse.ArgumentParser):
    """argparse that raises instead of leaving the kernel."""

    def error(self, message: str) -> NoReturn:
        raise UsageError("%%mlqa", self.prog, _WANTED, message, "other options")


def arguments_of(line: str) -> list[str]:
    """Translate the options of a cell into those of ``pytest --mlqa``.

    Raises
    ------
    UsageError
        If an option is unknown or lacks its value.

    Examples
    --------
    >>> arguments_of("-k 'fast or slow' --strict --alpha 0.01")
    ['-k', 'fast or slow', '--mlqa-strict', '--mlqa-alpha', '0.01']
    """
    parser = _Parser(prog=line, add_help=False, allow_abbrev=False)
    parser.add_argument("-k")
    parser.add_argument("--alpha")
    parser.add_argument("--seed")
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--update", action="store_true")
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError("%%mlqa", line, _WANTED, f"close the quotes ({error})", "open quotes") from error
    given = parser.parse_args(words)
    arguments = [] if given.k is None else ["-k", given.k]
    arguments += ["--mlqa-strict"] if given.strict else []
    arguments += ["--mlqa-update"] if given.update else []
    for name in ("alpha", "seed"):
        value = getattr(given, name)
        arguments += [] if value is None else [f"--mlqa-{name}", value]
    return arguments
