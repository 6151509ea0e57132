"""Set environment variables temporarily. The whole process shares them, so overlapping uses share a setting.

A child process that another thread starts meanwhile inherits them. So does C code that reads the environment at that
very moment, which is why nothing is set for longer than it takes. Afterwards a variable is empty rather than gone:
``os.environ`` raises ``KeyError`` in a thread that goes through it (``requests`` does with each request) while another
one removes a key.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .after_fork import after_fork_in_child
from .keyring_guard import is_thread_inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class _Shared:
    """The variables that are set for a while, and how many blocks want each."""

    def __init__(self) -> None:
        self.lock = threading.RLock()  # a signal's handler may ask a keyring, too
        self.users: Counter[str] = Counter()
        after_fork_in_child(self._start_afresh)

    def _start_afresh(self) -> None:
        """Unset in a forked child what other threads had set, unless the fork is part of a keyring look-up.

        The threads that would unset it do not exist in the child.
        """
        self.lock = threading.RLock()  # a signal's handler may ask a keyring, too
        users, self.users = self.users, Counter()
        if not is_thread_inside():
            for name in +users:
                os.environ.pop(name, None)


_shared = _Shared()


@contextmanager
def temporary_environ(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the time of the block, and of any other that overlaps it; one that has a value keeps it."""
    with _shared.lock:
        users = _shared.users
        mine = [name for name in variables if users[name] or not os.environ.get(name)]
        for name in mine:
            users[name] += 1
            os.environ[name] = variables[name]
    try:
        yield
    finally:
        with _shared.lock:
            for name in mine:
                users[name] -= 1
                # A forked child has begun afresh: there another object has the variables.
                if not users[name] and users is _shared.users and name in os.environ:
                    os.environ[name] = ""
