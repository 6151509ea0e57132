"""Read sources again: once for each remembered or found credential that is refused."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..models.query import Where
    from ..sources.base import Source
    from .record import Lapsed

Key = TypeVar("Key")

KNOWN = 1024
"""How many refreshes a session knows to have been done; the oldest is forgotten first."""


class Freshness:
    """Knows which sources have been read again since which refusal. Thread-safe."""

    def __init__(self) -> None:
        self._refreshed: dict[tuple[Where, Lapsed], None] = {}
        self._reread: dict[tuple[str, Where, str], None] = {}
        self.renew_locks()

    def renew_locks(self) -> None:
        """Replace the lock by a free one: in a forked child no other thread is left to release it."""
        self._lock = threading.RLock()  # a signal's handler may ask, too

    def refresh(
        self, where: Where, lapsed: Lapsed, sources: Sequence[Source], forget_answers: Callable[[Where], None]
    ) -> None:
        """Have all sources read and asked again, unless another thread has done so for the same refusal."""
        with self._lock:  # a turn of another user name must not go on before it is done
            if (where, lapsed) in self._refreshed:
                return
            for source in sources:
                source.refresh()
                self._add(self._reread, (source.name, where, lapsed.header))
            forget_answers(where)
            self._add(self._refreshed, (where, lapsed))

    def reread(self, source: Source, where: Where, header: str) -> None:
        """Have a file read again whose answer was refused, once for each answer: it may have changed since."""
        with self._lock:
            if (source.name, where, header) not in self._reread:
                source.refresh()
                self._add(self._reread, (source.name, where, header))

    @staticmethod
    def _add(known: dict[Key, None], key: Key) -> None:
        known[key] = None
        while len(known) > KNOWN:
            del known[next(iter(known))]
