"""Find out whether a person can read and answer; make text safe to print."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from typing import TextIO

_SPECIAL = r"[^\w\-.~:/?#\[\]@*+,=%]"


def printable(text: str) -> str:
    """Return text as one line without control characters: a server, a file or a URL may try to steer the terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)


def in_command(url: str) -> str:
    """Return a URL for a command that people copy: characters with a meaning to a shell are percent-encoded.

    A server or a project's file may have chosen the URL. Quotes would not do: each shell has its own.

    >>> in_command("https://h/$(id);id/simple/?****")
    'https://h/%24%28id%29%3Bid/simple/?****'
    """
    import re  # noqa: PLC0415 - few messages have a command in them
    from urllib.parse import quote  # noqa: PLC0415 - few messages have a command in them

    return re.sub(_SPECIAL, lambda match: quote(match[0], safe="", errors="replace"), url)


def is_terminal(stream: object) -> bool:
    """Return whether a stream is a terminal; a missing or closed one is not."""
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):  # None in a program without a console; closed
        return False


def has_terminal() -> bool:
    """Return whether the user can be prompted: standard input and standard error are a terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)


def can_prompt() -> bool:
    """Return whether the user can be prompted, by opening the terminal if standard input is a pipe."""
    if not is_terminal(sys.stderr):
        return False
    if is_terminal(sys.stdin):
        return True
    try:
        open_terminal().close()
    except OSError:
        return False
    return True


def open_terminal() -> TextIO:
    """Open the terminal for reading what is typed, even if standard input is another file.

    Raises:
        OSError: this process has none.

    """
    path = "CONIN$" if sys.platform == "win32" else "/dev/tty"
    return open(path, encoding=sys.stderr.encoding, errors="replace")  # noqa: PTH123 - no import of pathlib
