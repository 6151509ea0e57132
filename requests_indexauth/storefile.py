"""The file the store is in: where it is, and reading it. Writing is apart, in `storewrite`: few runs write.

The command line prints a token with little more than this and a TOML parser, so only what is needed is imported.
"""

from __future__ import annotations

import os
import sys
from typing import Optional

from .errors import StoreError

_NAME = "credentials.toml"

Signature = Optional[tuple[int, int, int, int]]
"""What tells one state of a file from the next; ``None`` when there is no file."""


def folder() -> str:
    r"""Return the folder uv keeps the store in: ``indexauth dir`` and ``uv auth dir`` print the same.

    ``$UV_CREDENTIALS_DIR`` as it stands, else ``$XDG_DATA_HOME/uv/credentials`` where that is absolute, else
    ``~/.local/share/uv/credentials``; on Windows ``%APPDATA%\uv\data\credentials``.
    """
    chosen = os.environ.get("UV_CREDENTIALS_DIR")
    if chosen:
        return chosen
    data = os.environ.get("XDG_DATA_HOME", "")
    if os.path.isabs(data):  # noqa: PTH117 - no import of pathlib
        return os.path.join(data, "uv", "credentials")  # noqa: PTH118
    if sys.platform == "win32":
        return os.path.join(os.environ.get("APPDATA", ""), "uv", "data", "credentials")  # noqa: PTH118
    return os.path.expanduser("~/.local/share/uv/credentials")  # noqa: PTH111


def default_path() -> str:
    """Return the file in that folder."""
    return os.path.join(folder(), _NAME)  # noqa: PTH118


def signature(path: str) -> Signature:
    """Return the state of a file, to see later whether it has changed.

    Raises:
        StoreError: it cannot be looked at.

    """
    try:
        return _signature(os.stat(path))  # noqa: PTH116
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(_unreadable(path, error)) from None


def read(path: str) -> tuple[Signature, dict[str, object]]:
    """Read the file: its state, and its TOML document; a missing file is an empty one.

    Raises:
        StoreError: it cannot be read, or is not TOML. The message has the line where there is one, and nothing of it.

    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            state = _signature(os.fstat(file.fileno()))
            raw = file.read()
    except FileNotFoundError:
        return None, {}
    except OSError as error:
        raise StoreError(_unreadable(path, error)) from None
    if not raw:
        return state, {}
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = f"{path}: not UTF-8"
        raise StoreError(message) from None
    return state, _parse(path, text)


def tables(path: str, document: dict[str, object]) -> list[object]:
    """Return the list of credentials in a document; one without is given an empty list.

    Raises:
        StoreError: there is something else in its place.

    """
    found = document.setdefault("credential", [])
    if not isinstance(found, list):
        message = f"{path}: in 'credential': not a list of tables"
        raise StoreError(message)
    return found


def _signature(state: os.stat_result) -> Signature:
    return state.st_dev, state.st_ino, state.st_mtime_ns, state.st_size


def _unreadable(path: str, error: OSError) -> str:
    return f"{path}: {error.strerror}"


def _parse(path: str, text: str) -> dict[str, object]:
    if sys.version_info >= (3, 11):
        import tomllib  # noqa: PLC0415 - no store, no parser
    else:
        import tomli as tomllib  # noqa: PLC0415
    try:
        return tomllib.loads(text)
    except RecursionError:
        reason = "nested too deeply"
    except ValueError as error:
        reason = f"not valid TOML{_position(str(error), text)}"
    message = f"{path}: {reason}"
    raise StoreError(message)


def _position(message: str, text: str) -> str:
    """Return where the parser stopped, as words; the rest of its message may quote the file."""
    if message.endswith("(at end of document)"):
        return f" at line {text.rstrip().count(chr(10)) + 1}"
    line = message.rpartition("(at line ")[2].partition(",")[0]
    return f" at line {line}" if line.isdigit() else ""
