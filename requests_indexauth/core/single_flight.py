"""Single flight: one thread goes ahead, the others wait for its result."""

from __future__ import annotations

import threading
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING

from ..util.event import Event

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from typing import Callable


class Waiting:
    """Where the other threads wait while one is ahead.

    Attributes:
        owner: the thread that went ahead.
        opened: set when it is done.

    """

    def __init__(self) -> None:
        self.owner = threading.get_ident()
        self.opened = Event()  # a flow that is collected as garbage opens its gate
        self._asking = False
        self._since = monotonic()

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Stop the clock of the waiting threads within this block: the sources have time limits of their own."""
        self._asking = True
        try:
            yield
        finally:
            self._since = monotonic()
            self._asking = False

    def wait(self, seconds: float) -> bool:
        """Wait for at most ``seconds``, not counting time in which sources are asked; return whether it opened."""
        began = monotonic()
        left = seconds
        while not self.opened.wait(left):
            asking = self._asking
            left = seconds if asking else max(began, self._since) + seconds - monotonic()
            if left <= 0:
                return False
        return True


class Gate:
    """Held by the thread that goes ahead. It opens by `open`, or when nothing refers to it any more."""

    def __init__(self, gates: Gates, key: Hashable, waiting: Waiting) -> None:
        self._gates = gates
        self._key = key
        self.waiting = waiting

    def open(self) -> None:
        """Wake the waiting threads. May be called more than once."""
        self._gates.remove(self._key, self.waiting)
        self.waiting.opened.set()

    def __del__(self) -> None:
        """Open a gate that its holder lost to an exception. Takes no lock, which this thread may hold already."""
        with suppress(AttributeError):  # interrupted before it had anything to open
            self.waiting.opened.set()


class Gates:
    """The gates that are held now, by their keys."""

    def __init__(self) -> None:
        # Garbage may be collected while it is held, and with it a flow that opens its gate.
        self._lock = threading.RLock()
        self._held: dict[Hashable, Waiting] = {}

    def enter(self, key: Hashable, seconds: float, *, before_waiting: Callable[[], None] = lambda: None) -> Gate | None:
        """Return a gate to hold when no thread is ahead; otherwise wait and return ``None``: look again.

        A thread that waited in vain for ``seconds`` goes ahead itself. So does one that would wait for itself, because
        it prepares several requests before it sends the first. ``before_waiting`` opens gates not to be held meanwhile.
        """
        with self._lock:
            ahead = self._held.get(key)
            if ahead is None or ahead.opened.is_set() or ahead.owner == threading.get_ident():
                return self._hold(key)
        before_waiting()
        if ahead.wait(seconds):
            return None
        with self._lock:
            return self._hold(key)

    def remove(self, key: Hashable, waiting: Waiting) -> None:
        """Remove a gate, unless another has replaced it."""
        with self._lock:
            if self._held.get(key) is waiting:
                self._held.pop(key, None)

    def _hold(self, key: Hashable) -> Gate:
        gate = Gate(self, key, Waiting())
        self._held[key] = gate.waiting
        return gate
