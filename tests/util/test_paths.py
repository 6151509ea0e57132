"""What `~` stands for."""

from __future__ import annotations

import os
import sys

import pytest

from requests_indexauth.util.paths import expanded

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="HOME decides on Unix")


def test_home_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere on Unix."""
    monkeypatch.setenv("HOME", "/some/where")
    assert expanded("~/x") == "/some/where/x"


def test_an_empty_home_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """uv takes the user's own folder then; a secret must not land in `/`."""
    import pwd

    monkeypatch.setenv("HOME", "")
    assert expanded("~/x") == f"{pwd.getpwuid(os.getuid()).pw_dir}/x"


def test_a_user_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container there may be no such user: then there is no home, and nothing to expand."""
    monkeypatch.setenv("HOME", "")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert expanded("~/x") == "~/x"
