"""From an exception to one line on stderr and an exit code."""

from __future__ import annotations

from ..errors import ConfigError, IndexAuthError, StoreError
from .errors import UsageError
from .output import say
from .status_codes import NOT_FOUND, WRONG


def report(error: Exception) -> int:
    """Print an exception in one line, and return its exit code."""
    if isinstance(error, (ConfigError, IndexAuthError)):
        say(f"error: {error}")
        return WRONG if isinstance(error, (UsageError, ConfigError, StoreError)) else NOT_FOUND
    if isinstance(error, OSError) and error.strerror:
        say(f"error: {error.strerror}{f': {error.filename}' if error.filename else ''}")
        return WRONG
    say(f"error: {_mistake(error)}")
    return WRONG


def _mistake(error: Exception) -> str:
    """Describe an unexpected error; its message may quote a secret and is left out."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place is not None else ""
    return f"this is a bug in indexauth, please report it: {type(error).__name__}{where}"
