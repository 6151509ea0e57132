"""What a server quotes of what it was sent: nothing secret of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.explain.echo import Echo
from support.explained import explained
from support.messages import Reply

if TYPE_CHECKING:
    from support.commands import Run
    from support.messages import Request
    from support.server import Serve


@pytest.mark.parametrize("how", ["header", "password", "quoted", "location"])
def test_live_masks_what_the_server_quotes(run: Run, serve: Serve, how: str) -> None:
    """A challenge or a redirect may repeat what was sent; the output is what people paste into an issue."""
    password = "p w/secret"

    def respond(request: Request) -> Reply:
        header = dict(request.headers).get("Authorization", "")
        said = {"header": header, "password": password, "quoted": "p%20w%2Fsecret"}.get(how, "") if header else ""
        if how == "location" and header and request.path == "/":
            return Reply(302, {"Location": "/p%20w%2Fsecret/x"})
        return Reply(401, {"WWW-Authenticate": f'Basic realm="you sent {said}"'})

    server = serve(respond)
    CredentialStore().set(server.url, Credentials.basic("me", password))
    for form in ("text", "json"):
        ran = run("explain", server.url, "--live", "--format", form)
        shown = ran.out + ran.err
        assert "****" in shown
        assert not [word for word in ("w/secret", "w%2Fsecret", "bWU6cCB3L3NlY3JldA==") if word in shown], shown


@pytest.mark.parametrize("password", ["team", "127.0.0.1", "http", "p"])
def test_live_leaves_the_url_that_was_asked_for_as_it_is(run: Run, serve: Serve, password: str) -> None:
    """The password stands in it by chance, and nobody was redirected."""
    server = serve(lambda _request: Reply(401, {"WWW-Authenticate": "Basic"}))
    url = f"{server.url}/team/simple/"
    CredentialStore().set(url, Credentials.basic("me", password))
    answer = explained(run, url, "--live", code=1)
    assert [attempt["url"] for attempt in answer["attempts"]] == [url, url]
    assert answer["advice"].startswith("the server refuses the credential from store")


@pytest.mark.parametrize(
    ("password", "url", "shown"),
    [
        ("8443", "https://h:8443/8443/x", "https://h:8443/****/x"),
        ("8443", "https://h:8443?8443", "https://h:8443?****"),
        ("https", "https://u:p@h/https", "https://h/****"),
        (":1]", "https://[::1]/:1]", "https://[::1]/****"),
        ("team", "https://team.evil.example/team", "https://****.evil.example/****"),
        ("8443", "//h:8443/", "//h:****/"),
    ],
)
def test_a_masked_url_still_leads_somewhere(password: str, url: str, shown: str) -> None:
    """What a port's number or an address has in common with a password stays; in a name it is masked."""
    echo = Echo()
    echo.note(Credentials.basic("me", password).header)
    assert echo.mask_url(url) == shown


@pytest.mark.parametrize("scheme", ["http", "https", "ftp"])
def test_live_masks_the_userinfo_of_a_redirect(run: Run, serve: Serve, scheme: str) -> None:
    """Also of one that nobody can follow."""
    server = serve(lambda _request: Reply(302, {"Location": f"{scheme}://u:hunter2@127.0.0.1:1/x"}))
    ran = run("explain", server.url, "--live")
    assert f"{scheme}://" in ran.out
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize("password", ["team", "127.0.0.1", "http"])
def test_live_knows_the_server_of_a_redirect_whose_address_has_the_password(
    run: Run, serve: Serve, password: str
) -> None:
    """What the server may have quoted is masked in the path alone."""

    def respond(request: Request) -> Reply:
        return Reply(302, {"Location": f"/{password}/x"}) if request.path == "/" else Reply(401)

    server = serve(respond)
    CredentialStore().set(server.url, Credentials.basic("me", password))
    answer = explained(run, f"{server.url}/", "--live", code=1)
    assert answer["attempts"][-1]["url"] == f"{server.url}/****/x"
    assert "None" not in answer["advice"]


def test_live_masks_a_user_name_that_may_be_a_token(run: Run, serve: Serve) -> None:
    """It was sent with an empty password."""
    server = serve(lambda _request: Reply(401, {"WWW-Authenticate": 'Basic realm="no token-x here"'}))
    ran = run("explain", server.url.replace("//", "//token-x@"), "--live")
    assert "token-x" not in ran.out + ran.err
