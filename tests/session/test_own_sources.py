"""Sessions with functions of the program's own: what reaches the server, and how often."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from requests_indexauth import Credentials, Index, mount
from support.index import IndexServer
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.index import ServeIndex

PACKAGES = ["one", "two", "three"]
ME = ("basic", "me", "pw")


def token(_url: str, _username: str | None) -> Credentials | None:
    """Return the right credential, as a function that a pickle can name."""
    return Credentials.basic("me", "pw")


def pages(session: requests.Session, index: IndexServer) -> list[int]:
    """Return the statuses of the packages' pages."""
    return [session.get(index.page_url(name)).status_code for name in PACKAGES]


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was warned of."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_functions_are_asked_before_files_and_after_what_is_configured(
    session: requests.Session, serve_index: ServeIndex, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order in which the sources stand in an explanation."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "other", "wrong"))
    auth = mount(session, [Index(index.index_url(), name="mine")], sources=[token])
    assert pages(session, index) == [200, 200, 200]
    assert index.authorizations == [None, ME, ME, ME]
    names = [step["source"] for step in auth.explain(index.index_url()).as_dict()["sources"]]
    assert names[2:6] == ["index URL", "known hosts", "token()", "netrc"]
    monkeypatch.setenv("UV_INDEX_MINE_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_MINE_PASSWORD", "other")
    found = auth.resolve(index.index_url())
    assert found is not None
    assert found.password == "other"


def test_a_function_is_asked_once_and_again_after_a_refusal(session: requests.Session, serve_index: ServeIndex) -> None:
    """Once for an index and a user name."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    asked: list[tuple[str, str | None]] = []

    def rotating(url: str, username: str | None) -> Credentials | None:
        asked.append((url, username))
        return Credentials.basic("me", next(iter(index.root.users.values())))

    mount(session, [Index(index.index_url())], sources=[rotating])
    assert pages(session, index) == [200, 200, 200]
    index.root.users = {"me": "new"}
    assert pages(session, index) == [200, 200, 200]
    assert asked == [(index.page_url("one"), None)] * 2


def test_a_function_that_raises_is_one_warning_and_a_miss(
    session: requests.Session, serve_index: ServeIndex, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The sources after it are asked."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))

    def broken(_url: str, _username: str | None) -> Credentials | None:
        message = "secret"
        raise OSError(message)

    mount(session, sources=[broken])
    assert pages(session, index) == [200, 200, 200]
    assert warned(caplog) == ["broken(): the callback raised OSError"]


def test_ctrl_c_in_a_function_leaves_nothing_remembered(session: requests.Session, serve_index: ServeIndex) -> None:
    """The next request asks again."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    answers: list[Any] = [KeyboardInterrupt(), Credentials.basic("me", "pw")]

    def interrupted(_url: str, _username: str | None) -> Credentials | None:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[no-any-return]

    mount(session, sources=[interrupted])
    with pytest.raises(KeyboardInterrupt):
        session.get(index.page_url("one"))
    assert pages(session, index) == [200, 200, 200]


def test_a_function_may_send_through_the_session_it_serves(session: requests.Session, serve_index: ServeIndex) -> None:
    """To a service that makes tokens, which refuses it once more, say: no loop."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    service = serve_index(PACKAGES, users={"you": "pw"})

    def fetching(_url: str, _username: str | None) -> Credentials | None:
        assert session.get(service.page_url("one")).status_code == 401
        return Credentials.basic("me", "pw")

    mount(session, sources=[fetching])
    assert pages(session, index) == [200, 200, 200]
    assert service.authorizations == [None]
