"""Which descriptors this process has open, told apart so that those of other tests' threads do not count."""

from __future__ import annotations

import os
from contextlib import suppress

MOST = 4096
"""Numbers that are looked at: a new descriptor gets the lowest that is free."""


def open_descriptors() -> dict[int, tuple[int, int]]:
    """Return each open descriptor's file: its device and inode, of which no two are the same while both are open."""
    found = {}
    for descriptor in range(MOST):
        with suppress(OSError):
            state = os.fstat(descriptor)
            found[descriptor] = (state.st_dev, state.st_ino)
    return found


def opened_since(before: dict[int, tuple[int, int]]) -> set[int]:
    """Return the descriptors opened since `open_descriptors` said what was open.

    A server of the test before may close its connections late, in threads of its own: what is gone does not count,
    and a number that means another file now is new.
    """
    return {descriptor for descriptor, file in open_descriptors().items() if before.get(descriptor) != file}
