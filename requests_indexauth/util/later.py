"""Put off what must not be done under a lock: a log handler may use a session of ours, and hold a lock of its own."""

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
    """Do at the end of this block what `later` is given in it; a lock is taken within the block."""
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
    """Do something at the end of the outermost `putting_off` block of this thread; at once where it is in none."""
    if _thread.depth:
        _thread.work.append(work)
    else:
        work()
