"""``mlqa audit``: whether the chain of records is whole."""
# ruff: noqa: D301 - a backspace keeps click from joining the lines of an example

from __future__ import annotations

import click

from mlqa import records
from mlqa.cli.console import say
from mlqa.cli.show import records_file

__all__ = ["audit"]


@click.command(short_help="Verify that no record was changed, removed or added.")
@click.option("--at", "home", metavar="DIR", help="Folder of the pipeline, or the one given as --into.")
@click.option("--head", metavar="DIGEST", help="Of an earlier audit: the record must still be there.")
@click.pass_context
def audit(ctx: click.Context, home: str | None, head: str | None) -> None:
    """Follow the chain of records from the first to the last.

    Every record holds the digest of the one before it, so a change shows at
    the next one. The digest of the last record is printed: kept elsewhere and
    given as --head, it shows also whether records were cut off at the end.

    \b
    Examples:
      mlqa audit
      mlqa audit --at notebooks --head 3f2a90c1

    Exit code 0 if the chain is whole, 1 if it is broken.
    """
    file = records_file(home)
    chain = records.read(file)
    broken = list(chain.breaks)
    if head is not None and not any(link.startswith(head.lower()) for link in chain.links):
        broken.append(f"no record has the digest {head}: records were cut off, or it is of another file")
    for sentence in chain.torn:
        say(f"note: {sentence}; nothing that was on record is lost")
    if broken:
        say(f"FAILED: {file} is broken at {broken[0]}")
        for sentence in broken[1:]:
            say(f"  also {sentence}")
        ctx.exit(1)
    say(f"go: {len(chain.records)} records of {len(records.runs_of(chain.records))} runs, the chain is whole")
    say(f"head {chain.head}")
