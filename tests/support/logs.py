"""What the package's logger was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

NAME = "requests_indexauth"


def told(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    """Return what was said at a level, and forget it; nothing secret is in anything."""
    said = [record.getMessage() for record in caplog.records if record.name == NAME and record.levelno == level]
    assert "secret" not in caplog.text
    assert "hunter" not in caplog.text
    caplog.clear()
    return said
