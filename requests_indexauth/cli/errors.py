"""What a command may fail with, besides the package's own errors."""

from __future__ import annotations

from ..errors import IndexAuthError


class CommandError(IndexAuthError):
    """What was asked for is not there, or was refused. The message is shown as it is: no secret in it."""


class UsageError(IndexAuthError):
    """The command line does not make sense. The message is shown as it is: no value of an option in it."""
