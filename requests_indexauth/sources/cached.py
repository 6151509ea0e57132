"""A file that is read when first needed, and kept in memory."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Callable, Generic, TypeVar

from ..errors import SourceError
from ..util.after_fork import after_fork_in_child

if TYPE_CHECKING:
    from collections.abc import Hashable

T = TypeVar("T")


class Kept(Generic[T]):
    """What one reading gave, for as long as the same place is asked for; thread-safe.

    A failure is kept like a result: a broken file is neither read nor complained about for every request anew.

    Args:
        read: reads the place; may raise `SourceError`.

    """

    def __init__(self, read: Callable[[], T]) -> None:
        self._read = read
        self._renew_lock()
        after_fork_in_child(self._renew_lock)
        self._kept: tuple[Hashable, T | None, str | None] | None = None

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()

    def get(self, place: Hashable) -> T:
        """Return what was read.

        Args:
            place: what decides which file it is; another than last time, and the file is read again.

        Raises:
            SourceError: the reading failed, now or when it was done.

        """
        with self._lock:
            kept = self._kept
            if kept is None or kept[0] != place:
                kept = self._kept = (place, *self._try())
        _, value, failure = kept
        if failure is not None:
            raise SourceError(failure)
        return value  # type: ignore[return-value] # no failure: it is what `read` returned

    def _try(self) -> tuple[T | None, str | None]:
        try:
            return self._read(), None
        except SourceError as error:
            return None, str(error)

    def forget(self) -> None:
        """Read the file again when it is next needed; what a reading under way finds may be out of date already."""
        with self._lock:
            self._kept = None
