"""An event that a collected object may set."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from requests_indexauth.util.event import Event

LONG = 60.0


def test_every_thread_that_waits_goes_on() -> None:
    """And each that comes later; to set it twice is to set it once."""
    event, started = Event(), threading.Barrier(5)

    def wait() -> bool:
        started.wait(LONG)
        return event.wait(LONG)

    with ThreadPoolExecutor(4) as pool:
        waiters = [pool.submit(wait) for _ in range(4)]
        started.wait(LONG)
        event.set()
        event.set()
        assert [waiter.result(LONG) for waiter in waiters] == [True] * 4
    assert event.is_set()
    assert event.wait(0)


def test_a_wait_ends_when_its_time_is_up() -> None:
    """Also when there was none left."""
    event = Event()
    assert not event.wait(0.001)
    assert not event.wait(-1)
    assert not event.is_set()
