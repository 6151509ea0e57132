"""A file kept in memory, while it is read and forgotten by several threads."""

from __future__ import annotations

import threading

from requests_indexauth.sources.cached import Kept


def test_a_reading_under_way_is_forgotten_too() -> None:
    """What was read before the file changed does not stay when the file is to be read again."""
    reading, changed = threading.Event(), threading.Event()
    contents = ["old", "new"]

    def read() -> str:
        found = contents[0]
        reading.set()
        assert changed.wait(30)
        return found

    kept = Kept(read)
    first = threading.Thread(target=kept.get, args=("place",))
    first.start()
    assert reading.wait(30)
    del contents[0]
    second = threading.Thread(target=kept.forget)
    second.start()
    second.join(0.05)  # it may wait for the reading, or may not
    changed.set()
    first.join(30)
    second.join(30)
    assert kept.get("place") == "new"
