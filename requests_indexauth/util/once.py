"""Remember which messages were given, so that each is given once; in bounded memory."""

from __future__ import annotations

LIMIT = 256
"""How many messages are remembered; then all are forgotten, and one may be said again."""


class Once:
    """The messages that were given already; usable from any thread.

    >>> once = Once()
    >>> once.is_new("a warning"), once.is_new("a warning")
    (True, False)
    """

    def __init__(self) -> None:
        self._given: dict[str, object] = {}

    def is_new(self, message: str) -> bool:
        """Return whether a message is new, and remember it."""
        if len(self._given) >= LIMIT:
            self._given.clear()
        mine = object()
        return self._given.setdefault(message, mine) is mine  # one step, so no lock is needed
