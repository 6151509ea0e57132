"""Whether a person can read what is printed, and answer it; and what may be printed."""

from __future__ import annotations

import sys


def printable(text: str) -> str:
    """Return text in one line that cannot steer a terminal: a server, a file or a URL may have tried to."""
    return "".join(char if char.isprintable() else "?" for char in text)


def is_terminal(stream: object) -> bool:
    """Return whether a stream is a terminal; one that is missing or closed is none."""
    try:
        return bool(stream.isatty())  # type: ignore[attr-defined]
    except (AttributeError, ValueError):  # None in a program without a console; closed
        return False


def has_terminal() -> bool:
    """Return whether somebody can be asked: standard input and standard error are a terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stderr)
