"""The errors of commands, besides the package's own."""

from __future__ import annotations

from ..errors import IndexAuthError


class CommandError(IndexAuthError):
    """Something is not there, or was refused. The message is shown unchanged: it must have no secret."""


class UsageError(IndexAuthError):
    """The command line is wrong. The message is shown unchanged: it must have no value of an option."""
