"""The commands, one module each.

To add the command *x*, add a line to `COMMANDS` and a module ``x.py`` that has

* ``DESCRIPTION`` and ``EPILOG``, the text above and below the options in its help;
* ``add_arguments(parser)``, which adds its options and operands to a `Parser`;
* ``run(options)``, which takes the `Options` that were parsed, does the work, and returns the exit code; or what
  is called in place of the command once that is done, and whose errors are not caught.

Importing such a module does nothing, so that completion scripts and manual pages can be made from the parsers.
"""

from __future__ import annotations

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from typing import Any

    from ..parser import Parser

COMMANDS = {
    "login": "keep a credential, where uv finds it too",
    "logout": "forget it",
    "token": "print the secret that is kept",
    "list": "print the services and users, no secrets",
    "dir": "print the folder the credentials are in",
    "explain": "say which index applies, what every source has, and what would be sent",
    "run": "run a Python program, and find credentials for all it asks with requests",
    "publish": "upload distributions, with twine",
    "completion": "print a script that completes commands and options in bash, zsh or fish",
    "helper": "answer Bazel, as a credential helper",
    "demo": "see all of it work, on this machine, with nothing to set up",
}
"""Each command with a line for the list of commands."""


def load(name: str) -> tuple[Any, Parser]:
    """Return the module and the parser of a command."""
    from ..parser import Parser  # noqa: PLC0415 - `run` starts most programs without argparse

    module: Any = __import__(f"{__name__}.{name}", fromlist=("",))  # importlib alone takes a millisecond
    parser = Parser(f"indexauth {name}", module.DESCRIPTION, module.EPILOG)
    module.add_arguments(parser)
    return module, parser
