"""Leave ``indexauth demo`` through its clean-up when a signal ends it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP


@contextmanager
def noted_signals() -> Iterator[Callable[[], None]]:
    """Take note of the signals that end a process, and yield a function that leaves if there was one.

    A handler that raises is not enough: it may run while Python collects an object, where an exception is printed and
    does not get any further. A second signal does raise at once, for a demo that hangs.

    Raises:
        KeyboardInterrupt: by the function, or at the end: SIGINT came.
        SystemExit: by the function, or at the end: another signal came. The exit code is the one a shell shows for it.

    """
    came: list[int] = []

    def note(number: int, _frame: object) -> None:
        came.append(number)
        if len(came) > 1:
            leave()

    def leave() -> None:
        if came:
            raise KeyboardInterrupt if came[0] == signal.SIGINT else SystemExit(128 + came[0])

    names = _NAMES if threading.current_thread() is threading.main_thread() else ()  # no other thread may set handlers
    before = {
        number: signal.signal(number, note) for number in (getattr(signal, name, None) for name in names) if number
    }
    try:
        yield leave
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    leave()
