"""An event that may be set while garbage is collected, at any step of any thread."""

from __future__ import annotations

from queue import Empty, SimpleQueue


class Event:
    """A `threading.Event`, except that setting it takes no lock that this thread may hold already.

    ``SimpleQueue`` is made for that: an object that is collected may put something into it.
    """

    def __init__(self) -> None:
        self._is_set = False
        self._tokens: SimpleQueue[None] = SimpleQueue()

    def is_set(self) -> bool:
        """Return whether it was set."""
        return self._is_set

    def set(self) -> None:
        """Wake all threads that wait. May be called more than once."""
        if not self._is_set:
            self._is_set = True
            self._tokens.put(None)

    def wait(self, seconds: float) -> bool:
        """Wait for at most so many seconds; return whether it was set."""
        if not self._is_set:
            try:
                self._tokens.get(timeout=max(seconds, 0))
            except Empty:
                return self._is_set
            self._tokens.put(None)  # for the next thread that waits
        return True
