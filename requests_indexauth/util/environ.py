"""Environment variables that are set for a while: the whole process shares them, so whoever else needs one shares it.

A child process that another thread starts meanwhile inherits them. So does C code that reads the environment at that
very moment, which is why nothing is set for longer than it takes.
"""

from __future__ import annotations

import os
import threading
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_lock = threading.Lock()
_users: Counter[str] = Counter()


@contextmanager
def switched_on(variables: Mapping[str, str]) -> Iterator[None]:
    """Set variables for the time of the block, and of any other that overlaps it; what is set already stays."""
    with _lock:
        mine = [name for name in variables if _users[name] or name not in os.environ]
        for name in mine:
            _users[name] += 1
            os.environ[name] = variables[name]
    try:
        yield
    finally:
        with _lock:
            for name in mine:
                _users[name] -= 1
                if not _users[name]:
                    os.environ.pop(name, None)
