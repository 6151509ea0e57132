"""The published mistakes of this kind, each with the bad input that shows it: docs/security.md has the table."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Any

import pytest
from requests.utils import get_netrc_auth

from requests_indexauth import Credentials, CredentialStore, Index, mount
from support.messages import Reply, redirect, refused, text
from support.ways import write_netrc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests

    from support.messages import Request
    from support.names import Names
    from support.server import RecordingServer, Serve
    from support.tls import Authority

CALLER: dict[str, Any] = {"auth": ("u", "secret")}
MINE = ("basic", "u", "secret")


@pytest.fixture
def two_hosts(
    serve: Serve, names: Names, authority: Authority
) -> Callable[[str], tuple[RecordingServer, RecordingServer]]:
    """Return what starts https://good.example, which redirects to a URL, and the same name over plain http."""

    def start(location: str) -> tuple[RecordingServer, RecordingServer]:
        tls = authority.context("good.example", "evil.example")
        secure = serve(lambda request: redirect(location) if request.path == "/start" else text("ok"), tls=tls)
        plain = serve(lambda request: redirect(location) if request.path == "/start" else text("ok"))
        for host in ("good.example", "evil.example"):
            names.point(host, secure, port=443)
            names.point(host, plain, port=80)
        return secure, plain

    return start


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_a_header_does_not_follow_to_another_host(
    name: str, two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str
) -> None:
    """CVE-2014-1829, CVE-2018-20060 and CVE-2018-25091: in no spelling does the header reach the other host."""
    secure, _plain = two_hosts("https://evil.example/x")
    mount(session)
    session.get("https://good.example/start", headers={name: "Bearer token"}, verify=ca_bundle)
    assert secure.authorizations == [("bearer", "token"), None]


def test_nothing_follows_from_https_to_http(
    two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str, home: Path
) -> None:
    """CVE-2018-18074: on the same host neither the caller's credential nor one of netrc goes out in the clear."""
    write_netrc(home, ("good.example", "n", "netrc-pw"))
    _secure, plain = two_hosts("http://good.example/x")
    mount(session)
    session.get("https://good.example/start", verify=ca_bundle, **CALLER)
    assert plain.authorizations == [None]


def test_nothing_follows_from_http_to_https(
    two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str
) -> None:
    """Open in requests: from http to https on default ports it keeps the header, though the realm is another."""
    secure, plain = two_hosts("https://good.example/x")
    mount(session)
    session.get("http://good.example/start", verify=ca_bundle, **CALLER)
    assert (plain.authorizations, secure.authorizations) == ([MINE], [None])


def test_a_proxys_password_is_not_for_servers(
    two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str
) -> None:
    """CVE-2023-32681 and CVE-2024-37891: what a refusal makes us send again has no Proxy-Authorization of ours."""
    secure, _plain = two_hosts("https://evil.example/x")
    mount(session, [Index("https://i:ip@good.example/simple/")])
    session.get("https://good.example/simple/x", verify=ca_bundle)
    session.get("https://good.example/start", verify=ca_bundle)
    assert [request.headers.get("Proxy-Authorization") for request in secure.requests] == [None] * 3


def test_a_hosts_cookies_stay_there(serve: Serve, session: requests.Session, names: Names, home: Path) -> None:
    """CVE-2023-43804: a cookie that came with a refusal goes back to that host, and does not follow a redirect."""
    write_netrc(home, ("a.example", "u", "secret"))

    def respond(request: Request) -> Reply:
        if request.headers["Host"].startswith("b.example"):
            return text("ok")
        if request.authorization is None:
            return Reply(401, {"WWW-Authenticate": "Basic", "Set-Cookie": "id=1; Path=/"})
        return redirect(f"http://b.example:{server.port}/")

    server = serve(respond)
    names.point("a.example", server)
    names.point("b.example", server)
    mount(session)
    session.get(f"http://a.example:{server.port}/")
    assert [request.headers.get("Cookie") for request in server.requests] == [None, "id=1", None]


@pytest.mark.parametrize("location", ["https://good.example:@evil.example/", "https://good.example@evil.example/"])
def test_the_host_is_the_one_connected_to(
    location: str, two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str, home: Path
) -> None:
    """CVE-2024-47081: a host's netrc entry is not for a URL that only looks like that host's."""
    write_netrc(home, ("good.example", "n", "netrc-pw"))
    secure, _plain = two_hosts(location)
    mount(session, [Index("https://evil.example/")])
    session.get("https://good.example/start", verify=ca_bundle)
    session.get(location, verify=ca_bundle)
    passwords = {authorization[-1] for authorization in secure.authorizations if authorization}
    assert "netrc-pw" not in passwords


@pytest.mark.parametrize("url", ["https://h%0ahost=evil/", "https://h\nhost=evil/", "https://h\r\n/", "https://h\0/"])
def test_a_line_end_in_a_url_asks_for_no_other_host(url: str, home: Path) -> None:
    """CVE-2020-5260: a URL with a line end in its host has no credential, and none is stored for it."""
    write_netrc(home, ("evil", "n", "netrc-pw"), ("h", "n", "netrc-pw"))
    with pytest.raises(ValueError, match="clear host"):
        Index(url)
    assert CredentialStore().get(url) is None


def test_the_store_is_never_readable_by_others(home: Path) -> None:
    """CVE-2012-5577: whatever the umask, folder and files are their owner's from the first byte."""
    before = os.umask(0)
    try:
        CredentialStore().set("https://good.example", Credentials.basic("u", "secret"))
    finally:
        os.umask(before)
    folder = home / ".local/share/uv/credentials"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes == {"credentials": 0o700, "credentials.toml": 0o600, "credentials.toml.lock": 0o600}


def test_netrcs_default_entry_is_not_for_a_redirect(
    two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str, home: Path
) -> None:
    """Open in requests: the `default` entry goes to whatever host a redirect names; here it does not."""
    write_netrc(home, ("default", "n", "default-pw"))
    secure, _plain = two_hosts("https://evil.example/x")
    mount(session)
    session.get("https://good.example/start", verify=ca_bundle)
    assert secure.authorizations == [None, None]


def test_netrc_does_not_replace_a_bearer_token(serve: Serve, session: requests.Session, home: Path) -> None:
    """Open in requests: a netrc entry takes the place of the caller's token; here the token is the caller's word."""
    write_netrc(home, ("127.0.0.1", "n", "netrc-pw"))
    server = serve(lambda _request: refused())
    assert get_netrc_auth(server.url) == ("n", "netrc-pw")
    mount(session)
    session.get(server.url, headers={"Authorization": "Bearer token"})
    assert server.authorizations == [("bearer", "token")]


def test_an_empty_netrc_entry_is_none(serve: Serve, session: requests.Session, home: Path) -> None:
    """Open in requests: `machine h` alone is sent as `Basic Og==`; here it is no entry."""
    (home / ".netrc").write_text("machine 127.0.0.1\n", encoding="utf-8")
    server = serve(lambda _request: refused())
    mount(session)
    session.get(server.url)
    assert server.authorizations == [None]


def test_a_line_end_in_a_token_does_not_print_it() -> None:
    """Open in requests: an invalid header is quoted in the error; here the token is refused without being shown."""
    with pytest.raises(ValueError, match="printable ASCII") as caught:
        Credentials.bearer("canary-token\n")
    assert "canary" not in repr(caught.value)
