"""``indexauth completion``: a completion script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..output import emit
from ..status_codes import DONE

if TYPE_CHECKING:
    from ..parser import Options, Parser

_SHELLS = ("bash", "zsh", "fish")

DESCRIPTION = """\
Print a script with which a shell completes the commands and options of `indexauth`.
"""

EPILOG = """\
  eval "$(indexauth completion bash)"                    in ~/.bashrc
  eval "$(indexauth completion zsh)"                     in ~/.zshrc, after compinit
  indexauth completion fish | source                     in ~/.config/fish/config.fish
"""


def add_arguments(parser: Parser) -> None:
    """Add the operand."""
    parser.add_argument("shell", metavar="SHELL", choices=_SHELLS, help=f"one of {', '.join(_SHELLS)}")


def run(options: Options) -> int:
    """Print it."""
    from ..completion import SHELLS  # noqa: PLC0415 - it loads the parser of every command

    emit(SHELLS[options.shell]())
    return DONE
