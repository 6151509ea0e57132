"""``indexauth --help``, ``--version``, ``help COMMAND``, and what is said to a command that does not exist."""

from __future__ import annotations

from importlib import import_module

from ... import __version__
from .. import COMMANDS
from ..errors import UsageError
from ..output import emit, say
from ..status_codes import DONE, WRONG

HELP = """\
indexauth: one login for uv, pip, twine and every script built on requests

  indexauth login https://pkgs.example.com/team/simple/ -u me    asks for the password and keeps it
  indexauth explain https://pkgs.example.com/team/simple/        says what would be sent, and why

Commands
  login [SERVICE]    keep a credential, where uv finds it too
  logout SERVICE     forget it
  token SERVICE      print the secret that is kept
  list               print the services and users, no secrets
  dir                print the folder the credentials are in
  explain URL        say which index applies, what every source has, and what would be sent
  helper             answer Bazel, as a credential helper
  demo               see all of it work, on this machine, with nothing to set up

  indexauth COMMAND --help    more on a command, with examples
  indexauth --version

Exit codes: 0 done; 1 not found or refused; 2 wrong use, configuration or a damaged store.
"""


def run(arguments: list[str]) -> int:
    """Help; or refuse what is no command."""
    word, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if word in ("--version", "-V"):
        emit(f"indexauth {__version__}")
        return DONE
    if word in ("--help", "-h") or (word == "help" and not rest):
        emit(HELP.rstrip())
        return DONE
    if word == "help" and rest[0] in COMMANDS:
        emit(import_module(f"{__package__}.{rest[0]}").HELP.rstrip())
        return DONE
    if not arguments:
        say(HELP.rstrip())
        return WRONG
    unknown = rest[0] if word == "help" else word
    raise UsageError(_no_such(unknown))


def _no_such(word: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for who mistypes

    if word.startswith("-"):
        return "the command comes first (see `indexauth --help`)"
    near = get_close_matches(word, COMMANDS, 1)
    return f"no such command{f'; did you mean `indexauth {near[0]}`?' if near else ''} (see `indexauth --help`)"
