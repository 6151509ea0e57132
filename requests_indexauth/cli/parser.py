"""Options and operands, parsed by ``argparse``. No message quotes what was typed: it may be a secret."""

from __future__ import annotations

import argparse
import sys

from ..models.credentials import Secret

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn

# What is used of argparse without being documented: `register`, `_actions`, `_check_value`, `HelpFormatter._fill_text`,
# `_set_color` (3.14 and later) and `argparse._`. It is all in this file, and the same from Python 3.9 to 3.15.
_WIDTH = 80


class Options(argparse.Namespace):
    """The values of a command line: an attribute for each option and operand.

    Args:
        parser: refuses what only the command can see is wrong.

    """

    def __init__(self, parser: Parser) -> None:
        super().__init__()
        self._parser = parser

    def refuse(self, message: str) -> NoReturn:
        """Refuse the command line: say what is wrong, and where help is.

        Raises:
            UsageError: always.

        """
        self._parser.refuse(message)


class Parser(argparse.ArgumentParser):
    """The options and operands of one command.

    Unlike ``argparse`` itself, an error is one line, raised as `UsageError`; a mistyped option gets a suggestion; an
    option given twice with two values is an error; a value may begin with a dash. An option or operand with
    ``nargs=REMAINDER`` takes everything behind it, dashes or not.

    Args:
        prog: the words before the options: ``indexauth login``.
        description: what the command does. A paragraph wraps; one that is indented stays as it is.
        epilog: examples and exit codes, in such paragraphs too.

    """

    def __init__(self, prog: str, description: str, epilog: str = "") -> None:
        # argparse formats each option that is added, to check it: that needs neither help nor the terminal's width.
        self._formatters: type[argparse.HelpFormatter] = _CheckFormatter
        self._width = _WIDTH
        with _untranslated():
            super().__init__(prog=prog, description=description, epilog=epilog, formatter_class=self._formatter)
        self.register("action", None, _StoreOnce)
        self.register("action", "store", _StoreOnce)

    def parse(self, arguments: Sequence[str]) -> Options:
        """Return the values of a command line.

        Raises:
            UsageError: it does not make sense.
            SystemExit: it asked for help, which has been printed.

        """
        options, unknown = self.parse_known_args(self._joined(arguments), Options(self))
        unknown = [word for word in unknown if word != "--"]
        if unknown:
            self._refuse_unknown(unknown)
        return options

    def refuse(self, message: str) -> NoReturn:
        """Refuse the command line: say what is wrong, and where help is.

        Raises:
            UsageError: always.

        """
        from .errors import UsageError  # noqa: PLC0415 - most command lines are right

        command = self.prog.partition(" ")[2]
        full = f"{command}{': ' if command else ''}{message} (see `{self.prog} --help`)"
        raise UsageError(full) from None

    def error(self, message: str) -> NoReturn:
        """Refuse the command line with a message of ``argparse``, which is cut where it begins to quote.

        Raises:
            UsageError: always.

        """
        from re import split  # noqa: PLC0415 - most command lines are right

        self.refuse(split("[='\"]", message, maxsplit=1)[0].rstrip(" :"))

    def format_help(self) -> str:
        """Return the help, as wide as the terminal."""
        from .screen import Screen  # noqa: PLC0415 - help alone needs it

        self._formatters, self._width = _Formatter, Screen().width - 1
        return super().format_help()

    @property
    def actions(self) -> Sequence[argparse.Action]:
        """The operands and options, those of groups and ``--help`` too; ``argparse`` has no public name for them."""
        return self._actions

    @property
    def _options(self) -> dict[str, argparse.Action]:
        """The options by each of their names."""
        return {name: action for action in self.actions for name in action.option_strings}

    def _formatter(self, prog: str) -> argparse.HelpFormatter:
        return self._formatters(prog, max_help_position=30, width=self._width)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Name the choices, and not the value: the message of ``argparse``, which calls this, has both."""
        if action.choices is not None and value not in action.choices:
            message = f"must be one of {', '.join(action.choices)}"
            raise argparse.ArgumentError(action, message)

    def _joined(self, arguments: Sequence[str]) -> list[str]:
        """Return the arguments with each value joined to its option by ``=``, so that it may begin with a dash.

        Raises:
            UsageError: there is no such short option, or something is stuck to one that takes no value.

        """
        joined: list[str] = []
        words = iter(arguments)
        options = self._options
        takes_rest = any(action.nargs == argparse.REMAINDER and not action.option_strings for action in self.actions)
        for word in words:
            is_option = word.startswith("-") and word != "-"
            action = options.get(word)
            if word == "--" or (takes_rest and not is_option) or (action and action.nargs == argparse.REMAINDER):
                return [*joined, word, *words]
            if is_option and word[1] != "-" and not self._has_short(word):
                self._refuse_unknown([word])
            value = next(words, None) if action and action.nargs is None else None
            joined.append(word if action is None or value is None else f"{action.option_strings[-1]}={value}")
        return joined

    def _has_short(self, word: str) -> bool:
        """Return whether a word is a short option, alone or with its value; a cluster of switches is not."""
        action = self._options.get(word[:2])
        return action is not None and (len(word) == len("-h") or action.nargs != 0)

    def _refuse_unknown(self, words: Sequence[str]) -> NoReturn:
        """Refuse what ``argparse`` did not understand, with a suggestion where there is one."""
        option = next((word for word in words if word.startswith("-") and word != "-"), None)
        if option is None:
            self.refuse("too many arguments")
        names = [name for name in self._options if name.startswith("--")]
        stuck = next((name for name in names if option.startswith(name)), None)
        if stuck is not None:
            self.refuse(f"there is no space and no `=` behind {stuck}")
        from difflib import get_close_matches  # noqa: PLC0415 - most options are right

        near = get_close_matches(option.partition("=")[0], names, 1)
        self.refuse(f"there is no such option{f'; did you mean {near[0]}?' if near else ''}")


class _untranslated:  # noqa: N801 - a context manager, without the price of contextlib
    """Keep ``argparse`` from looking for translations while a parser is made: see docs/architecture.md."""

    def __enter__(self) -> None:
        self._translate = argparse._  # type: ignore[attr-defined]
        argparse._ = str  # type: ignore[attr-defined]

    def __exit__(self, *_: object) -> None:
        argparse._ = self._translate  # type: ignore[attr-defined]


class _StoreOnce(argparse.Action):
    """Store a value as a `Secret`, and refuse a second one."""

    def __call__(
        self, _parser: object, namespace: argparse.Namespace, values: Any, _option_string: str | None = None
    ) -> None:
        value = Secret(values) if isinstance(values, str) else values
        if getattr(namespace, self.dest) not in (self.default, value):
            message = "given twice"
            raise argparse.ArgumentError(self, message)
        setattr(namespace, self.dest, value)


class _CheckFormatter(argparse.HelpFormatter):
    """Formats options only to check them."""

    if sys.version_info[:2] == (3, 14):

        def _set_color(self, _color: bool) -> None:  # noqa: FBT001 - so argparse calls it
            """Have no colours: 3.14 imports dataclasses and inspect for them."""


class _Formatter(argparse.HelpFormatter):
    """Wraps paragraphs, except those that are indented: examples are to be copied."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Lay out a description or an epilog: ``argparse`` calls this, and its raw formatter overrides it, too."""
        from textwrap import fill  # noqa: PLC0415 - help alone needs it

        return "\n\n".join(
            paragraph
            if paragraph.startswith(" ")
            else fill(paragraph, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
            for paragraph in text.strip("\n").split("\n\n")
        )
