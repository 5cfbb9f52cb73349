"""The command ``mlqa``: one file per verb. Level 6; click and rich are imported only here.

Exit codes: 0 go, 1 a gate said no, 2 usage error, 3 a notebook or kernel failed.
"""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from mlqa import __version__
from mlqa.cli.audit import audit
from mlqa.cli.check import check
from mlqa.cli.console import printable
from mlqa.cli.demo import demo
from mlqa.cli.diff import diff
from mlqa.cli.doctor import doctor
from mlqa.cli.env import env
from mlqa.cli.gate import gate
from mlqa.cli.init import init
from mlqa.cli.migrate import migrate
from mlqa.cli.notebooks import notebooks
from mlqa.cli.reproduce import reproduce
from mlqa.cli.run import run
from mlqa.cli.show import show
from mlqa.errors import BaselineError, MlqaError, UsageError

__all__ = ["main"]

_INTERRUPTED = 130  # as shells say it; 1 would mean that a gate said no


class _Verbs(click.Group):
    """The verbs, with every error of ours as one message and an exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb; a traceback is shown only on ``--debug``."""
        try:
            _speaking_any_encoding()
            with _ended_as_interrupted():
                return super().invoke(ctx)
        except (click.exceptions.Exit, click.Abort, click.ClickException):
            raise
        except KeyboardInterrupt:
            click.echo("mlqa: interrupted", err=True)
            ctx.exit(_INTERRUPTED)
        except Exception as error:
            if ctx.params.get("debug"):
                raise
            click.echo(_told(error), err=True)
            ctx.exit(2 if isinstance(error, (UsageError, BaselineError)) else 3)


@contextmanager
def _ended_as_interrupted() -> Iterator[None]:
    """Let a cancelled CI job or a closed terminal take its kernels down, as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():  # where no signal arrives
        yield
        return
    before: dict[signal.Signals, Any] = {}
    for sign in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(sign) is not signal.SIG_IGN:  # nohup wants it to go on
            before.setdefault(sign, signal.signal(sign, signal.default_int_handler))
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def _speaking_any_encoding() -> None:
    """Escape what the terminal or a pipe cannot write, rather than break off."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _told(error: Exception) -> str:
    """Word an error: ours as it is, any other in one line; what it quotes must not command the terminal."""
    if isinstance(error, MlqaError):
        return printable(f"mlqa: {error}")
    if isinstance(error, OSError) and error.strerror:
        place = f"{error.filename}: " if error.filename is not None else ""
        return printable(f"mlqa: {place}{error.strerror}\nHint: make room, or give the right to read or write there")
    text = " ".join(str(error).split())
    return printable(
        f"mlqa: unexpected {type(error).__name__}: {text}\nHint: mlqa --debug VERB ... shows the traceback"
    )


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mlqa")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def main(debug: bool) -> None:
    """Quality tests for machine learning: one test, the same verdict everywhere.

    Exit codes: 0 go, 1 a gate said no, 2 usage error, 3 a notebook or kernel
    failed.
    """


for _verb in (audit, check, demo, diff, doctor, env, gate, init, migrate, notebooks, reproduce, run, show):
    main.add_command(_verb)
