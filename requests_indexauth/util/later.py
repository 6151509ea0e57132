"""Put off what must not run under a lock, such as logging: a handler may use our session, or hold a lock."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Thread(threading.local):
    """What one thread has put off.

    Attributes:
        depth: how many `putting_off` blocks it is in.
        work: what is to be done at the end of the outermost one.

    """

    def __init__(self) -> None:
        self.depth = 0
        self.work: list[Callable[[], None]] = []


_thread = _Thread()


@contextmanager
def putting_off() -> Iterator[None]:
    """Run the work that `later` gets within this block when the block ends. Take the lock inside the block."""
    _thread.depth += 1
    try:
        yield
    finally:
        _thread.depth -= 1
        if not _thread.depth:
            work, _thread.work = _thread.work, []
            for each in work:
                each()


def later(work: Callable[[], None]) -> None:
    """Do some work at the end of this thread's outermost `putting_off` block; at once outside of any."""
    if _thread.depth:
        _thread.work.append(work)
    else:
        work()
