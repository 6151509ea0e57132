"""Ctrl-C at a chosen step of some code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Callable


def is_interrupted(work: Callable[[], object], trace: Callable[[Any, str, object], Any]) -> bool:
    """Do some work under a trace function; return whether that raised a KeyboardInterrupt in it."""
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False
