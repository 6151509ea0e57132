"""``indexauth --help``, ``--version``, ``help COMMAND``, and the answer to a command that does not exist."""

from __future__ import annotations

import sys

from ... import __version__
from ..errors import UsageError
from ..output import emit
from ..screen import Screen
from ..status_codes import DONE, WRONG
from . import COMMANDS, load

TITLE = "indexauth: one login for uv, pip, twine and every script built on requests"

EXAMPLES = """\
  indexauth login https://pkgs.example.com/team/simple/ -u me    asks for the password and keeps it
  indexauth explain https://pkgs.example.com/team/simple/        says what would be sent, and why"""

MORE = """\
  indexauth COMMAND --help    more on a command, with examples
  indexauth --version

Exit codes: 0 done; 1 not found or refused; 2 wrong use, configuration or a damaged store."""


def run(arguments: list[str]) -> int:
    """Print help, or refuse what is no command.

    Raises:
        UsageError: there is no such command.

    """
    word, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if word in ("--version", "-V"):
        emit(f"indexauth {__version__}")
    elif word in ("--help", "-h") or (word == "help" and not rest):
        emit(text())
    elif word == "help" and rest[0] in COMMANDS:
        emit(load(rest[0])[1].format_help().rstrip())
    elif not arguments:
        if sys.stderr is not None:
            sys.stderr.write(f"{text()}\n")
        return WRONG
    else:
        raise UsageError(_no_such(rest[0] if word == "help" else word))
    return DONE


def text() -> str:
    """Return the help of ``indexauth`` itself: the commands, a line or more each."""
    from textwrap import wrap  # noqa: PLC0415 - only this needs it

    width = max(map(len, COMMANDS))
    lines = [
        line
        for name, does in COMMANDS.items()
        for line in wrap(
            does,
            Screen().width - 1,
            initial_indent=f"  {name:<{width}}  ",
            subsequent_indent=" " * (width + 4),
        )
    ]
    return "\n".join([TITLE, "", EXAMPLES, "", "commands:", *lines, "", MORE])


def _no_such(word: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for who mistypes

    if word.startswith("-"):
        return "the command comes first (see `indexauth --help`)"
    near = get_close_matches(word, COMMANDS, 1)
    return f"no such command{f'; did you mean `indexauth {near[0]}`?' if near else ''} (see `indexauth --help`)"
