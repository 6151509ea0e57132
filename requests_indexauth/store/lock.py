"""An exclusive lock on a file, the one uv takes: ``flock`` on Unix, the file's first byte on Windows.

Not `filelock`: on release, 3.20.4 to 3.29.4 delete the lock file on Linux, and all releases delete it on Windows unless
told `preserve_lock_file=True` (from 3.32.7 and Python 3.10 on). Then uv may get the lock of the deleted file while a
third process gets that of a new file by the same name: two writers at once.
"""

from __future__ import annotations

import os
import sys
import time
import weakref
from contextlib import contextmanager
from io import FileIO
from typing import TYPE_CHECKING

from ..util.after_fork import after_fork_in_child

if TYPE_CHECKING:
    from collections.abc import Iterator

_PAUSE = 0.01


class _File(FileIO):
    """A lock's file, open.

    Ctrl-C may come between any two steps, also while the lock is released. A bare descriptor would be lost then, and
    the lock held as long as the process lives; this object closes the file when nothing refers to it any more.
    """

    def __del__(self) -> None:
        """Close the file without the warning of an unclosed one."""
        self.close()


class _Held:
    """The files of the locks that this process holds or tries to get.

    A forked child inherits them. It would hold each lock as long as it lives, even after the parent has released it.
    """

    def __init__(self) -> None:
        self._files: weakref.WeakSet[_File] = weakref.WeakSet()
        after_fork_in_child(self._close_all)

    def _close_all(self) -> None:
        for file in list(self._files):
            file.close()

    def open(self, path: str) -> _File:
        """Open a lock's file, which is made (mode 0600) if missing."""
        file = _File(path, "r+", opener=_open_or_make)
        self._files.add(file)
        return file


def _open_or_make(path: str, _flags: int) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0), 0o600)


_held = _Held()


@contextmanager
def locked(path: str, timeout: float) -> Iterator[None]:
    """Hold the lock of a file within this block. The file is made (mode 0600) if missing, and never deleted.

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
    try:
        yield
    finally:
        _release(lock)


def _try(path: str) -> _File | None:
    """Return the file, locked; ``None`` when another process holds the lock."""
    file = _held.open(path)
    try:
        # The file may have been deleted while we waited: a lock on it excludes no other process.
        if _lock(file.fileno()) and _is_at(file.fileno(), path):
            return file
    except BaseException:
        file.close()
        raise
    file.close()
    return None


def _release(file: _File) -> None:
    """Release a lock, also in a child that is being forked at this moment."""
    if not file.closed:  # in a child it is
        _unlock(file.fileno())
        file.close()


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
        """Do nothing: closing the file releases the lock, and there is no fork."""

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
