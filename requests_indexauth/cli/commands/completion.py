"""``indexauth completion``: completion scripts for three shells, made of the parsers of all commands."""

from __future__ import annotations

from argparse import SUPPRESS
from typing import TYPE_CHECKING, NamedTuple

from ..output import emit
from ..status_codes import DONE
from . import COMMANDS, load

if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Callable, Iterator

    from ..parser import Options, Parser

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
    parser.add_argument("shell", metavar="SHELL", choices=tuple(SHELLS), help=f"one of {', '.join(SHELLS)}")


def run(options: Options) -> int:
    """Print it."""
    emit(SHELLS[options.shell]())
    return DONE


class Option(NamedTuple):
    """An option of a command.

    Attributes:
        names: what it is written as, ``-u`` and ``--username``.
        text: its help.
        takes_value: whether a value follows it.
        choices: the values it takes; empty when they are free.

    """

    names: tuple[str, ...]
    text: str
    takes_value: bool
    choices: tuple[str, ...]


def options_of(command: str) -> list[Option]:
    """Return the options of a command, those of ``--help`` among them."""
    _, parser = load(command)
    return [_option(action) for action in parser.actions if action.option_strings]


def _option(action: Action) -> Option:
    text = "" if action.help in (None, SUPPRESS) else " ".join(str(action.help).replace("%%", "%").split())
    choices = tuple(map(str, action.choices or ()))
    return Option(tuple(action.option_strings), text, action.nargs != 0, choices)


def bash() -> str:
    """Return the script for bash."""
    lines = ["_indexauth() {", "    local words=", '    case "$COMP_CWORD:${COMP_WORDS[1]}" in']
    lines.append(f"    1:*) words={_quoted(' '.join([*COMMANDS, 'help']))} ;;")
    lines.append(f"    2:help) words={_quoted(' '.join(COMMANDS))} ;;")
    for command in COMMANDS:
        options = options_of(command)
        lines.append(f'    *:{command}) case "${{COMP_WORDS[COMP_CWORD-1]}}" in')
        lines += [
            f"        {'|'.join(option.names)}) words={_quoted(' '.join(option.choices))} ;;"
            for option in options
            if option.takes_value
        ]
        names = " ".join(name for option in options for name in option.names)
        lines.append(f"        *) words={_quoted(names)} ;;")
        lines.append("        esac ;;")
    lines += [
        "    esac",
        '    COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
        "}",
        "complete -o default -F _indexauth indexauth",
    ]
    return "\n".join(lines)


def zsh() -> str:
    """Return the script for zsh."""
    lines = ["#compdef indexauth", "_indexauth() {", "    if (( CURRENT == 2 )); then", "        local -a commands=("]
    lines += [f"            {_quoted(f'{name}:{does}')}" for name, does in COMMANDS.items()]
    lines += ["        )", "        _describe command commands", "        return", "    fi", "    case $words[2] in"]
    lines.append(f"    help) compadd -- {' '.join(COMMANDS)} ;;")
    for command in COMMANDS:
        lines.append(f"    {command}) shift words; (( CURRENT-- )); _arguments \\")
        lines += [f"        {spec} \\" for option in options_of(command) for spec in _zsh_specs(option)]
        lines.append("        '*:file:_files' ;;")
    lines += ["    esac", "}", "compdef _indexauth indexauth"]
    return "\n".join(lines)


def _zsh_specs(option: Option) -> Iterator[str]:
    text = option.text.translate({ord(char): f"\\{char}" for char in "[]:\\"})
    value = ""
    if option.takes_value:
        value = f":value:({' '.join(option.choices)})" if option.choices else ":value: "
    for name in option.names:
        yield _quoted(f"({' '.join(option.names)}){name}[{text}]{value}")


def fish() -> str:
    """Return the script for fish."""
    lines = ["complete -c indexauth -f -n __fish_use_subcommand"]
    lines += [
        f"complete -c indexauth -n __fish_use_subcommand -a {name} -d {_quoted(does)}"
        for name, does in COMMANDS.items()
    ]
    for command in COMMANDS:
        condition = _quoted(f"__fish_seen_subcommand_from {command}")
        lines += [
            f"complete -c indexauth -n {condition} {' '.join(_fish_words(option))}" for option in options_of(command)
        ]
    return "\n".join(lines)


def _fish_words(option: Option) -> Iterator[str]:
    for name in option.names:
        yield f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
    if option.takes_value:
        yield f"-x -a {_quoted(' '.join(option.choices))}" if option.choices else "-r"
    yield f"-d {_quoted(option.text)}"


def _quoted(text: str) -> str:
    """Quote a text in a way that all three shells know."""
    return "'" + text.replace("'", "'\\''") + "'"


SHELLS: dict[str, Callable[[], str]] = {"bash": bash, "zsh": zsh, "fish": fish}
"""Returns the script for each shell."""
