"""One question at a time: a lock for each key, kept while a thread uses it."""

from __future__ import annotations

import threading
from typing import Any, Generic, TypeVar
from weakref import WeakValueDictionary

Key = TypeVar("Key")


class Turns(Generic[Key]):
    """The locks that are in use now, by their keys. Thread-safe."""

    def __init__(self) -> None:
        self.renew_locks()

    def renew_locks(self) -> None:
        """Replace all locks by free ones: in a forked child no other thread is left to release them."""
        self._lock = threading.RLock()  # a signal's handler may ask, too
        self._turns: WeakValueDictionary[Key, Any] = WeakValueDictionary()

    def take(self, key: Key) -> threading.RLock:
        """Return the lock of a key, to be entered; it lives as long as it is held or waited for."""
        with self._lock:
            turn = self._turns.get(key)
            if turn is None:
                turn = self._turns[key] = threading.RLock()
            return turn
