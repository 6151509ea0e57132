"""An authenticator for a command: bad configuration ends the command, and each warning is a line on stderr."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..core.authenticator import Authenticator
from ..util.once import Once
from .output import warn
from .settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def warnings_shown() -> Iterator[None]:
    """Show the package's warnings, and no others, as lines on stderr."""
    logger = logging.getLogger("requests_indexauth")
    handler = _Lines(logging.WARNING)
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagates


@contextmanager
def configured_authenticator() -> Iterator[Authenticator]:
    """Yield an authenticator that looks credentials up as a session's does, and show its warnings meanwhile.

    Raises:
        ConfigError: a variable or file has a bad value.

    """
    configured = settings()  # what is bad ends the command here; for a session it would be a warning
    with warnings_shown():
        authenticator = Authenticator()
        authenticator.use(configured)
        yield authenticator


class _Lines(logging.Handler):
    """Shows each message once: several sessions may warn of the same."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self._shown = Once()

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if self._shown.is_new(message):
            warn(message)
