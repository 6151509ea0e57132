"""One goes ahead, the others wait for it: what keeps 64 threads from asking the same thing 64 times."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator


class Gate:
    """Held by the thread that goes ahead; others wait until it is opened."""

    def __init__(self, gates: Gates, key: Hashable) -> None:
        self._gates = gates
        self._key = key
        self._opened = threading.Event()
        self._asking = False
        self.owner = threading.get_ident()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While sources are asked the waiters' limit stands still: the sources have limits of their own."""
        self._asking = True
        try:
            yield
        finally:
            self._asking = False

    def wait(self, seconds: float) -> bool:
        """Wait until the gate opens, at most ``seconds`` of its owner's waiting for a server; whether it opened."""
        while not self._opened.wait(seconds):
            if not self._asking:
                return False
        return True

    def open(self) -> None:
        """Let the waiters go on. May be called more than once."""
        self._gates.remove(self._key, self)
        self._opened.set()


class Gates:
    """The gates that are held now, by what they are held for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[Hashable, Gate] = {}

    def enter(self, key: Hashable, seconds: float) -> Gate | None:
        """Return a gate to hold when nobody is ahead; otherwise wait and return ``None``: look again.

        Who waited in vain for ``seconds`` goes ahead itself, and so does a thread that would wait for itself (it
        prepared several requests before it sends the first).
        """
        with self._lock:
            ahead = self._held.get(key)
            if ahead is None or ahead.owner == threading.get_ident():
                return self._hold(key)
        if ahead.wait(seconds):
            return None
        with self._lock:
            return self._hold(key)

    def remove(self, key: Hashable, gate: Gate) -> None:
        """Take a gate away, unless another has taken its place."""
        with self._lock:
            if self._held.get(key) is gate:
                del self._held[key]

    def _hold(self, key: Hashable) -> Gate:
        gate = self._held[key] = Gate(self, key)
        return gate
