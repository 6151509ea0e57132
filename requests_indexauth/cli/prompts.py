"""Ask a person at the terminal, or read a secret from stdin."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..models.credentials import Secret
from ..util.terminal import is_terminal, open_terminal
from .errors import UsageError
from .output import say

if TYPE_CHECKING:
    from collections.abc import Iterator


_LONGEST = 1 << 20
"""How many characters a line of stdin may have: no server takes a header that long, and a line may have no end."""


def ask(prompt: str) -> str:
    """Ask at the terminal and return the answer, without white space around it. What is typed can be seen."""
    with _asking():
        sys.stderr.write(prompt)
        sys.stderr.flush()
        if is_terminal(sys.stdin):
            answer = sys.stdin.readline()
        else:  # it has the secret
            with open_terminal() as terminal:
                answer = terminal.readline()
        if not answer:
            raise EOFError
        return answer.strip()


def ask_hidden(prompt: str) -> str:
    """Ask for a secret at the terminal, which shows nothing of what is typed."""
    from getpass import getpass  # noqa: PLC0415 - only a prompt needs it

    with _asking():
        # Without a stream the prompt goes to the terminal itself.
        return Secret(getpass(prompt, sys.stderr if is_terminal(sys.stderr) else None))


def read_secret(what: str) -> str:
    """Return the first line of stdin, without white space around it (uv does so); ask for it on a terminal.

    A byte order mark before it, as Windows writes one, is dropped.

    Raises:
        UsageError: there is no stdin, it is not text, or its first line is no secret by its length.

    """
    if is_terminal(sys.stdin):  # it would show what is typed, wherever stderr leads
        return ask_hidden(f"{what}: ")
    try:
        line = sys.stdin.readline(_LONGEST + 1) if sys.stdin is not None else None
    except ValueError:  # not text in the encoding that is set; or it is closed
        line = None
    if line is None:
        message = f"the {what} cannot be read from stdin"
        raise UsageError(message)
    if len(line) > _LONGEST:
        message = f"the {what} on stdin is longer than {_LONGEST} characters"
        del line  # an error shows this frame
        raise UsageError(message)
    return Secret(line.removeprefix("\ufeff").strip())


@contextmanager
def _asking() -> Iterator[None]:
    """End the prompt's line when there is no answer.

    Raises:
        UsageError: the answer was Ctrl-D, or no text.

    """
    try:
        yield
    except KeyboardInterrupt:
        say("")
        raise
    except EOFError:
        message = "there was no answer"
    except UnicodeDecodeError:
        message = "what was typed is no text in the terminal's encoding"
    else:
        return
    say("")
    raise UsageError(message) from None
