"""The words that variables, options and files may hold: uv's, and pip's where uv has none."""

from __future__ import annotations

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from typing import Callable, Literal, Optional, Union

    from .credentials import Credentials

    Policy = Literal["auto", "always", "never"]
    """What an index's ``authenticate`` may be."""
    Provider = Literal["disabled", "subprocess", "import", "auto", "keyring"]
    """What ``keyring_provider`` may be, the keys of `PROVIDERS`: a type checker finds a misspelt one."""
    Ask = Callable[[str, Optional[str]], Optional[Credentials]]
    """What ``prompt`` is, and each of ``sources``: takes a URL (without userinfo) and the given user name, ``None`` for
    none; returns credentials, or ``None`` where it has none."""
    Command = Union[str, PathLike[str], Sequence[Union[str, PathLike[str]]]]
    """A program and its arguments; a text is taken apart as a shell does."""
    CredentialHelper = Union[Command, Mapping[str, Command]]
    """What ``credential_helper`` may be: a command for every host, or commands by host patterns."""

TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
FALSE = frozenset({"0", "false", "f", "no", "n", "off", ""})
"""What a variable of uv's that is a switch may say, in any case."""

PROVIDERS = {
    "disabled": "disabled",
    "subprocess": "subprocess",
    "import": "import",  # from here on pip's words, which uv does not have
    "auto": "auto",
    "keyring": "import",
}
"""Accepted keyring providers, each with its canonical name."""
