"""A time limit that several steps share."""

from __future__ import annotations

from time import monotonic


class Deadline:
    """The end of a stretch of time that several steps share.

    Args:
        seconds: how long it is, from now on.

    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left, 0 when none are."""
        return max(0.0, self._end - monotonic())
