"""The log is the same whatever sends, and costs nothing while it is off. (What it says: `tests/core/test_notes.py`.)"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import requests

from requests_indexauth import IndexAuth, mount
from support.logs import NAME, told
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import IndexServer, ServeIndex


@pytest.fixture
def index(serve_index: ServeIndex) -> IndexServer:
    """Return an index with one user."""
    return serve_index(["thing", "other"], {"me": "secret"})


def test_an_auth_alone_tells_the_same(index: IndexServer, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without an adapter."""
    caplog.set_level(logging.DEBUG, NAME)
    write_netrc(home, ("127.0.0.1", "me", "secret"))
    assert requests.get(index.page_url(), auth=IndexAuth()).ok
    ends = [said.rpartition("): ")[2] or said for said in told(caplog, logging.DEBUG)]
    assert [end.partition(";")[0].partition(",")[0].rpartition(": ")[2] for end in ends] == [
        "sending no credential",
        "answered 401",
        "sending that from netrc",
        "answered 200",
    ]


def test_nothing_is_noted_while_the_logger_is_off(
    session: requests.Session, index: IndexServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is made for it, and the short cut answers."""
    monkeypatch.setattr("requests_indexauth.core.notes.Notes", lambda _: pytest.fail("noted"))
    write_netrc(home, ("127.0.0.1", "me", "secret"))
    auth = mount(session)
    assert all(session.get(index.page_url()).ok for _ in range(3))
    assert auth.authenticator.quick(index.page_url()) is not None
