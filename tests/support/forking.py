"""A forked child that does one thing and says what came of it."""

from __future__ import annotations

import os
import pickle
import select
import signal
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 120.0


@contextmanager
def forked_child() -> Iterator[None]:
    """Have a forked child of this process that does nothing until the block ends."""
    reader, writer = os.pipe()
    child = _fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)  # which ends when the parent's end is closed
        os._exit(0)
    try:
        yield
    finally:
        os.close(writer)
        os.close(reader)
        os.waitpid(child, 0)


def _fork() -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12 and later, where there are threads
        return os.fork()


def in_forked_child(work: Callable[[], Any]) -> Any:
    """Return what some work returns in a forked child of this process (anything that can be pickled).

    Raises:
        AssertionError: the work raised, or did not end.

    """
    reader, writer = os.pipe()
    child = _fork()
    if child == 0:
        try:
            answer = True, work()
        except BaseException as error:  # noqa: BLE001 - the parent raises it
            answer = False, repr(error)
        os.write(writer, pickle.dumps(answer))
        os._exit(0)
    os.close(writer)
    try:
        done, _, _ = select.select([reader], [], [], SECONDS)
        if not done:
            os.kill(child, signal.SIGKILL)
        with open(reader, "rb") as pipe:  # noqa: PTH123 - a descriptor
            said = pipe.read()
    finally:
        os.waitpid(child, 0)
    assert done, f"the child did not end within {SECONDS:g} seconds"
    good, answer = pickle.loads(said)  # noqa: S301 - our own child wrote it
    assert good, answer
    return answer
