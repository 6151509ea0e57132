"""What ``~`` stands for, where uv looks too."""

from __future__ import annotations

import os
import sys


def expanded(path: str) -> str:
    """Return a path with its leading ``~`` replaced as uv does: an empty ``HOME`` is none, and does not mean ``/``."""
    if os.environ.get("HOME") == "" and sys.platform != "win32":
        from pwd import getpwuid  # noqa: PLC0415 - rare, and not on Windows

        try:
            return getpwuid(os.getuid()).pw_dir + path[1:]
        except KeyError:  # a user nobody knows
            return path
    return os.path.expanduser(path)  # noqa: PTH111 - no import of pathlib
