"""What uv and pip have been told about indexes, as one answer: variables and files in the order those two read them."""

from __future__ import annotations

import os
from typing import NamedTuple

from ..models.index import Index
from .definitions import Problem, settle
from .files import config_files
from .pip import pip_entries
from .uv import index_tables, keyring_provider, older_keys, pip_first, variable_entries


class Settings(NamedTuple):
    """What `discover` found.

    Attributes:
        indexes: in order of precedence; of two with one root the first says all that is known of that root.
        keyring_provider: ``"disabled"``, ``"subprocess"``, ``"import"`` or ``"auto"``; ``None`` when nothing says.

    """

    indexes: tuple[Index, ...]
    keyring_provider: str | None


def discover(problem: Problem) -> Settings:
    """Read variables and files, now: uv's first, then pip's.

    A project's files are looked for from the working folder; ``UV_WORKING_DIR`` and ``UV_PROJECT`` lead elsewhere from
    there, as in uv.

    Args:
        problem: is handed every bad value, as a `ConfigError` without secrets; when it returns, discovery goes on
            without that value.

    Returns:
        The indexes that have an http(s) URL; a local one needs no authentication.

    """
    cwd = _working_folder()
    files = config_files(cwd, problem)
    sections = pip_first(files, problem)
    entries = [
        *variable_entries(),
        *index_tables(files, problem),
        *older_keys(sections, problem),
        *pip_entries(cwd, problem),
    ]
    return Settings(settle(entries, problem), keyring_provider(sections, problem))


def _working_folder() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 - pathlib would cost more than the rest of this together
    except OSError:  # it was removed under us: there is nothing in it or above it
        return os.devnull
