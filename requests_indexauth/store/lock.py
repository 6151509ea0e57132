"""An exclusive lock on a file, the one uv takes: ``flock`` on Unix, the file's first byte on Windows.

Not `filelock`: its releases 3.20.4 to 3.29.4 delete the lock file on Linux when they let go of it, and on Windows all
do unless they are told `preserve_lock_file=True` (from 3.32.7 and Python 3.10 on). uv may be waiting for the deleted
file's lock, gets it, and a third process takes that of a new file by the same name: two writers at once.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..util.after_fork import after_fork_in_child

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAUSE = 0.01


class _Held:
    """The descriptors of the locks that this process holds.

    A forked child inherits them, and would hold each lock for as long as it lives, even after the thread that took it
    has let go.
    """

    def __init__(self) -> None:
        self._descriptors: set[int] = set()
        after_fork_in_child(self._close_all)

    def _close_all(self) -> None:
        while self._descriptors:
            os.close(self._descriptors.pop())

    def add(self, descriptor: int) -> None:
        self._descriptors.add(descriptor)

    def release(self, descriptor: int) -> None:
        """Let go of a lock, in children that are being forked at this moment, too."""
        if descriptor in self._descriptors:
            self._descriptors.remove(descriptor)
            _unlock(descriptor)
            os.close(descriptor)


_held = _Held()


@contextmanager
def locked(path: str, timeout: float) -> Iterator[None]:
    """Hold the lock of a file, which is made (mode 0600) if missing, and stays.

    Raises:
        TimeoutError: another process held the lock all the time.
        OSError: the file cannot be made or locked.

    """
    deadline = time.monotonic() + timeout
    while (lock := _try(path)) is None:
        if time.monotonic() >= deadline:
            message = f"another process has held the lock {path} for {timeout:g} s"
            raise TimeoutError(message)
        time.sleep(_PAUSE)
    _held.add(lock)
    try:
        yield
    finally:
        _held.release(lock)


def _try(path: str) -> int | None:
    """Return a descriptor that holds the lock, or ``None``: it is held by another."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # The file may have been deleted while we waited: a lock on it excludes no other process.
        if _lock(lock) and _is_at(lock, path):
            return lock
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None


def _is_at(descriptor: int, path: str) -> bool:
    if sys.platform == "win32":  # where a file that Python has open cannot be deleted
        return True
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))  # noqa: PTH116
    except FileNotFoundError:
        return False


if sys.platform == "win32":  # pragma: no cover - uv's lock is on the whole file, its first byte included
    import msvcrt

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

    def _unlock(_descriptor: int) -> None:
        """Leave it to the closing: there is no fork."""

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
