"""Where uv looks for its configuration files, and where this package looks for its own."""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH110, PTH117, PTH118, PTH120

from __future__ import annotations

import os
import sys

from ..util.paths import expand_user, roaming_folder

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterator


HELPER_VARIABLE = "INDEXAUTH_CREDENTIAL_HELPER"
"""The variable that names credential helpers: ``pattern=command``, one a line."""


def user_config_file() -> str | None:
    """Return where uv looks for the user's configuration; ``None`` when there is no such place.

    ``$XDG_CONFIG_HOME`` if it is an absolute path, else ``~/.config`` (macOS too); on Windows ``%APPDATA%``, or what
    the system says where that is unset.
    """
    return _in_user_folder("uv", "uv.toml")


def own_config_file() -> str | None:
    """Return where this package's own settings of the user are, beside uv's; ``None`` when there is no such place."""
    return _in_user_folder("requests-indexauth", "requests-indexauth.toml")


def may_name_helper(*, read_own: bool = True) -> bool:
    """Whether the user may name a credential helper, in the variable or (``read_own``) in a file, which is not read."""
    path = own_config_file() if read_own else None
    return bool(os.environ.get(HELPER_VARIABLE)) or (path is not None and os.path.exists(path))


def _in_user_folder(*names: str) -> str | None:
    if sys.platform == "win32":
        folder = roaming_folder() or ""
    else:
        folder = os.environ.get("XDG_CONFIG_HOME", "")
        folder = folder if os.path.isabs(folder) else expand_user("~/.config")
    return os.path.join(folder, *names) if os.path.isabs(folder) else None


def system_config_file() -> str | None:
    r"""Return the one system-wide file uv reads; ``None`` when there is none.

    The first of ``$XDG_CONFIG_DIRS`` (default ``/etc/xdg``) that has one, else ``/etc/uv/uv.toml``; on Windows
    ``%SYSTEMDRIVE%\ProgramData``.
    """
    if sys.platform == "win32":
        folders = [os.environ.get("SYSTEMDRIVE", "C:") + "\\ProgramData"]
    else:
        folders = [*(os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"), "/etc"]
    paths = (os.path.join(folder, "uv", "uv.toml") for folder in folders if folder)
    return next(filter(os.path.isfile, paths), None)


def upwards(folder: str) -> Iterator[str]:
    """Yield a folder and those above it."""
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent
