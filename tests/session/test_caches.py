"""A warm HTTP cache changes nothing: files beside the index get in, and K pages cost K + 1 requests again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
import requests
from cachecontrol import CacheControlAdapter
from cachecontrol.caches import FileCache

from requests_indexauth import Credentials, CredentialStore, Index, IndexAuth, mount
from support.messages import Reply, refused
from support.ways import write_netrc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.messages import Request
    from support.server import RecordingServer, Serve

ME = ("basic", "me", "pw")
K = 4
NO_CACHE = {"Cache-Control": "no-cache", "ETag": '"1"'}
MAX_AGE = {"Cache-Control": "max-age=600", "ETag": '"1"'}


def private(headers: dict[str, str]) -> Callable[[Request], Reply]:
    """Return a server whose pages may be cached, and whose files lie beside the index; all of it wants a password."""

    def respond(request: Request) -> Reply:
        if request.authorization != ME:
            return refused()
        if request.path.startswith("/raw/"):
            return Reply(200, {}, b"file")
        if request.headers["If-None-Match"] == '"1"':
            return Reply(304, headers)
        return Reply(200, headers, b"page")

    return respond


def session_over(folder: Path, url: str) -> requests.Session:
    """Return a session with a cache on disk, as pip's has."""
    session = requests.Session()
    for prefix in ("http://", "https://"):
        session.mount(prefix, CacheControlAdapter(cache=FileCache(str(folder))))
    mount(session, [Index(url, "team")], discover=False)
    return session


def give_userinfo(url: str, _home: Path, _monkeypatch: pytest.MonkeyPatch) -> str:
    return url.replace("://", "://me:pw@")


def give_variables(url: str, _home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("UV_INDEX_TEAM_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_TEAM_PASSWORD", "pw")
    return url


def give_store(url: str, _home: Path, _monkeypatch: pytest.MonkeyPatch) -> str:
    CredentialStore().set(url, Credentials.basic("me", "pw"))
    return url


def give_netrc(url: str, home: Path, _monkeypatch: pytest.MonkeyPatch) -> str:
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    return url


SOURCES = {
    "userinfo": give_userinfo,
    "variables": give_variables,
    "a store entry for the path": give_store,
    "netrc": give_netrc,
}


@pytest.mark.parametrize("headers", [NO_CACHE, MAX_AGE], ids=["no-cache", "max-age"])
@pytest.mark.parametrize("source", SOURCES)
def test_files_beside_the_index_get_in_on_every_run(
    source: str,
    headers: dict[str, str],
    serve: Serve,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whether the page came from the server, was confirmed by it, or was only in the cache."""
    server = serve(private(headers))
    url = SOURCES[source](server.at("/team/simple/"), home, monkeypatch)
    for _ in range(3):
        with session_over(tmp_path / "cache", url) as session:
            assert session.get(server.at("/team/simple/thing/")).text == "page"
            assert session.get(server.at("/raw/thing.whl")).text == "file"
            assert session.get(server.at("/raw/other.whl")).text == "file"


@pytest.mark.parametrize("source", SOURCES)
def test_a_file_before_the_first_page_gets_in(
    source: str, serve: Serve, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A constraints file beside the index, for one; the order of requests decides nothing."""
    server = serve(private(NO_CACHE))
    url = SOURCES[source](server.at("/team/simple/"), home, monkeypatch)
    with session_over(tmp_path / "cache", url) as session:
        assert session.get(server.at("/raw/constraints.txt")).text == "file"
        assert session.get(server.at("/team/simple/thing/")).text == "page"


def counted(server: RecordingServer, url: str, folder: Path) -> int:
    """Return how many requests K pages of a new session cost."""
    server.clear()
    with session_over(folder, url) as session:
        for number in range(K):
            assert session.get(server.at(f"/team/simple/p{number}/")).status_code == 200
    return len(server.requests)


def test_k_pages_cost_k_and_one_requests_in_every_run(serve: Serve, home: Path, tmp_path: Path) -> None:
    """A 304 is the server's answer: it accepts the credential, though the cache calls the page its own."""
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(private(NO_CACHE))
    url = server.at("/team/simple/")
    assert [counted(server, url, tmp_path / "cache") for _ in range(3)] == [K + 1] * 3


class OwnRequests(CacheControlAdapter):
    """A cache that keeps requests in a form of its own, as requests-cache does."""

    def send(self, request: requests.PreparedRequest, *options: Any, **more: Any) -> requests.Response:
        answer = super().send(request, *options, **more)
        if getattr(answer, "from_cache", False):
            answer.request = SimpleNamespace(url=request.url, headers=request.headers)  # type: ignore[assignment]
        return answer


@pytest.mark.parametrize("cache", [CacheControlAdapter, OwnRequests])
def test_a_page_out_of_a_cache_holds_no_other_thread_up(
    session: requests.Session, serve: Serve, cache: type[CacheControlAdapter]
) -> None:
    """Without our adapter a request is begun before the cache is asked; the server says nothing of it any more."""
    server = serve(private(MAX_AGE))
    session.mount("http://", cache())
    held, answers = [], []
    for _ in ("filled", "used"):
        session.auth = auth = IndexAuth([Index(server.at("/simple/", user="me", password="pw"))], discover=False)
        request = session.prepare_request(requests.Request("GET", server.at("/simple/thing/")))
        answers.append(session.send(request).status_code)
        held.append(auth.authenticator.memo.gates._held)
    assert answers == [200, 200]
    assert len(server.requests) == 1
    assert held == [{}, {}]


def test_an_index_that_never_gets_any_gives_none_to_its_neighbours(
    serve: Serve, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does the index of another host; what one of them refused is not sent beside it."""
    server = serve(private(NO_CACHE))
    monkeypatch.setenv("UV_INDEX_OTHER_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_OTHER_PASSWORD", "pw")
    indexes = [
        Index(server.at("/team/simple/"), "team", "never"),
        Index(server.at("/other/simple/", host="other.example"), "other"),
    ]
    mount(session, indexes, discover=False)
    assert session.get(server.at("/raw/thing.whl")).status_code == 401
    assert server.authorizations == [None]
