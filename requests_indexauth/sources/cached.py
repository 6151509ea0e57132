"""A file that is read when first needed and kept in memory, and a source that is such a file."""

from __future__ import annotations

import os
import threading
from stat import S_ISREG
from typing import TYPE_CHECKING, Callable, Generic, Optional, TypeVar

from ..errors import SourceError
from ..util.after_fork import after_fork_in_child
from ..util.later import putting_off
from .base import Source, Warn

if TYPE_CHECKING:
    from collections.abc import Hashable

T = TypeVar("T")

State = Optional[tuple[int, int, int, int]]
"""What tells that a file has changed; ``None`` where there is no regular file: a pipe can be read only once."""


class CachedFile(Generic[T]):
    """Reads a file once and keeps the result, until another place is asked for. Thread-safe.

    A failure is kept like a result, so that a broken file is not read and reported with every request.

    Args:
        read: reads the place; may raise `SourceError`.
        path: returns the path of the file that would be read now; ``None`` when there is none.

    """

    def __init__(self, read: Callable[[], T], path: Callable[[], str | None] = lambda: None) -> None:
        self._read = read
        self._path = path
        self._state: State = None
        self._renew_lock()
        after_fork_in_child(self._renew_lock)
        self._content: tuple[Hashable, T | None, str | None] | None = None

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # a signal's handler may ask, too

    def get(self, place: Hashable) -> T:
        """Return what was read.

        Args:
            place: the settings that decide which file it is; when they change, the file is read again.

        Raises:
            SourceError: the reading failed, now or when it was done.

        """
        with putting_off(), self._lock:
            kept = self._content
            if kept is None or kept[0] != place:
                self._state = self._look()
                kept = self._content = (place, *self._try())
        _, value, failure = kept
        if failure is not None:
            raise SourceError(failure)
        return value  # type: ignore[return-value] # no failure: it is what `read` returned

    def _try(self) -> tuple[T | None, str | None]:
        try:
            return self._read(), None
        except SourceError as error:
            return None, str(error)

    def has_changed(self) -> bool:
        """Return whether the file has changed since it was read."""
        with self._lock:
            return self._content is not None and self._look() != self._state

    def _look(self) -> State:
        path = self._path()
        try:
            status = None if path is None else os.stat(path)  # noqa: PTH116 - no import of pathlib
        except OSError:
            return None
        if status is None or not S_ISREG(status.st_mode):
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev

    def forget(self) -> None:
        """Read the file again when it is next needed."""
        with self._lock:
            self._content = None


class FileSource(Source, Generic[T]):
    """A source that is one file; it is asked each time, and read once.

    Args:
        warn: takes a warning.
        read: as for `CachedFile`.
        path: as for `CachedFile`.

    """

    def __init__(self, warn: Warn, read: Callable[[], T], path: Callable[[], str | None]) -> None:
        super().__init__(warn)
        self._cached = CachedFile(read, path)

    def has_changed(self) -> bool:
        """Return whether the file has changed since it was read."""
        return self._cached.has_changed()

    def refresh(self) -> None:
        """Read the file again when next asked."""
        self._cached.forget()
