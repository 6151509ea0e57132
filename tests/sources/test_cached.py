"""A file kept in memory, while it is read and forgotten by several threads."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.sources.cached import CachedFile
from support.forking import in_forked_child

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_reading_under_way_is_forgotten_too() -> None:
    """What was read before the file changed does not stay when the file is to be read again."""
    reading, changed = threading.Event(), threading.Event()
    contents = ["old", "new"]

    def read() -> str:
        found = contents[0]
        reading.set()
        assert changed.wait(30)
        return found

    kept = CachedFile(read)
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

    kept = CachedFile(read)
    thread = threading.Thread(target=kept.get, args=("place",))
    thread.start()
    assert reading.wait(60)
    try:
        assert in_forked_child(lambda: kept.get("place") == os.getpid())
    finally:
        over.set()
        thread.join()
    assert kept.get("place") == os.getpid()


def test_a_signals_handler_may_ask_in_the_midst_of_a_reading() -> None:
    """It runs in the thread that reads, and may send through the session: as a program does that is to end."""
    answers: list[str] = []

    def read() -> str:
        if not answers:
            answers.append("being read")
            answers.append(kept.get("place"))
        return "text"

    kept = CachedFile(read)
    thread = threading.Thread(target=lambda: answers.append(kept.get("place")), daemon=True)
    thread.start()
    thread.join(60)
    assert answers == ["being read", "text", "text"]


def test_an_interrupted_reading_is_none() -> None:
    """Ctrl-C is no answer: the file is read again, and nothing is held."""
    answers: list[BaseException | str] = [KeyboardInterrupt(), "text"]

    def read() -> str:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    kept = CachedFile(read)
    with pytest.raises(KeyboardInterrupt):
        kept.get("place")
    assert kept.get("place") == "text"


def test_a_file_that_is_changed_replaced_made_or_removed_has_changed(workdir: Path) -> None:
    """Before it was read nothing has changed, and afterwards nothing has until something does."""
    file = workdir / "file"
    kept = CachedFile(file.exists, lambda: str(file))
    assert not kept.has_changed()

    def changed() -> list[bool]:
        kept.forget()
        kept.get("place")
        before = kept.has_changed()
        changes.pop(0)()
        return [before, kept.has_changed()]

    def replace() -> None:
        (workdir / "new").write_text("a longer one")
        (workdir / "new").replace(file)

    changes: list[Callable[[], object]] = [
        lambda: file.write_text("a"),
        replace,
        lambda: file.write_text("b"),
        file.unlink,
    ]
    assert [changed() for _ in range(4)] == [[False, True]] * 4


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_never_changes(workdir: Path) -> None:
    """What came out of it once does not come again."""
    os.mkfifo(workdir / "pipe")
    kept = CachedFile(lambda: "what came out", lambda: str(workdir / "pipe"))
    kept.get("place")
    os.utime(workdir / "pipe", (1, 1))
    assert not kept.has_changed()
