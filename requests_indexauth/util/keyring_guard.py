"""Find out whether this code runs inside a keyring look-up that this package has started.

There are two ways in: the package's own keyring backend may be among those the look-up goes through, and a vendor's
backend may make requests with this package. Both must not ask a keyring again: the first would answer itself, the
second would start processes without end. The mark is per thread in this process (another thread may use the keyring for
itself meanwhile), and an environment variable for the processes that are started during a look-up.

A backend must check this mark when it is asked for a credential, not when it says whether it is viable: the keyring
library looks for viable backends once in a process, and keeps them.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLE = "REQUESTS_INDEXAUTH_INSIDE_KEYRING"
"""Holds the number of the process that asks a keyring, for those that are started meanwhile."""

_thread = threading.local()


@contextmanager
def inside_keyring() -> Iterator[None]:
    """Mark this thread as inside a keyring look-up for the time of the block."""
    before = getattr(_thread, "inside", False)
    _thread.inside = True
    try:
        yield
    finally:
        _thread.inside = before


def is_thread_inside() -> bool:
    """Return whether this thread itself is inside a keyring look-up of ours."""
    return bool(getattr(_thread, "inside", False))


def is_inside_keyring() -> bool:
    """Return whether this thread, or a process that led to this one, is inside a keyring look-up of ours."""
    return is_thread_inside() or os.environ.get(VARIABLE, "") not in ("", str(os.getpid()))
