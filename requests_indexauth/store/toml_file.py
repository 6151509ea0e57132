"""The file the store is in: where it is, and reading it. Writing is apart, in `write`: few runs write.

The command line prints a token with little more than this and a TOML parser, so only what is needed is imported.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH110, PTH116, PTH117, PTH118

from __future__ import annotations

import os
import sys
import time
from typing import Callable, Optional

from ..config.store_folder import configured_folder
from ..errors import StoreError
from ..util.files import read_file, retried
from ..util.paths import expand_user, file_above, roaming_folder

_NAME = "credentials.toml"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
IN_THE_WAY = "a file exists where a folder belongs: move it away"

Signature = Optional[tuple[int, int, int, int]]
"""A file's state, to see whether it has changed; ``None`` when there is no file."""
_UNSETTLED = (0, 0, 0, 0)
_TICK = 20_000_000
"""In nanoseconds: two changes closer together than this may leave the same time, and even the same inode."""


def folder(configured: Callable[[], str | None] = configured_folder) -> str:
    r"""Return the folder the store is in: ``indexauth dir`` and, but for the configuration, ``uv auth dir`` print it.

    ``$UV_CREDENTIALS_DIR``, also where that is relative; else ``auth-cache-dir`` of the configuration; else
    ``credentials`` in uv's folder for data:

    - on Windows ``%APPDATA%\uv\data`` if it exists, else ``%APPDATA%\uv`` (see `roaming_folder`)
    - elsewhere ``$XDG_DATA_HOME/uv`` where that is absolute, else ``~/.local/share/uv``
    - on macOS, before those, ``~/Library/Application Support/uv`` if it exists

    The two folders that count only if they exist are those of older uvs. To make one would hide all that uv keeps in
    the other, its tools and Pythons too.

    Args:
        configured: returns what the configuration says; ``None`` for nothing.

    Raises:
        StoreError: there is no home folder, and nothing says where the store is instead.
        ConfigError: by ``configured``, when that reads the files and the value is bad.

    """
    chosen = os.environ.get("UV_CREDENTIALS_DIR") or configured()
    if chosen:
        return chosen
    data = _windows_data() if sys.platform == "win32" else _unix_data()
    if data is None:
        message = "no home folder is known to look for the store in: set UV_CREDENTIALS_DIR to a folder for it"
        raise StoreError(message)
    return os.path.join(data, "credentials")


def _windows_data() -> str | None:
    roaming = roaming_folder()
    if roaming is None:
        return None
    older = os.path.join(roaming, "uv", "data")
    return older if os.path.exists(older) else os.path.join(roaming, "uv")


def _unix_data() -> str | None:
    if sys.platform == "darwin":
        older = expand_user("~/Library/Application Support/uv")
        if os.path.isabs(older) and os.path.exists(older):
            return older
    data = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(data):
        data = expand_user("~/.local/share")
    return os.path.join(data, "uv") if os.path.isabs(data) else None


def default_path(configured: Callable[[], str | None] = configured_folder) -> str:
    """Return the file in that folder; takes and raises what `folder` does."""
    return os.path.join(folder(configured), _NAME)


def signature(path: str) -> Signature:
    """Return the state of a file, to see later whether it has changed.

    Raises:
        StoreError: it cannot be looked at.

    """
    try:
        return _signature(os.stat(path))
    except (FileNotFoundError, NotADirectoryError):  # of a file in the place of a folder Windows says the former
        blocking = file_above(path)
        if blocking is None:
            return None
        message = f"{blocking}: {IN_THE_WAY}"
    except OSError as error:
        message = f"{path}: {error.strerror}"
    raise StoreError(message)


def read(path: str) -> tuple[Signature, dict[str, object]]:
    """Read the file: its state, and its TOML document; a missing file is an empty one.

    A file that was changed a moment ago has a state that equals no other: the next change may not show.

    Raises:
        StoreError: it cannot be read, is not TOML, or its ``credential`` is no list. The message has the line where
            there is one, and nothing of the file; nor have the frames that a traceback may show.

    """
    outcome = _read(path)
    if outcome == (None, {}):
        signature(path)  # raises where a file is in the place of the folder
    if isinstance(outcome, str):
        message = f"{path}: {outcome}: correct the file, or move it away and log in again"
        raise StoreError(message)
    return outcome


def tables(document: dict[str, object]) -> list[object]:
    """Return the list of credentials in a document that was read; a change of it is one of the document."""
    found: list[object] = document.setdefault("credential", [])  # type: ignore[assignment] # `read` has checked it
    return found


def _read(path: str) -> tuple[Signature, dict[str, object]] | str:
    """Return the file's state and document, or what is wrong with it."""
    try:
        now = time.time_ns()
        raw, status = retried(lambda: read_file(path), path)
        settled = now - status.st_mtime_ns > _TICK
        document = _parse(raw.removeprefix(_BYTE_ORDER_MARK).decode()) if raw else {}
    except (FileNotFoundError, NotADirectoryError):
        return None, {}
    except OSError as error:
        return str(error.strerror)
    except (ValueError, RecursionError) as error:
        return _damage(error, raw)
    if not isinstance(document.get("credential", []), list):
        return "in 'credential': not a list of tables"
    return _signature(status) if settled else _UNSETTLED, document


def _signature(state: os.stat_result) -> Signature:
    return state.st_dev, state.st_ino, state.st_mtime_ns, state.st_size


def _parse(text: str) -> dict[str, object]:
    from .plain_toml import plain_document  # noqa: PLC0415 - no store, no reader

    plain = plain_document(text)
    if plain is not None:
        return plain
    from ..util.toml import loads  # noqa: PLC0415 - few files need a parser

    return loads(text)


def _damage(error: Exception, raw: bytes) -> str:
    """Return what is wrong and where; the rest of a parser's message may quote the file."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return f"not UTF-8 at line {raw.count(10, 0, error.start) + 1}"
    if str(error).endswith("(at end of document)"):
        return f"not valid TOML at line {raw.rstrip().count(10) + 1}"
    line = str(error).rpartition("(at line ")[2].partition(",")[0]
    return f"not valid TOML at line {line}" if line.isdigit() else "not valid TOML"
