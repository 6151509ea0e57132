"""What Python finds when it starts under wine: one thing is other than on Windows."""

from __future__ import annotations

import errno
import msvcrt
import os
from typing import Any

_real = msvcrt.locking  # type: ignore[attr-defined,unused-ignore]


def _locking(*arguments: Any) -> None:
    """Lock a part of a file; wine's C library leaves `errno` as it was where another process holds the lock."""
    try:
        _real(*arguments)
    except OSError:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES)) from None


msvcrt.locking = _locking  # type: ignore[attr-defined,unused-ignore]
