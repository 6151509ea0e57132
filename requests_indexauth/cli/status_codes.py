"""The exit codes of the commands."""

from __future__ import annotations

DONE, NOT_FOUND, WRONG = 0, 1, 2
INTERRUPTED = 130  # as a shell shows a process that SIGINT ended
BROKEN_PIPE = 141  # the same for SIGPIPE
