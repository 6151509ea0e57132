"""The lock: who holds it keeps all others out, and nobody waits for ever."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from requests_indexauth.store import lock as locking
from requests_indexauth.store.lock import locked
from support.forking import forked_child, in_forked_child
from support.interrupts import is_interrupted


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Return the place of a lock file; there is none yet."""
    return str(tmp_path / "lock")


can_delete = pytest.mark.skipif(sys.platform == "win32", reason="nobody can delete or rename a file that is open")


def test_a_lock_file_is_made_and_stays(path: str) -> None:
    """The file is its owner's alone, and is left for the next: deleting it would let two in."""
    for _ in range(2):
        with locked(path, 0):
            pass
    assert Path(path).is_file()
    assert sys.platform == "win32" or Path(path).stat().st_mode & 0o777 == 0o600


def test_a_second_one_waits_no_longer_than_it_may(path: str) -> None:
    """Who cannot have the lock in time gets an error that names the file; then it is free again."""
    with locked(path, 0), pytest.raises(TimeoutError, match="held the lock") as caught, locked(path, 0.05):
        pytest.fail("two hold the lock")
    assert path in str(caught.value)
    with locked(path, 0):
        pass


def test_a_failure_inside_lets_go(path: str) -> None:
    """What goes wrong while the lock is held does not keep it."""
    with pytest.raises(ZeroDivisionError), locked(path, 0):
        _ = 1 / 0
    with locked(path, 0):
        pass


STEP = "line" if sys.version_info[:2] == (3, 12) else "opcode"
"""The first releases of Python 3.12 tell of lines alone."""


def interrupted_at(step: int, path: str) -> bool:
    """Take a lock and let go of it, with Ctrl-C before a step of that; return whether there are as many."""
    steps = iter(range(step, -1, -1))

    def trace(frame: Any, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != locking.__file__ or frame.f_code.co_name == "__del__":  # where Python ignores it
            return None
        frame.f_trace_opcodes = True
        if event == STEP and next(steps, None) == 0:
            raise KeyboardInterrupt
        return trace

    def work() -> None:
        with locked(path, 0):
            pass

    return is_interrupted(work, trace)


def test_an_interrupt_at_any_step_keeps_no_lock(path: str) -> None:
    """Not even one between taking the lock and knowing of it, nor one while it is let go of."""
    step = 0
    while interrupted_at(step, path):
        with locked(path, 0):
            step += 1
    assert step > 1


def test_threads_take_turns(path: str) -> None:
    """Of many threads one at a time is inside."""
    inside: list[int] = []
    most: list[int] = []

    def enter(number: int) -> None:
        for _ in range(5):
            with locked(path, 30):
                inside.append(number)
                most.append(len(inside))
                inside.remove(number)

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == [1] * 30


@can_delete
def test_a_deleted_lock_file_is_no_lock(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waited for the lock of a file that was deleted meanwhile waits again, for that of the new file."""
    real = locking._lock
    deletions = iter([True, False])

    def lock(descriptor: int) -> bool:
        if next(deletions):
            Path(path).unlink()
        return real(descriptor)

    monkeypatch.setattr(locking, "_lock", lock)
    with locked(path, 30):
        assert Path(path).exists()
    assert next(deletions, None) is None


@can_delete
def test_a_replaced_lock_file_is_no_lock(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, with a new file already in its place."""
    real = locking._lock
    seen: list[int] = []

    def lock(descriptor: int) -> bool:
        if not seen:
            Path(path).rename(f"{path}.old")
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        seen.append(os.fstat(descriptor).st_ino)
        return real(descriptor)

    monkeypatch.setattr(locking, "_lock", lock)
    with locked(path, 30):
        assert seen == [Path(place).stat().st_ino for place in (f"{path}.old", path)]


def test_no_descriptor_is_left_open(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing lock call (a file system without locks) is passed on, and its descriptor closed."""
    tried: list[int] = []

    def lock(descriptor: int) -> bool:
        tried.append(descriptor)
        raise OSError(37, "No locks available")

    monkeypatch.setattr(locking, "_lock", lock)
    with pytest.raises(OSError, match="No locks available"), locked(path, 30):
        pytest.fail("no lock was taken")
    with pytest.raises(OSError, match=r"Bad file descriptor|WinError 6\b"):
        os.fstat(tried[0])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_holds_no_lock_of_its_parents(path: str) -> None:
    """Released by the parent it is free, though the child lives on with all that was open when it was forked."""
    with locked(path, 0):
        child = forked_child()
        child.__enter__()
    try:
        with locked(path, 0):
            pass
    finally:
        child.__exit__(None, None, None)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_closes_what_it_inherits_of_a_lock(path: str) -> None:
    """Else it would hold the lock for as long as it lives where the parent is killed; and it waits for no thread."""
    with locked(path, 0):
        assert in_forked_child(lambda: all(file.closed for file in locking._held._files))
        with pytest.raises(TimeoutError), locked(path, 0):
            pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_leaves_the_block_it_was_forked_in(path: str) -> None:
    """Without closing what has by then got the descriptor's number."""
    block = locked(path, 0)

    def in_child() -> bool:
        other = os.open(os.devnull, os.O_RDONLY)
        block.__exit__(None, None, None)
        os.fstat(other)
        return True

    with block:
        assert in_forked_child(in_child)
