"""A log handler may use the session whose warning it handles, and other threads meanwhile: no lock is held then."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import mount
from support.platforms import STORE_FOLDER, UV_CONFIG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import requests

    from requests_indexauth import IndexAuth
    from support.index import IndexServer, ServeIndex

LIMIT = 60
"""Seconds after which a request that hangs counts as hung."""


class Posting(logging.Handler):
    """Makes a request in another thread for each record, and waits for it."""

    def __init__(self, session: requests.Session, url: str) -> None:
        super().__init__()
        self._session, self._url = session, url
        self.answered: list[bool] = []

    def emit(self, _record: logging.LogRecord) -> None:
        thread = threading.Thread(target=self._session.get, args=(self._url,), daemon=True)
        thread.start()
        thread.join(LIMIT)
        self.answered.append(not thread.is_alive())


@pytest.fixture
def logger() -> Iterator[logging.Logger]:
    found = logging.getLogger("requests_indexauth")
    before = list(found.handlers)
    yield found
    found.handlers[:] = before


def bad_configuration(home: Path, _index: IndexServer) -> None:
    (home / UV_CONFIG).mkdir(parents=True, exist_ok=True)
    (home / UV_CONFIG / "uv.toml").write_text('[[index]]\nurl = "https://h.example/"\nauthenticate = "sometimes"\n')


def bad_store(home: Path, index: IndexServer) -> None:
    folder = home / STORE_FOLDER
    folder.mkdir(parents=True)
    folder.joinpath("credentials.toml").write_text(
        f'[[credential]]\nservice = "{index.url}/"\nusername = "u"\n[[credential]]\nservice = 1\n'
    )


def bad_pypirc(home: Path, _index: IndexServer) -> None:
    (home / ".pypirc").write_text("[distutils\n")


def by_request(session: requests.Session, _auth: IndexAuth, url: str) -> None:
    session.get(url)


def by_question(_session: requests.Session, auth: IndexAuth, url: str) -> None:
    auth.resolve(url)


@pytest.mark.parametrize("warn_by", [by_request, by_question])
@pytest.mark.parametrize("broken", [bad_configuration, bad_store, bad_pypirc])
def test_a_handler_may_send_through_the_session_it_is_warned_by(
    session: requests.Session,
    logger: logging.Logger,
    serve_index: ServeIndex,
    home: Path,
    broken: Callable[[Path, IndexServer], None],
    warn_by: Callable[[requests.Session, IndexAuth, str], None],
) -> None:
    """Whatever the warning is about, no thread waits for one that waits for the handler."""
    index = serve_index(users={"me": "pw"})
    broken(home, index)
    auth = mount(session)
    handler = Posting(session, index.page_url())
    logger.addHandler(handler)
    warn_by(session, auth, index.page_url())
    assert handler.answered
    assert all(handler.answered)
