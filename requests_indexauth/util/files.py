"""Reading a file that may be anything: a pipe that nobody writes to must not keep a program waiting."""

from __future__ import annotations

import errno
import os
import stat

PIPE_SECONDS = 5.0
"""How long whoever writes to a pipe may keep silent."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_CHUNK = 1 << 20


def read_file(path: str) -> tuple[bytes, os.stat_result]:
    """Return what a file holds, and its state.

    A pipe (``<(...)`` of a shell, or one that a secret manager fills) is read to its end, and so is whatever else is no
    regular file.

    Raises:
        OSError: it cannot be read, or nobody has written to it for `PIPE_SECONDS`.
        ValueError: it is no path.

    """
    descriptor = os.open(path, _FLAGS)
    try:
        state = os.fstat(descriptor)
        regular = stat.S_ISREG(state.st_mode)
        chunks: list[bytes] = []
        while regular or _is_ready(descriptor):
            chunk = os.read(descriptor, _CHUNK)
            if not chunk:
                return b"".join(chunks), state
            chunks.append(chunk)
    finally:
        os.close(descriptor)
    raise TimeoutError(errno.ETIMEDOUT, f"nothing was written to this pipe for {PIPE_SECONDS:g} seconds")


def _is_ready(descriptor: int) -> bool:
    """Wait until there is something to read, or an end."""
    from select import select  # noqa: PLC0415 - rare

    return bool(select([descriptor], [], [], PIPE_SECONDS)[0])
