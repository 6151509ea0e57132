"""Reading a file that may be anything: a pipe that nobody writes to, or a device without an end."""

from __future__ import annotations

import errno
import os
import stat
import time

PIPE_SECONDS = 5.0
"""How many seconds the writer of a pipe may keep silent."""
WHOLE_PIPE_SECONDS = 30.0
"""How many seconds all of a pipe may take."""
LARGEST = 32 << 20
"""In bytes: more than any file of ours has (a store of 10,000 entries has 2 MiB)."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_CHUNK = 1 << 20


def read_file(path: str, *, largest: int = LARGEST, only_regular: bool = False) -> tuple[bytes, os.stat_result]:
    """Return what a file holds, and its state.

    A pipe (``<(...)`` of a shell, or one that a secret manager fills) is read to its end, and so is whatever else is no
    regular file.

    Args:
        path: the file.
        largest: how many bytes it may have.
        only_regular: whether pipes and devices are refused.

    Raises:
        OSError: it cannot be read, is too large or of the wrong kind, nobody has written to it for `PIPE_SECONDS`, or
            it has no end after `WHOLE_PIPE_SECONDS`.
        ValueError: it is no path.

    """
    deadline = time.monotonic() + WHOLE_PIPE_SECONDS
    descriptor = os.open(path, _FLAGS)
    try:
        state = os.fstat(descriptor)
        regular = stat.S_ISREG(state.st_mode)
        if only_regular and not regular:
            raise OSError(errno.EINVAL, "not a regular file")
        chunks: list[bytes] = []
        size = 0
        while size <= largest and (regular or _is_ready(descriptor, deadline)):
            chunk = os.read(descriptor, _CHUNK)
            if not chunk:
                return b"".join(chunks), state
            chunks.append(chunk)
            size += len(chunk)
    finally:
        os.close(descriptor)
    if size > largest:
        raise OSError(errno.EFBIG, f"larger than {largest >> 20} MiB")
    raise TimeoutError(errno.ETIMEDOUT, f"nothing was written to this pipe for {PIPE_SECONDS:g} seconds")


def _is_ready(descriptor: int, deadline: float) -> bool:
    """Wait until there is something to read, or an end.

    Raises:
        TimeoutError: the deadline is over.

    """
    from select import select  # noqa: PLC0415 - rare

    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError(errno.ETIMEDOUT, f"this pipe has no end after {WHOLE_PIPE_SECONDS:g} seconds")
    return bool(select([descriptor], [], [], min(PIPE_SECONDS, left))[0])
