"""Read which credential helpers are named: in code, in a variable, in the user's file or in the project's file.

The first of these places that names one for a host decides. `models.helper` says what a pattern means.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH117

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..models.helper import EVERY_HOST, Helper, Helpers, Roots, program_name
from ..util.paths import expand_user
from ..util.terminal import printable
from .definitions import OnError, merge_definitions
from .files import read_uv_toml
from .places import HELPER_VARIABLE, own_config_file
from .toml import UvFile
from .uv import index_tables, legacy_keys, pip_sections_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .settings import Settings

KEY = "credential-helper"
"""The key in a file."""

_NAME = r"\w[\w.+-]*"
MOST = 1000
"""How many patterns a file may have: its author may be hostile, and each takes time."""


def given_helpers(given: object) -> Helpers:
    """Return what code names: a command for every host, or a mapping of patterns to commands.

    Raises:
        ValueError: an invalid pattern or command.
        TypeError: neither text, nor a sequence of texts and paths, nor a mapping to such.

    """
    helpers = Helpers()
    patterns = given if isinstance(given, Mapping) else {EVERY_HOST: given}
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
    for number, line in enumerate(os.environ.get(HELPER_VARIABLE, "").splitlines(), 1):
        if line.strip():
            with _reported(f"{HELPER_VARIABLE}, line {number}", on_error):
                helpers.add(_parse_line(line))
    return helpers


def _parse_line(line: str) -> Helper:
    pattern, equals, command = line.partition("=")
    if not equals:
        message = "write pattern=command, as in *.example.com=/opt/bin/token"
        raise ValueError(message)
    return Helper(_words(command.strip()), pattern.strip(), HELPER_VARIABLE)


def _of_user(on_error: OnError) -> Helpers:
    helpers = Helpers()
    file = read_uv_toml(own_config_file(), on_error)
    if file is None:
        return helpers
    for pattern, value, where in _named_in(file, on_error):
        with _reported(where, on_error):
            helpers.add(Helper(_words(value), pattern, where))
    return helpers


def _of_project(file: UvFile, defined_in: tuple[UvFile, ...], of_user: set[str], on_error: OnError) -> Helpers:
    """Return what a project names; its files may be hostile."""
    helpers = Helpers()
    roots = _roots(defined_in)
    for pattern, value, where in _named_in(file, on_error):
        with _reported(where, on_error):
            helpers.add(_project_helper(value, pattern, where, roots, of_user))
    return helpers


def _project_helper(value: object, pattern: str, where: str, roots: Roots, of_user: set[str]) -> Helper:
    if isinstance(value, str) and program_name(value) in of_user:
        # The helper may answer for any host, and the project would choose which ones it is asked about.
        message = f"the user has named {value} for hosts of the user's choice, and a project cannot add to them"
        raise ValueError(message)
    if isinstance(value, str) and re.fullmatch(_NAME, value, re.ASCII):
        return Helper((value,), pattern, where, roots)
    message = (
        "a project's file may name a helper only by the name of a program on PATH, without a folder or arguments: "
        f"what needs more is named in {own_config_file() or HELPER_VARIABLE}"
    )
    raise ValueError(message)


@contextmanager
def _reported(where: str, on_error: OnError) -> Iterator[None]:
    """Hand what is wrong with a helper to ``on_error``, and go on."""
    try:
        yield
    except (ValueError, TypeError) as error:  # their messages quote nothing
        on_error(ConfigError(f"{where}: {error}"))


def _roots(files: tuple[UvFile, ...]) -> Roots:
    """Return the roots of the indexes that some files define; what is bad in them was reported before."""
    tables = list(files)
    definitions = [*index_tables(tables, _ignore), *legacy_keys(pip_sections_first(tables, _ignore), _ignore)]
    return frozenset((index.realm, index.root_path) for index in merge_definitions(definitions, _ignore))


def _ignore(_error: ConfigError) -> None:
    pass


def _named_in(file: UvFile, on_error: OnError) -> Iterator[tuple[str, object, str]]:
    """Yield each pattern of a file with the command it stands for, and where it is, for messages."""
    unknown = next((key for key in file.table if key != KEY), None)
    if unknown is not None:
        on_error(ConfigError(f"{printable(file.where(unknown))}: no such key: the only one is {KEY}"))
    value = file.table.get(KEY)
    if value is None:
        return
    patterns = value if isinstance(value, dict) else {EVERY_HOST: value}
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
