"""Lines on stdout and stderr."""

from __future__ import annotations

import sys


def emit(text: str) -> None:
    """Write a result to stdout, a line or several; a missing stdout is ignored.

    Raises:
        CommandError: stdout's encoding does not have a character: another one in its place would be another secret.

    """
    try:
        if sys.stdout is not None:
            sys.stdout.write(f"{text}\n")
    except UnicodeEncodeError:
        from .errors import CommandError  # noqa: PLC0415 - rare

        message = "stdout cannot hold the characters of the result: set PYTHONIOENCODING=utf-8"
        raise CommandError(message) from None


def say(text: str) -> None:
    """Print a line for people to stderr; a missing or closed stderr is ignored."""
    from contextlib import suppress  # noqa: PLC0415 - most commands only print their result

    from ..util.terminal import printable  # noqa: PLC0415 - most commands only print their result

    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{printable(text)}\n")
            sys.stderr.flush()


def warn(message: str) -> None:
    """Print a warning to stderr."""
    say(f"warning: {message}")
