"""The folder of the credential store that the configuration names: ``auth-cache-dir``.

Every use of the store asks for it, ``indexauth token`` too, where milliseconds count: so the files are parsed only if
one of them contains that word.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH100, PTH113, PTH116, PTH117, PTH118, PTH123

from __future__ import annotations

import os
import sys

from ..errors import ConfigError
from ..util.paths import expand_user, is_possible, working_folder
from .places import system_config_file, upwards, user_config_file

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable

    from .toml import UvFile

    OnError = Callable[[ConfigError], None]

KEY = "auth-cache-dir"
LARGEST = 1 << 20
"""How many bytes of a file are searched: `toml.LARGEST`, which costs an import."""
LONGEST = 4096
"""The longest path of a folder, in characters, as on Linux: a login looks at each folder above it."""
_WORD = KEY.encode()


def configured_folder() -> str | None:
    """Return what ``auth-cache-dir`` says in uv's files, read now; ``None`` when no file has it.

    Raises:
        ConfigError: the value is bad, or a file that may have one cannot be read.

    """
    cwd = working_folder()
    if not any(map(_has_word, _paths(cwd))):
        return None
    from .files import config_files  # noqa: PLC0415 - few have the key

    return auth_cache_dir(config_files(cwd, _refuse).settings, _refuse)


def auth_cache_dir(files: list[UvFile], on_error: OnError) -> str | None:
    r"""Return the folder that the nearest file with the key names, ``~`` expanded; ``None`` when none does.

    Bad values are: a relative path, or one below ``/proc``, which may lead into the project itself; a share of another
    machine (``\\host``), which would get the secrets, and on Windows the user's own login; an escape sequence, which
    would steer the terminal that `indexauth dir` prints on; what the locale cannot encode, or is longer than any path;
    and in a project's file a folder that other users can write to, for its author may have chosen that to read the
    secrets.
    """
    for file in files:
        text = file.text(KEY, on_error)
        if text is None:
            continue
        folder = expand_user(text) if text.isprintable() else None
        if len(text) > LONGEST:
            on_error(ConfigError(f"{file.where(KEY)}: has more than {LONGEST} characters: name another folder"))
        elif folder is None:
            on_error(ConfigError(f"{file.where(KEY)}: has a character that cannot be printed: correct it"))
        elif not os.path.isabs(folder) or (sys.platform == "win32" and folder[:2] in ("\\\\", "//")):
            on_error(ConfigError(f"{file.where(KEY)}: must be an absolute path or start with ~: correct it"))
        elif not is_possible(folder):
            remedy = "have a locale with UTF-8, or name the folder in UV_CREDENTIALS_DIR"
            on_error(ConfigError(f"{file.where(KEY)}: has a character that no path has in this locale: {remedy}"))
        elif _is_of_process(folder):
            on_error(ConfigError(f"{file.where(KEY)}: {folder} is another folder in each process: name one on disk"))
        elif file.of_project and _is_open_to_others(folder):
            remedy = "chmod it to 700 and own it, or name the folder in UV_CREDENTIALS_DIR"
            on_error(ConfigError(f"{file.where(KEY)}: other users can write to {folder}: {remedy}"))
        else:
            return folder
    return None


def _is_of_process(folder: str) -> bool:
    """Whether a path leads where a process works, or to a file that it has open."""
    parts = folder.split("/")
    if ".." in parts:  # /dev/fd leads to /proc/self/fd, and from there on upwards
        return "proc" in parts or "dev" in parts
    return os.path.normpath(folder).lstrip("/").startswith(("proc/", "dev/fd/"))


def _is_open_to_others(folder: str) -> bool:
    """Whether other users can put files into a folder, by its owner and mode, where the system has them."""
    try:
        state = os.stat(folder)
    except (OSError, ValueError):
        return False  # nothing is there yet: it is made for its user alone
    return os.name == "posix" and (state.st_uid != os.geteuid() or bool(state.st_mode & 0o022))


def _paths(cwd: str) -> Iterator[str | None]:
    """Yield every file that may count; `config_files` finds those that do, but takes longer."""
    cwd = os.path.join(cwd, os.environ.get("UV_WORKING_DIR", ""))
    named = os.environ.get("UV_CONFIG_FILE")
    if named:
        yield os.path.join(cwd, named)
        return
    for folder in upwards(os.path.abspath(os.path.join(cwd, os.environ.get("UV_PROJECT", "")))):
        yield os.path.join(folder, "uv.toml")
        yield os.path.join(folder, "pyproject.toml")
    yield user_config_file()
    yield system_config_file()


def _has_word(path: str | None) -> bool:
    """Whether a file has the key's name in it; not of a pipe, which can be read only once."""
    try:
        if path is None or not os.path.isfile(path):
            return False
        with open(path, "rb") as file:
            return _WORD in file.read(LARGEST)
    except (OSError, ValueError):
        return False  # reading the configuration reports it


def _refuse(error: ConfigError) -> None:
    raise error
