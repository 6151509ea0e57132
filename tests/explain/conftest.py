"""What the tests of explanations share."""

from __future__ import annotations

from support.commands import run

__all__ = ["run"]
