"""The lines of uv's two documents on authentication that need the system's own store."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Callable

import pytest

from support.documents import LINES, commands, run_line
from support.secretservice import ADDRESS, DBusSession, Secrets, gnome_keyring

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


@pytest.fixture
def bus(program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return the address of a session with a gnome-keyring, which has started: a command waits 5 seconds at most."""
    session = DBusSession(program("dbus-run-session"), gnome_keyring(program("gnome-keyring-daemon")))
    monkeypatch.setenv(ADDRESS, session.address)
    Secrets().clear()
    yield session.address
    session.close()


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if line.native])
def test_a_line_works_as_printed(name: str, bus: str, tmp_path: Path, home: Path, workdir: Path) -> None:
    """On a terminal, as a user types it."""
    run_line(LINES[name], {**commands(tmp_path), ADDRESS: bus}, tmp_path, home, workdir)
