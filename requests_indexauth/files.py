"""Reading a file that may be anything: a pipe that nobody writes to must not keep a program waiting."""

from __future__ import annotations

import os
import stat

PIPE_SECONDS = 5.0
"""How long whoever writes to a pipe may keep silent."""


def read_file(path: str) -> tuple[bytes, os.stat_result]:
    """Return what a file holds, and its state.

    A pipe (``<(...)`` of a shell, or one that a secret manager fills) is read to its end, and so is whatever else is no
    regular file.

    Raises:
        OSError: it cannot be read, or nobody has written to it for `PIPE_SECONDS`.
        ValueError: it is no path.

    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 - it is no path
        state = os.fstat(descriptor)
        if stat.S_ISREG(state.st_mode) or stat.S_ISDIR(state.st_mode):
            return file.readall(), state
        return _read_slowly(descriptor), state


def _read_slowly(descriptor: int) -> bytes:
    from select import select  # noqa: PLC0415 - rare

    chunks: list[bytes] = []
    while True:
        if not select([descriptor], [], [], PIPE_SECONDS)[0]:
            raise TimeoutError(110, f"nothing was written to this pipe for {PIPE_SECONDS:g} seconds")
        chunk = os.read(descriptor, 65536)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
