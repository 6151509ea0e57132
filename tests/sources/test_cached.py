"""A file kept in memory, while it is read and forgotten by several threads."""

from __future__ import annotations

import os
import threading

import pytest

from requests_indexauth.sources.cached import Kept
from support.forking import in_forked_child


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_during_a_reading_reads_for_itself() -> None:
    """The thread that reads, and holds the lock for it, is not there."""
    reading, over = threading.Event(), threading.Event()

    def read() -> int:
        if not reading.is_set():
            reading.set()
            assert over.wait(60)
        return os.getpid()

    kept = Kept(read)
    thread = threading.Thread(target=kept.get, args=("place",))
    thread.start()
    assert reading.wait(60)
    try:
        assert in_forked_child(lambda: kept.get("place") == os.getpid())
    finally:
        over.set()
        thread.join()
    assert kept.get("place") == os.getpid()


def test_an_interrupted_reading_is_none() -> None:
    """Ctrl-C is no answer: the file is read again, and nothing is held."""
    answers: list[BaseException | str] = [KeyboardInterrupt(), "text"]

    def read() -> str:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    kept = Kept(read)
    with pytest.raises(KeyboardInterrupt):
        kept.get("place")
    assert kept.get("place") == "text"
