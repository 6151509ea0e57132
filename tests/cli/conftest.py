"""What the tests of the commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.commands import run
from support.platforms import STORE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["run"]


@pytest.fixture
def store(home: Path) -> Path:
    """Return where the store's file is, or will be."""
    return home / STORE
