"""Find folders: the working folder, ``~``, that of settings on Windows, and a file where a folder belongs."""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH110, PTH111, PTH112, PTH117, PTH118, PTH120

from __future__ import annotations

import os
import sys


def working_folder() -> str:
    """Return the working folder; where it was removed, a path that nothing is in or above: the null device's."""
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:
        return os.devnull


def is_possible(path: str) -> bool:
    """Whether a file can have this path: it has no NUL, and the locale has all its characters."""
    try:
        return b"\0" not in os.fsencode(path)
    except UnicodeEncodeError:
        return False


def expand_user(path: str) -> str:
    r"""Return a path with its leading ``~`` replaced as uv does: an empty ``HOME`` counts as unset, not as ``/``.

    On Windows all its slashes become ``\``, so that a message shows the path as people know it.
    """
    if sys.platform == "win32":
        return os.path.expanduser(path).replace("/", "\\")
    if os.environ.get("HOME") == "":
        from pwd import getpwuid  # noqa: PLC0415 - rare, and not on Windows

        try:
            return getpwuid(os.getuid()).pw_dir + path[1:]
        except KeyError:  # an unknown user
            return path
    return os.path.expanduser(path)


def roaming_folder() -> str | None:
    r"""Return the folder where Windows keeps the user's settings; ``None`` when nothing tells.

    That is ``%APPDATA%``. Where it is unset, or no absolute path, the system is asked (uv asks it too, but takes a
    relative path), and the last resort is ``~\AppData\Roaming``.
    """
    folder = os.environ.get("APPDATA", "")
    if os.path.isabs(folder):
        return folder
    from platformdirs.windows import Windows  # noqa: PLC0415 - rare

    try:
        folder = Windows(roaming=True).user_data_dir
    except (OSError, KeyError, ValueError):  # what it raises, by its version, where the system does not tell
        folder = os.path.join(os.path.expanduser("~"), "AppData", "Roaming")
    return folder if os.path.isabs(folder) else None


def file_above(path: str) -> str | None:
    """Return the file above a path that stands where a folder belongs; ``None`` when there is none."""
    folder = os.path.dirname(path)
    while folder and not os.path.exists(folder):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return None if not folder or os.path.isdir(folder) else folder
