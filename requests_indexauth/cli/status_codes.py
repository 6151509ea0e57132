"""The exit codes of the commands."""

from __future__ import annotations

DONE, NOT_FOUND, WRONG = 0, 1, 2
