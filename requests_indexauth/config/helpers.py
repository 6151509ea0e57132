"""Which credential helper answers for which hosts: what code, a variable, the user's file and the project's file say.

The first of these that names one for a host decides. The patterns are Bazel's: ``example.com`` is that host,
``*.example.com`` is that host and every one below it, and the most specific one counts. ``*`` is for every host, which
Bazel writes by leaving the pattern out.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH117, PTH119

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from ..errors import ConfigError
from ..models.url import Realm, is_malformed_address, parse_url
from ..util.paths import expand_user
from ..util.terminal import printable
from .definitions import OnError, merge_definitions
from .places import own_config_file
from .toml import UvFile, parse_toml, read_text
from .uv import index_tables, legacy_keys, pip_sections_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .settings import Settings

VARIABLE = "INDEXAUTH_CREDENTIAL_HELPER"
"""The variable: ``pattern=command``, one a line."""
KEY = "credential-helper"
"""The key in a file."""

_NAME = r"\w[\w.+-]*"
_HOST = r"[^\s/\\:@?#*%\[\]]+"
_ADDRESS = r"\[[0-9A-Fa-f:.]+\]"
_EVERY_HOST = "*"
MOST = 1000
"""How many patterns a file may have: its author may be hostile, and each takes time."""

Roots = frozenset[tuple[Realm, str]]
"""The indexes that some files define, by realm and path of their roots."""


class Helper(NamedTuple):
    """A command that is asked for credentials.

    Attributes:
        command: a name on PATH or an absolute path, and its arguments.
        pattern: the hosts it was named for.
        origin: where it was named, for messages.
        roots: the indexes it is for, as realms and paths of their roots; ``None`` for any. A project's helper has them.

    """

    command: tuple[str, ...]
    pattern: str
    origin: str
    roots: Roots | None = None

    @property
    def label(self) -> str:
        """What messages call it: its arguments are not shown."""
        return self.command[0]

    def __repr__(self) -> str:
        return f"Helper({self.pattern!r}, {self.label!r})"


class Helpers:
    """The helpers that one place names, by the hosts they are for."""

    def __init__(self) -> None:
        self._hosts: dict[str, Helper] = {}
        self._domains: dict[str, Helper] = {}

    def add(self, helper: Helper) -> None:
        """Take a helper; of two with one pattern the first counts.

        Raises:
            ValueError: the pattern is invalid.

        """
        pattern = helper.pattern
        domain = pattern == _EVERY_HOST or pattern.startswith("*.")
        table = self._domains if domain else self._hosts
        host = "" if pattern == _EVERY_HOST else _normal_host(pattern[2:] if domain else pattern, domain=domain)
        table.setdefault(host, helper)

    def find(self, host: str) -> Helper | None:
        """Return the helper for a host: of the host itself, else of the nearest domain above it, else of every host."""
        exact = self._hosts.get(host)
        domain = host
        while exact is None and domain:
            exact = self._domains.get(domain)
            domain = domain.partition(".")[2]
        return exact or self._domains.get("")

    @property
    def programs(self) -> set[str]:
        """The programs that it names, without their folders."""
        named = (*self._hosts.values(), *self._domains.values())
        return {_program(helper.command[0]) for helper in named}

    def __bool__(self) -> bool:
        return bool(self._hosts or self._domains)

    def __repr__(self) -> str:
        named = (*self._hosts.values(), *self._domains.values())
        return f"<for {', '.join(helper.pattern for helper in named) or 'no host'}>"


def given_helpers(given: object) -> Helpers:
    """Return what code names: a command for every host, or a mapping of patterns to commands.

    Raises:
        ValueError: an invalid pattern or command.
        TypeError: neither text, nor a sequence of texts and paths, nor a mapping to such.

    """
    helpers = Helpers()
    patterns = given if isinstance(given, Mapping) else {_EVERY_HOST: given}
    try:
        for pattern, command in patterns.items():
            helpers.add(Helper(_words(command), os.fspath(pattern), "the program"))
    except (ValueError, TypeError) as error:  # their messages quote nothing
        kind = TypeError if isinstance(error, TypeError) else ValueError
        message = f"credential_helper: {error}"
    else:
        return helpers
    raise kind(message)


def configured_helpers(settings: Settings, on_error: OnError) -> list[Helpers]:
    """Return what the variable, the user's file and the project's file name, in this order; what is bad is left out."""
    named = [_of_variable(on_error)]
    if settings.read_own:
        named.append(_of_user(on_error))
    if settings.own is not None:
        of_user = {program for helpers in named for program in helpers.programs}
        named.append(_of_project(settings.own, settings.project, of_user, on_error))
    return [helpers for helpers in named if helpers]


def _of_variable(on_error: OnError) -> Helpers:
    helpers = Helpers()
    for number, line in enumerate(os.environ.get(VARIABLE, "").splitlines(), 1):
        if line.strip():
            _take(helpers, partial(_parse_line, line), f"{VARIABLE}, line {number}", on_error)
    return helpers


def _parse_line(line: str) -> Helper:
    pattern, equals, command = line.partition("=")
    if not equals:
        message = "write pattern=command, as in *.example.com=/opt/bin/token"
        raise ValueError(message)
    return Helper(_words(command.strip()), pattern.strip(), VARIABLE)


def _of_user(on_error: OnError) -> Helpers:
    path = own_config_file()
    helpers = Helpers()
    try:
        text = None if path is None else read_text(path)
        if path is None or text is None:
            return helpers
        file = UvFile(path, text, parse_toml(path, text))
    except ConfigError as error:
        on_error(error)
        return helpers
    for pattern, value, where in _named_in(file, on_error):
        _take(helpers, partial(_user_helper, value, pattern, where), where, on_error)
    return helpers


def _user_helper(value: object, pattern: str, where: str) -> Helper:
    return Helper(_words(value), pattern, where)


def _of_project(file: UvFile, defined_in: tuple[UvFile, ...], of_user: set[str], on_error: OnError) -> Helpers:
    """Return what a project names; its files may be hostile."""
    helpers = Helpers()
    roots = _roots(defined_in)
    for pattern, value, where in _named_in(file, on_error):
        _take(helpers, partial(_project_helper, value, pattern, where, roots, of_user), where, on_error)
    return helpers


def _project_helper(value: object, pattern: str, where: str, roots: Roots, of_user: set[str]) -> Helper:
    if isinstance(value, str) and _program(value) in of_user:
        # It may answer whatever it is asked, and the project chooses what it is asked for.
        message = f"the user has named {value} for hosts of the user's choice, and a project cannot add to them"
        raise ValueError(message)
    if isinstance(value, str) and re.fullmatch(_NAME, value, re.ASCII):
        return Helper((value,), pattern, where, roots)
    message = (
        "a project's file may name a helper only by the name of a program on PATH, without a folder or arguments: "
        f"what needs more is named in {own_config_file() or VARIABLE}"
    )
    raise ValueError(message)


def _program(path: str) -> str:
    """Return a program's name, as different spellings of its path have in common."""
    name = os.path.normcase(os.path.basename(path))
    return name.removesuffix(".exe")


def _take(helpers: Helpers, make: Callable[[], Helper], where: str, on_error: OnError) -> None:
    try:
        helpers.add(make())
    except (ValueError, TypeError) as error:  # their messages quote nothing
        on_error(ConfigError(f"{where}: {error}"))


def _roots(files: tuple[UvFile, ...]) -> Roots:
    """Return the roots of the indexes that some files define; what is bad in them has been told."""
    tables = list(files)
    entries = [*index_tables(tables, _ignore), *legacy_keys(pip_sections_first(tables, _ignore), _ignore)]
    return frozenset((index.realm, index.root_path) for index in merge_definitions(entries, _ignore))


def _ignore(_error: ConfigError) -> None:
    pass


def _named_in(file: UvFile, on_error: OnError) -> Iterator[tuple[str, object, str]]:
    """Yield the patterns of a file, with what each stands for, and where that is, for messages."""
    unknown = next((key for key in file.table if key != KEY), None)
    if unknown is not None:
        on_error(ConfigError(f"{printable(file.where(unknown))}: no such key: the only one is {KEY}"))
    value = file.table.get(KEY)
    if value is None:
        return
    patterns = value if isinstance(value, dict) else {_EVERY_HOST: value}
    where = file.where(KEY)
    if len(patterns) > MOST:
        on_error(ConfigError(f"{where}: more than {MOST} patterns: use fewer, with wildcards"))
        return
    for pattern, command in patterns.items():
        if isinstance(command, dict):
            on_error(ConfigError(f'{where}: write a host in quotes: "pkgs.example.com" = "command"'))
        else:
            yield pattern, command, where


def _words(command: object) -> tuple[str, ...]:
    """Return a command as a program and its arguments; a text is taken apart as a shell does, and no shell runs it.

    Raises:
        ValueError: it is empty, has an open quote, or begins with neither a name nor an absolute path.
        TypeError: it is neither text nor a sequence of texts and paths.

    """
    words: list[Any]
    if isinstance(command, str):
        # On Windows a backslash parts folders.
        words = shlex.split(command.replace("\\", "\\\\") if sys.platform == "win32" else command)
    else:
        words = list(command) if isinstance(command, (list, tuple)) else [command]
        words = [os.fspath(word) if isinstance(word, os.PathLike) else word for word in words]
    if not all(isinstance(word, str) for word in words):
        message = "a command is a text, or a sequence of texts: a program and its arguments"
        raise TypeError(message)
    if not words or not words[0]:
        message = "the command is empty"
        raise ValueError(message)
    program = expand_user(words[0]) if words[0].startswith("~") else words[0]
    if not os.path.isabs(program) and not re.fullmatch(_NAME, program):
        message = "a command begins with the name of a program on PATH or with an absolute path (~ is the home folder)"
        raise ValueError(message)
    return (program, *words[1:])


def _normal_host(host: str, *, domain: bool) -> str:
    """Return a host as a realm has it.

    Raises:
        ValueError: it is not a host.

    """
    message = "a host pattern is example.com, *.example.com or *, without a scheme, port or path"
    if re.fullmatch(_HOST if domain else f"{_HOST}|{_ADDRESS}", host):
        with suppress(ValueError):  # its message quotes the host
            normal = parse_url(f"https://{host}/").realm.host
            message = _why_never(normal)
            if not message:
                return normal
    raise ValueError(message)


def _why_never(host: str) -> str:
    """Return why no request goes to a host, and what to write in its place; empty for a host that may be meant."""
    if not all(host.removesuffix(".").split(".")):
        return "a host pattern has no empty part: write example.com or *.example.com"
    if is_malformed_address(host):
        return "an IPv4 address in a host pattern has four decimal parts: write 127.0.0.1"
    return ""
