"""The published mistakes of this kind, each with the bad input that shows it: docs/security.md has the table."""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest
from requests.utils import get_netrc_auth

from requests_indexauth import Credentials, CredentialStore, Index, IndexAuth, mount
from support.messages import Reply, decode_authorization, redirect, refused, text
from support.platforms import STORE_FOLDER
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
    """Return what starts https://good.example, which redirects from `/start`, and the same names over plain http.

    Every other page is refused, so that whatever may be sent is sent.
    """

    def start(location: str) -> tuple[RecordingServer, RecordingServer]:
        def respond(request: Request) -> Reply:
            return redirect(location) if request.path == "/start" else refused()

        secure = serve(respond, tls=authority.context("good.example", "evil.example"))
        plain = serve(respond)
        for host in ("good.example", "evil.example"):
            names.point(host, secure, port=443)
            names.point(host, plain, port=80)
        return secure, plain

    return start


@pytest.mark.parametrize("name", ["Authorization", "authorization", "AUTHORIZATION"])
def test_a_header_does_not_follow_to_another_host(
    name: str, two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str
) -> None:
    """CVE-2018-20060 and CVE-2018-25091: in no spelling does the header reach the other host."""
    secure, _plain = two_hosts("https://evil.example/x")
    mount(session)
    session.get("https://good.example/start", headers={name: "Bearer token"}, verify=ca_bundle)
    assert secure.authorizations == [("bearer", "token"), None]


def test_a_netrc_password_does_not_follow_to_another_host(
    serve: Serve, names: Names, authority: Authority, session: requests.Session, ca_bundle: str, home: Path
) -> None:
    """CVE-2014-1829: the password of the host that redirects is not in the redirected request."""
    write_netrc(home, ("good.example", "n", "netrc-pw"))

    def respond(request: Request) -> Reply:
        known = request.headers["Host"] == "good.example" and request.user == "n"
        return redirect("https://evil.example/") if known else refused()

    server = serve(respond, tls=authority.context("good.example", "evil.example"))
    for host in ("good.example", "evil.example"):
        names.point(host, server, port=443)
    mount(session)
    session.get("https://good.example/", verify=ca_bundle)
    assert server.authorizations == [None, ("basic", "n", "netrc-pw"), None]


def test_nothing_follows_from_https_to_http(
    two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str, home: Path
) -> None:
    """CVE-2018-18074: on the same host neither the caller's credential nor one of netrc goes out in the clear.

    Not even when it is asked for; a first request over plain http would get netrc's.
    """
    write_netrc(home, ("good.example", "n", "netrc-pw"))
    _secure, plain = two_hosts("http://good.example/x")
    mount(session)
    session.get("https://good.example/start", verify=ca_bundle, **CALLER)
    assert plain.authorizations == [None]
    session.get("http://good.example/x")
    assert plain.authorizations[1:] == [None, ("basic", "n", "netrc-pw")]


def test_nothing_follows_from_http_to_https(
    two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str
) -> None:
    """Open in requests: from http to https on default ports it keeps the header, though the realm is another."""
    secure, plain = two_hosts("https://good.example/x")
    mount(session)
    session.get("http://good.example/start", verify=ca_bundle, **CALLER)
    assert (plain.authorizations, secure.authorizations) == ([MINE], [None])


def proxy_authorizations(server: RecordingServer) -> list[str | None]:
    """Return the header of each request."""
    return [request.headers.get("Proxy-Authorization") for request in server.requests]


def test_a_proxys_password_is_not_for_servers(
    two_hosts: Callable[..., Any], serve: Serve, session: requests.Session, ca_bundle: str, home: Path
) -> None:
    """CVE-2023-32681: what stands in a proxy's URL goes to the proxy each time, and not where a redirect leads."""
    secure, _plain = two_hosts("https://evil.example/x")
    hops = {"http://good.example/": "/next", "http://good.example/next": "https://evil.example/x"}
    proxy = serve(lambda request: redirect(hops[request.target]) if request.authorization else refused())
    write_netrc(home, ("good.example", "n", "netrc-pw"), ("evil.example", "e", "evil-pw"))
    session.proxies = {"http": proxy.at(user="p", password="proxy-pw")}
    mount(session)
    session.get("http://good.example/", verify=ca_bundle)
    assert [decode_authorization(header) for header in proxy_authorizations(proxy)] == [("basic", "p", "proxy-pw")] * 3
    assert secure.authorizations == [None, ("basic", "e", "evil-pw")]
    assert proxy_authorizations(secure) == [None, None]


def test_a_proxy_header_of_the_caller_is_for_the_first_host(
    two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str, home: Path
) -> None:
    """CVE-2024-37891: one that was set by hand goes where it was set for, and not where a redirect leads."""
    secure, _plain = two_hosts("https://evil.example/x")
    write_netrc(home, ("evil.example", "e", "evil-pw"))
    mount(session)
    session.get("https://good.example/start", headers={"Proxy-Authorization": "Basic eDp5"}, verify=ca_bundle)
    assert secure.authorizations == [None, None, ("basic", "e", "evil-pw")]
    assert proxy_authorizations(secure) == ["Basic eDp5", None, None]


@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        pytest.param({}, [None, "id=1", None, None], id="of a refusal"),
        pytest.param({"Cookie": "by=hand"}, ["by=hand", "by=hand", None, None], id="set by hand"),
    ],
)
def test_a_hosts_cookies_stay_there(
    headers: dict[str, str],
    sent: list[str | None],
    serve: Serve,
    session: requests.Session,
    names: Names,
    home: Path,
) -> None:
    """CVE-2023-43804: a cookie goes to the host it was given by or for, sent again or not, and to no other."""
    write_netrc(home, ("a.example", "u", "secret"), ("b.example", "u", "other"))

    def respond(request: Request) -> Reply:
        bare = request.authorization is None
        if str(request.headers["Host"]).startswith("b.example"):
            return refused() if bare else text("ok")
        if bare:
            return Reply(401, {"WWW-Authenticate": "Basic", "Set-Cookie": "id=1; Path=/"})
        return redirect(f"http://b.example:{server.port}/")

    server = serve(respond)
    names.point("a.example", server)
    names.point("b.example", server)
    mount(session)
    session.get(f"http://a.example:{server.port}/", headers=headers)
    assert [request.headers.get("Cookie") for request in server.requests] == sent


@pytest.mark.parametrize("location", ["https://good.example:@evil.example/", "https://good.example@evil.example/"])
def test_the_host_is_the_one_connected_to(
    location: str, two_hosts: Callable[..., Any], session: requests.Session, ca_bundle: str, home: Path
) -> None:
    """CVE-2024-47081: a host's netrc entry is not for a URL that only looks like that host's."""
    write_netrc(home, ("good.example", "good.example", "netrc-pw"))  # also for who takes it for the user's name
    secure, _plain = two_hosts(location)
    mount(session, [Index("https://evil.example/")])
    session.get("https://good.example/start", verify=ca_bundle)
    session.get(location, verify=ca_bundle)
    lone = ("basic", "good.example", "")
    assert secure.authorizations == [None, lone, None]


@pytest.mark.parametrize("url", ["https://h%0ahost=evil/", "https://h\nhost=evil/", "https://h\r\n/", "https://h\0/"])
def test_a_line_end_in_a_url_asks_for_no_other_host(url: str, home: Path) -> None:
    """CVE-2020-5260: a URL with a line end in its host has no credential, and none is stored for it."""
    write_netrc(home, ("evil", "n", "netrc-pw"), ("h", "n", "netrc-pw"), ("default", "n", "netrc-pw"))
    for asked in (Index, IndexAuth().resolve, IndexAuth().explain):
        with pytest.raises(ValueError, match="clear host"):
            asked(url)
    assert CredentialStore().get(url) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_store_is_never_readable_by_others(home: Path) -> None:
    """CVE-2012-5577: whatever the umask, folder and files are their owner's from the first byte."""
    before = os.umask(0)
    try:
        CredentialStore().set("https://good.example", Credentials.basic("u", "secret"))
    finally:
        os.umask(before)
    folder = home / STORE_FOLDER
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
    session.get("https://evil.example/x", verify=ca_bundle)
    assert secure.authorizations[2:] == [None, ("basic", "n", "default-pw")]


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
