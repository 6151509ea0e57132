"""Read a file that may be a pipe without a writer, or a device without an end."""

from __future__ import annotations

import errno
import os
import stat
import sys
import time

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from typing import Callable, TypeVar

    T = TypeVar("T")

PIPE_SECONDS = 5.0
"""How many seconds the writer of a pipe may keep silent."""
WHOLE_PIPE_SECONDS = 30.0
"""How many seconds all of a pipe may take."""
LARGEST = 32 << 20
"""In bytes: more than any file of ours has (a store of 10,000 entries has 2 MiB)."""
SHARING_SECONDS = 3.0
"""How many seconds other programs may keep a file from being read or replaced (Windows)."""

_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_CHUNK = 1 << 20
_PAUSE = 0.01


def read_file(path: str, *, largest: int = LARGEST, only_regular: bool = False) -> tuple[bytes, os.stat_result]:
    """Return what a file holds, and its state.

    A pipe (``<(...)`` of a shell, or one that a secret manager fills) is read to its end, and so is every other file
    that is not regular.

    Args:
        path: the file.
        largest: how many bytes it may have.
        only_regular: whether pipes and devices are refused.

    Raises:
        OSError: it cannot be read, is too large or of the wrong kind, nothing was written to it for `PIPE_SECONDS`, or
            it has no end after `WHOLE_PIPE_SECONDS`.
        ValueError: it is no path.

    """
    deadline = time.monotonic() + WHOLE_PIPE_SECONDS
    descriptor = _open(path)
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


def _open(path: str) -> int:
    """Open a file. For a folder raise `IsADirectoryError` on Windows too, where Python raises `PermissionError`."""
    try:
        return os.open(path, _FLAGS)
    except PermissionError:
        if sys.platform == "win32" and os.path.isdir(path):  # noqa: PTH112 - no import of pathlib
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path) from None
        raise


def _is_ready(descriptor: int, deadline: float) -> bool:
    """Wait until there is something to read, or an end.

    Raises:
        TimeoutError: the deadline is over.

    """
    if sys.platform == "win32":  # `select` takes only sockets there
        return True
    from select import select  # noqa: PLC0415 - rare

    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError(errno.ETIMEDOUT, f"this pipe has no end after {WHOLE_PIPE_SECONDS:g} seconds")
    return bool(select([descriptor], [], [], min(PIPE_SECONDS, left))[0])


def retried(work: Callable[[], T], path: str) -> T:
    """Return what some work with a file returns; on Windows try again for `SHARING_SECONDS` while access is denied.

    There a file that is open cannot be replaced, and one that is being replaced cannot be opened: a virus scanner, or
    the look-up of another process, makes either fail for a moment. uv tries again, too (its ``persist_with_retry``).

    Args:
        work: reads or replaces the file.
        path: the file. A folder in its place is not waited for.

    Raises:
        PermissionError: access was denied for all that time.
        OSError: any other error of the work, at once.

    """
    if sys.platform == "win32":
        return _retried(work, path)
    return work()


def _retried(work: Callable[[], T], path: str) -> T:
    deadline = time.monotonic() + SHARING_SECONDS
    while True:
        try:
            return work()
        except PermissionError:
            if time.monotonic() >= deadline or os.path.isdir(path):  # noqa: PTH112 - no import of pathlib
                raise
        time.sleep(_PAUSE)
