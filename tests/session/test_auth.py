"""`IndexAuth` without an adapter: `requests.get(url, auth=IndexAuth())`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from requests_indexauth import CredentialsNotAllowedError, Index, IndexAuth, MissingCredentialsError
from requests_indexauth.session.auth import is_bare
from support.messages import Reply, redirect, refused, text
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import ServeIndex
    from support.messages import Request
    from support.names import Names
    from support.server import Serve

ME = ("basic", "me", "pw")


def test_one_call_is_answered(serve_index: ServeIndex, home: Path) -> None:
    """No session is needed."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    answer = requests.get(index.page_url(), auth=IndexAuth())
    assert answer.status_code == 200
    assert [one.status_code for one in answer.history] == [401]
    assert index.authorizations == [None, ME]


def test_calls_share_what_was_learned(serve_index: ServeIndex, home: Path) -> None:
    """The object is the memory, not the session."""
    index = serve_index(["one", "two"], users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    auth = IndexAuth()
    assert [requests.get(index.page_url(name), auth=auth).status_code for name in ("one", "two")] == [200, 200]
    assert index.authorizations == [None, ME, ME]


def test_an_index_that_wants_credentials_always_gets_them_at_once(serve_index: ServeIndex, home: Path) -> None:
    """Nothing goes out bare; without any it is an error."""
    index = serve_index(users={"me": "pw"})
    indexes = [Index(index.index_url(), authenticate="always")]
    with pytest.raises(MissingCredentialsError):
        requests.get(index.page_url(), auth=IndexAuth(indexes))
    assert index.requests == []
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    assert requests.get(index.page_url(), auth=IndexAuth(indexes)).status_code == 200
    assert index.authorizations == [ME]


def test_an_index_that_never_gets_credentials_refuses_them(serve_index: ServeIndex) -> None:
    """Userinfo in the URL is an error before any traffic; without it the request goes out bare."""
    index = serve_index(users={"me": "pw"})
    auth = IndexAuth([Index(index.index_url(), authenticate="never")])
    with pytest.raises(CredentialsNotAllowedError):
        requests.get(index.at("/simple/thing/", user="me", password="pw"), auth=auth)
    assert requests.get(index.page_url(), auth=auth).status_code == 401
    assert index.authorizations == [None]


def test_a_redirect_within_the_realm_is_answered(session: requests.Session, serve: Serve, home: Path) -> None:
    """The hop's 401 is answered too, where the credential did not go along."""

    def respond(request: Request) -> Reply:
        if request.path == "/a":
            return redirect("/b")
        return text() if request.authorization == ME else refused()

    server = serve(respond)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    session.trust_env = False  # or `requests` itself sends netrc on the hop
    session.auth = IndexAuth()
    assert session.get(server.at("/a")).status_code == 200
    assert server.authorizations == [None, None, ME]
    assert session.get(server.at("/a")).status_code == 200


def test_a_credential_is_not_carried_to_another_realm(session: requests.Session, serve: Serve, home: Path) -> None:
    """A hop to another port goes out bare."""
    target = serve()
    server = serve(lambda request: redirect(target.at("/x")) if request.authorization == ME else refused())
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    session.trust_env = False
    session.auth = IndexAuth()
    session.get(server.url)
    session.get(server.at("/?again"))
    assert target.authorizations == [None, None]


def test_a_url_that_is_not_clear_is_left_to_requests(session: requests.Session) -> None:
    """What we cannot parse is for `requests` to complain about."""
    session.auth = IndexAuth()
    with pytest.raises(requests.exceptions.ConnectionError):
        session.get("http://u@127.0.0.1:1/")
    with pytest.raises((requests.exceptions.InvalidURL, requests.exceptions.ConnectionError)):
        session.get("http://u@127.0.0.1:99999/")


def test_an_at_sign_in_the_path_is_no_userinfo(session: requests.Session, serve: Serve) -> None:
    """The URL stays as it is."""
    server = serve()
    session.auth = IndexAuth()
    assert session.get(server.at("/@scope/x")).url == server.at("/@scope/x")


def test_userinfo_before_a_host_that_is_not_clear_is_taken_out(
    session: requests.Session, serve: Serve, names: Names
) -> None:
    """It is not sent, and not in the answer's URL."""
    server = serve(lambda _: refused())
    names.point("odd%40name.example", server, port=80)
    session.auth = IndexAuth()
    answer = session.get("http://u:secret@odd%40name.example/x")
    assert answer.status_code == 401
    assert answer.url == "http://odd%40name.example/x"
    assert server.authorizations == [None]


@pytest.mark.parametrize("way", ["header", "userinfo", "user name", "index"])
def test_plain_http_is_warned_of(
    serve: Serve, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Once for a realm, whatever credential crosses the network in the clear."""
    proxy = serve(lambda _: text())
    monkeypatch.setenv("http_proxy", proxy.url)
    url, header = "http://pkgs.example.com/x", {"Authorization": "Bearer t"} if way == "header" else {}
    url = {"userinfo": url.replace("//", "//me:pw@"), "user name": url.replace("//", "//me@")}.get(way, url)
    auth = IndexAuth([Index("http://me:pw@pkgs.example.com/")] if way == "index" else [])
    for _ in range(2):
        assert requests.get(url, auth=auth, headers=header).status_code == 200
    assert None not in proxy.authorizations
    assert [record.getMessage() for record in caplog.records].count(
        "http://pkgs.example.com is plain http: credentials for it cross the network unencrypted"
    ) == 1


def test_userinfo_of_a_location_is_not_in_the_answers_url(serve: Serve) -> None:
    """`requests` has put it there by itself."""
    target = serve(lambda _: text())
    server = serve(lambda _: redirect(target.at("/x", user="q", password="r")))
    assert requests.get(server.at("/"), auth=IndexAuth()).url == target.at("/x")


@pytest.mark.parametrize("kind", [CaseInsensitiveDict, dict], ids=["of requests", "another mapping"])
def test_headers_without_an_authorization_are_bare(kind: Any) -> None:
    """Until they have one."""
    headers = kind({"Accept": "*/*"})
    assert is_bare(headers)
    headers["Authorization"] = "Basic x"
    assert not is_bare(headers)


def test_an_authorization_in_small_letters_is_one() -> None:
    """`requests` knows no difference."""
    assert not is_bare(CaseInsensitiveDict({"authorization": "Basic x"}))
