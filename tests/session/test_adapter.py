"""`IndexAuthAdapter` by itself: what `requests` took from netrc, and hosts that are not clear."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

from requests_indexauth import (
    CredentialsNotAllowedError,
    Index,
    IndexAuth,
    IndexAuthAdapter,
    MissingCredentialsError,
    mount,
)
from support.messages import Reply
from support.ways import by_mount, write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import ServeIndex
    from support.names import Names
    from support.server import Serve

ME = ("basic", "me", "pw")


@pytest.fixture
def alone(session: requests.Session) -> requests.Session:
    """Return a session with the adapter and without `session.auth`."""
    session.mount("http://", IndexAuthAdapter())
    return session


def test_what_requests_took_from_netrc_counts_as_found(
    alone: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """The netrc header `requests` puts on a request waits for the 401, as everything found does."""
    index = serve_index(["open", "thing"], users={"me": "pw"}, protect={"files"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    assert alone.get(index.page_url()).status_code == 200
    assert alone.get(index.file_url()).status_code == 200
    assert index.authorizations == [None, None, ME]


def test_netrcs_default_waits_to_be_asked_for(alone: requests.Session, serve: Serve, home: Path) -> None:
    """`requests` would send it to every host; here a host has to ask."""
    write_netrc(home, ("default", "me", "pw"))
    server = serve()
    alone.get(server.url)
    assert server.authorizations == [None]


def test_a_netrc_password_beyond_ascii_is_sent_in_utf_8(
    alone: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """`requests` writes it in latin-1: its header is known all the same, and ours goes out."""
    index = serve_index(users={"me": "pä"})
    write_netrc(home, ("127.0.0.1", "me", "pä"))
    assert alone.get(index.page_url()).status_code == 200
    assert index.authorizations == [None, ("basic", "me", "pä")]


@pytest.mark.parametrize("password", ["ä", "p:w"], ids=["latin", "a colon"])
def test_userinfo_is_sent_in_utf_8(password: str, alone: requests.Session, serve_index: ServeIndex) -> None:
    """What `requests` makes of a URL's userinfo is not taken for a header of the caller's."""
    index = serve_index(users={"me": password})
    assert alone.get(index.at("/simple/thing/", user="me", password=password)).status_code == 200
    assert alone.get(index.page_url()).status_code == 200
    assert index.authorizations[0] == ("basic", "me", password)


def test_a_header_beside_userinfo_is_the_given_one(serve_index: ServeIndex, session: requests.Session) -> None:
    """`auth=` counts, and the userinfo is taken out of the URL all the same."""
    index = serve_index(users={"me": "pw"})
    by_mount(session)
    url = index.at("/simple/thing/", user="other", password="x")
    answer = session.get(url, auth=HTTPBasicAuth("me", "pw"))
    assert answer.status_code == 200
    assert answer.url == index.page_url()
    assert index.authorizations == [ME]


def test_policies_are_errors_of_requests_too(alone: requests.Session, serve_index: ServeIndex) -> None:
    """They are caught as `RequestException`, and say which request it was, without what was given with it."""
    index = serve_index(users={"me": "pw"})
    indexes = [Index(index.index_url(), name="strict", authenticate="always")]
    alone.mount("http://", IndexAuthAdapter(IndexAuth(indexes)))
    with pytest.raises(MissingCredentialsError) as missing:
        alone.get(index.page_url())
    assert isinstance(missing.value, requests.RequestException)
    alone.mount("http://", IndexAuthAdapter(IndexAuth([Index(index.index_url(), authenticate="never")])))
    with pytest.raises(CredentialsNotAllowedError) as refused:
        alone.get(index.at("/simple/thing/", user="me", password="pw"))
    request = refused.value.request
    assert request is not None
    assert request.url == index.page_url()
    assert "Authorization" not in request.headers
    assert index.requests == []


ODD = "http://{}odd%40name.example/x"


@pytest.mark.parametrize("way", ["alone", "mounted"])
def test_a_host_that_is_not_clear_gets_nothing_that_was_found(
    way: str, session: requests.Session, serve: Serve, names: Names, home: Path
) -> None:
    """A URL whose host we cannot be sure of is sent on as it is: without userinfo, and without netrc."""
    server = serve()
    names.point("odd%40name.example", server, port=80)
    write_netrc(home, ("default", "me", "pw"), ("odd%40name.example", "me", "pw"))
    if way == "alone":
        session.mount("http://", IndexAuthAdapter())
    else:
        by_mount(session)
    first = session.get(ODD.format(""))
    second = session.get(ODD.format("u:secret@"))
    third = session.get(ODD.format(""), auth=("own", "word"))
    assert first.status_code == second.status_code == third.status_code == 200
    assert "secret" not in second.url
    assert server.authorizations[0] is None
    assert server.authorizations[2] == ("basic", "own", "word")


def test_schemes_of_others_are_left_alone(session: requests.Session) -> None:
    """An adapter for `http+unix` under ours gets its request as it was."""
    seen: list[requests.PreparedRequest] = []

    class Unix(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:  # type: ignore[override]
            seen.append(request)
            response = requests.Response()
            response.status_code, response.url, response.request = 200, request.url or "", request
            response._content = b""
            return response

    session.mount("http+unix://", Unix())
    by_mount(session)
    session.get("http+unix://%2Fvar%2Frun%2Fsocket/info", headers={"Authorization": "Bearer own"})
    assert seen[0].url == "http+unix://%2Fvar%2Frun%2Fsocket/info"
    assert seen[0].headers["Authorization"] == "Bearer own"


def test_closing_closes_what_is_underneath() -> None:
    """`session.close()` reaches the transport, or the adapter's own connections."""
    closed: list[str] = []

    class Closing(HTTPAdapter):
        def close(self) -> None:
            closed.append("transport")
            super().close()

    IndexAuthAdapter(transport=Closing()).close()
    IndexAuthAdapter().close()
    assert closed == ["transport"]


def test_a_malformed_netrc_does_not_keep_a_header_from_its_host(
    alone: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Bytes in netrc that are no UTF-8: `requests` has taken nothing from it, so the header is the caller's."""
    index = serve_index(users={"me": "pw"})
    (home / ".netrc").write_bytes(b"machine h login \xff\xfe password \xff\n")
    assert alone.get(index.page_url(), auth=("me", "pw")).status_code == 200
    assert index.authorizations == [ME]


def test_a_transport_gets_what_it_alone_takes(session: requests.Session, serve: Serve) -> None:
    """Its `send` may take more than `HTTPAdapter`'s; and what is set on the adapter is set on it."""

    class Other(HTTPAdapter):
        taken: object = None
        retries: object = 0

        def send(self, *args: Any, extra: object = None, **options: Any) -> requests.Response:
            self.taken = extra
            return super().send(*args, **options)

    server, transport = serve(), Other()
    session.mount("http://", transport)
    mount(session)
    request = session.prepare_request(requests.Request("GET", server.url))
    adapter: Any = session.get_adapter(server.url)
    adapter.send(request, extra="more")
    adapter.retries = 7
    assert (transport.taken, transport.retries, adapter.retries) == ("more", 7, 7)


def test_a_request_that_was_answered_once_is_answered_through_another_adapter(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """What the adapter answered from memory the hook of `IndexAuth` passes over that once, and never again."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    auth = mount(session)
    for _ in range(2):
        assert session.get(index.page_url()).status_code == 200
    request = session.prepare_request(requests.Request("GET", index.page_url()))
    assert auth.authenticator.quick(index.page_url()) is not None
    assert session.send(request).status_code == 200
    session.get_adapter("http://").close()
    session.mount("http://", HTTPAdapter())
    assert "Authorization" not in request.headers  # the caller's request is as it was
    index.clear()
    assert session.send(request).status_code == 200
    assert index.authorizations == [None, ME]


def test_a_folder_that_nothing_is_known_of_is_answered_like_any_other(
    session: requests.Session, serve: Serve, home: Path
) -> None:
    """Its pages go out bare without a look at the sources; a refusal, a header and a body are seen to as ever."""
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(lambda request: Reply(200 if "open" in request.path or request.authorization == ME else 401))
    mount(session)
    for name in ("open1", "open2?page=2", "open3/"):
        assert session.get(server.at(f"/api/{name}")).status_code == 200
    assert session.get(server.at("/api/open4"), headers={"Authorization": "Bearer x"}).status_code == 200
    assert session.post(server.at("/api/closed"), data="body").status_code == 200
    assert session.get(server.at("/api/open5")).status_code == 200
    assert server.authorizations == [None, None, None, ("bearer", "x"), ME, ME]


def test_a_refusal_in_such_a_folder_is_answered(session: requests.Session, serve: Serve, home: Path) -> None:
    """Once; then the credential is known."""
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(lambda request: Reply(200 if "open" in request.path or request.authorization == ME else 401))
    mount(session)
    for name in ("open1", "closed?page=2", "closed", "open2"):
        assert session.get(server.at(f"/api/{name}")).status_code == 200
    assert server.authorizations == [None, None, ME, ME, ME]


@pytest.mark.parametrize("hooks", [{}, None, {"response": None}, {"response": lambda _response, **_options: None}])
def test_hooks_that_requests_takes_are_taken(
    session: requests.Session, serve_index: ServeIndex, home: Path, hooks: Any
) -> None:
    """No hooks at all, none of that event, or one without a list around it."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    request = session.prepare_request(requests.Request("GET", index.page_url()))
    assert session.get(index.page_url()).status_code == 200
    request.hooks = hooks
    with requests.Session() as plain:
        plain.trust_env = False
        assert session.send(request).status_code == plain.send(request).status_code == 401


def test_one_hook_without_a_list_is_called_beside_ours(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """`requests` takes such a one, too."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    session.auth = IndexAuth()
    seen = []
    request = session.prepare_request(requests.Request("GET", index.page_url()))
    request.hooks["response"] = lambda response, **_options: seen.append(response.status_code)
    assert session.send(request).status_code == 200
    assert seen == [200]


def test_mounting_a_copy_leaves_the_original_its_indexes(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """`requests` has both share their adapters."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session, [Index(index.index_url(), authenticate="never")])
    other = copy.copy(session)
    mount(other)
    assert session.get(index.page_url()).status_code == 401
    assert other.get(index.page_url()).status_code == 200
    assert index.authorizations == [None, None, ME]


def test_an_adapter_in_two_sessions_serves_each_by_its_own_indexes(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """A second `mount` takes a copy of an adapter that was mounted before."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    adapter = IndexAuthAdapter()
    with requests.Session() as other:
        for one, policy in ((session, "never"), (other, "auto")):
            one.mount("http://", adapter)
            mount(one, [Index(index.index_url(), authenticate=policy)])  # type: ignore[arg-type] # each is one
        assert session.get(index.page_url()).status_code == 401
        assert other.get(index.page_url()).status_code == 200
    assert index.authorizations == [None, None, ME]
