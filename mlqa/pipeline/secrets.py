"""Secrets by reference, ``env:NAME`` or ``file:PATH``: the kernel reads them, nothing of ours writes them.

The executed notebook shows the line that reads the secret, never its value.
What a cell prints or raises is searched for the values before it is saved.
"""

from __future__ import annotations

import html
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mlqa.errors import UsageError

__all__ = ["HIDDEN", "hidden", "lines_of", "resolved", "values_of"]

HIDDEN = "[secret]"
_SHORTEST = 4  # characters; a shorter one would be found in every text
_FORM = "a reference env:NAME or file:PATH"


def resolved(where: str, reference: str, root: Path) -> str:
    """Return the value that a reference stands for.

    Parameters
    ----------
    where : str
        What to call it in an error; the value itself is never in one.
    reference : str
    root : pathlib.Path
        Folder that a relative path starts from.

    Raises
    ------
    UsageError
        If it is no reference, the variable or file does not exist, or the
        value is too short to be kept out of texts.

    Examples
    --------
    >>> os.environ["DEMO_TOKEN"] = "swordfish"
    >>> resolved("secrets.token", "env:DEMO_TOKEN", Path())
    'swordfish'
    >>> resolved("secrets.token", "swordfish", Path())
    Traceback (most recent call last):
        ...
    mlqa.errors.UsageError: secrets.token='...': expected a reference env:NAME or file:PATH, got another text.
    Hint: put the secret into a variable and write env:ITS_NAME
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        value = os.environ.get(name)
        if not value:
            raise UsageError(where, reference, "a variable that is set", f"export {name}=...", "no value")
    elif kind == "file" and name:
        value = _content(where, reference, _file(name, root))
    else:  # it may be the secret itself: it is not shown
        hint = "put the secret into a variable and write env:ITS_NAME"
        raise UsageError(where, "...", _FORM, hint, "another text")
    if len(value) < _SHORTEST:
        got = f"{len(value)}"
        raise UsageError(where, reference, f"a secret of at least {_SHORTEST} characters", "choose a longer one", got)
    return value


def lines_of(secrets: Mapping[str, str], root: Path) -> str:
    """Return Python lines by which a kernel reads its secrets; they hold references only.

    Examples
    --------
    >>> print(lines_of({"token": "env:DEMO_TOKEN"}, Path()))
    token = __import__("os").environ['DEMO_TOKEN']
    """
    lines = []
    for name, reference in secrets.items():
        kind, _, place = reference.partition(":")
        if kind == "env":
            lines.append(f'{name} = __import__("os").environ[{place!r}]')
        else:
            file = str(_file(place, root))
            lines.append(f'{name} = __import__("pathlib").Path({file!r}).read_text(encoding="utf-8").strip()')
    return "\n".join(lines)


def values_of(secrets: Mapping[str, str], root: Path) -> tuple[str, ...]:
    """Return every form in which a secret may stand in a text, the longest first."""
    found = set()
    for name, reference in secrets.items():
        value = resolved(name, reference, root)
        found |= {value, repr(value)[1:-1], json.dumps(value)[1:-1], html.escape(value)}
        found |= {line for line in value.splitlines() if len(line) >= 2 * _SHORTEST}  # of a key in several lines
    return tuple(sorted(found, key=len, reverse=True))


def hidden(value: Any, secrets: Iterable[str]) -> Any:
    """Put `HIDDEN` in the place of every secret, in texts however deep.

    Examples
    --------
    >>> hidden({"text": ["its swordfish"]}, ["swordfish"])
    {'text': ['its [secret]']}
    """
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
        return value
    if isinstance(value, dict):
        return type(value)({hidden(key, secrets): hidden(item, secrets) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return [hidden(item, secrets) for item in value]
    return value


def _file(name: str, root: Path) -> Path:
    return root / Path(name).expanduser()


def _content(where: str, reference: str, file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        got = error.strerror or type(error).__name__ if isinstance(error, OSError) else "bytes that are no text"
        raise UsageError(where, reference, "a file that can be read", "mend the path", got) from None
