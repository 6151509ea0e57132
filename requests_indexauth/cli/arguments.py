"""Taking a command's arguments apart: `getopt` for it is a tenth of what argparse costs, and quotes no value."""

from __future__ import annotations

from getopt import GetoptError, gnu_getopt

from ..models.credentials import Secret

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from typing import NoReturn


class Arguments:
    """A command's arguments.

    Args:
        command: its name, for messages.
        arguments: what stands after the name.
        options: each ``"long"`` (a switch) or ``"long="`` (it takes a value), with ``"s:"`` before it where there is a
            short form too: ``"u:username="``.

    Raises:
        UsageError: an option is unknown, or lacks its value.

    Attributes:
        operands: what is not an option, in order.

    """

    def __init__(self, command: str, arguments: list[str], *options: str) -> None:
        self._command = command
        names = {option.rpartition(":")[2].rstrip("="): option for option in options}
        shorts = {option[0]: name for name, option in names.items() if option[1:2] == ":"}
        short_options = "".join(f"{short}:" if names[name].endswith("=") else short for short, name in shorts.items())
        long_options = [option.rpartition(":")[2] for option in options]
        try:
            found, self.operands = gnu_getopt(arguments, short_options, long_options)
        except GetoptError as error:  # its message names the option, and quotes no value but one that is stuck to it
            stuck = next((name for name in names if error.opt.startswith(name) and error.opt != name), None)
            if stuck is not None:
                self.refuse(f"there is no space and no `=` behind --{stuck}")
            message = str(error)
            self.refuse(message[:1].lower() + message[1:])
        self._values: dict[str, Secret] = {}
        for option, value in found:
            name = option[2:] if option.startswith("--") else shorts[option[1]]
            if name in self._values and self._values[name] != value:
                self.refuse(f"--{name} is given twice")
            self._values[name] = Secret(value)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def value(self, name: str) -> str | None:
        """Return an option's value; ``None`` when it is not given."""
        return self._values.get(name)

    def choice(self, name: str, *words: str) -> str:
        """Return an option's value, which must be one of some words; the first where it is not given."""
        word = self._values.get(name)
        if word is None:
            return words[0]
        if word not in words:
            self.refuse(f"--{name} must be one of {', '.join(words)}")
        return str(word)

    def operand(self, what: str, default: str | None = None) -> Secret:
        """Return the only operand.

        Raises:
            UsageError: there is none and no default, or there are several.

        """
        if len(self.operands) > 1:
            self.refuse(f"one {what} is enough, there are {len(self.operands)}")
        if not self.operands and default is None:
            self.refuse(f"which {what}?")
        return Secret(self.operands[0] if self.operands else default)

    def no_operands(self) -> None:
        """Refuse operands.

        Raises:
            UsageError: there is one.

        """
        if self.operands:
            self.refuse(f"it takes no argument, and there {'is one' if len(self.operands) == 1 else 'are some'}")

    def conflict(self, *names: str) -> None:
        """Refuse more than one of some options.

        Raises:
            UsageError: two of them are given.

        """
        given = [f"--{name}" for name in names if name in self._values]
        if len(given) > 1:
            self.refuse(f"{' and '.join(given)} do not go together")

    def refuse(self, message: str) -> NoReturn:
        """Say what is wrong, and where help is.

        Raises:
            UsageError: always.

        """
        from .errors import UsageError  # noqa: PLC0415 - most command lines are right

        full = f"{self._command}: {message} (see `indexauth {self._command} --help`)"
        raise UsageError(full) from None
