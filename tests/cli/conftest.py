"""What the tests of the commands share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.commands import run
from support.messages import Reply
from support.platforms import STORE
from support.publishing import ME, TOKEN
from support.wheels import build_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.messages import Request
    from support.server import RecordingServer, Serve

__all__ = ["run"]


@pytest.fixture
def store(home: Path) -> Path:
    """Return where the store's file is, or will be."""
    return home / STORE


@pytest.fixture
def server(serve: Serve, workdir: Path) -> RecordingServer:
    """Return a server that takes uploads from two users, and a wheel in `dist`."""
    pytest.importorskip("twine")
    wheel = build_wheel("thing")
    (workdir / "dist").mkdir()
    (workdir / "dist" / wheel.filename).write_bytes(wheel.content)

    def respond(request: Request) -> Reply:
        return Reply(200 if request.authorization in (ME, TOKEN) else 403, body=b"")

    return serve(respond)
