"""`indexauth login --check`: what the server's answer says of a credential, and whether it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth import CredentialStore
from support.messages import Reply, Request, redirect, refused

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run
    from support.index import ServeIndex
    from support.server import Serve


@pytest.mark.parametrize("status", [401, 403])
def test_check_stores_nothing_that_the_server_refuses(serve: Serve, run: Run, status: int, store: Path) -> None:
    """One request is made, with the credential, and its refusal is exit 1."""
    server = serve(lambda _: refused(status))
    ran = run("login", server.at("/team/simple/"), "-u", "me", "--password", "wrong-one", "--check")
    assert ran.code == 1
    assert f"refuses this credential ({status})" in ran.err
    assert "wrong-one" not in ran.err
    assert server.authorizations == [("basic", "me", "wrong-one")]
    assert not store.exists()


def test_check_stores_what_the_server_accepts(serve_index: ServeIndex, run: Run) -> None:
    """The URL is asked as it was given, `/simple/` and all; then without the credential, to see that it was needed."""
    index = serve_index(["thing"], {"me": "secret"}, root="/team/simple")
    ran = run("login", index.index_url(), "-u", "me", "--password", "secret", "--check")
    assert (ran.code, "note: " in ran.err) == (0, False)
    assert [(request.path, request.status) for request in index.requests] == [
        ("/team/simple/", 200),
        ("/team/simple/", 401),
    ]
    assert [request.user for request in index.requests] == ["me", None]
    assert CredentialStore().services() == [(index.at("/team"), "me")]


@pytest.mark.parametrize("option", [("-u", "me", "--password", "secret"), ("--token", "secret")], ids=["user", "token"])
def test_what_cannot_be_stored_is_not_tried_out(
    serve: Serve, run: Run, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...]
) -> None:
    """A service on plain http elsewhere is refused before anything goes over the network."""
    proxy = serve(lambda _: Reply(200))
    monkeypatch.setenv("http_proxy", proxy.url)
    ran = run("login", "http://pkgs.example.com/x", *option, "--check")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: http://pkgs.example.com cannot be a service")
    assert proxy.requests == []


def test_a_query_is_not_shown_when_a_login_is_tried_out(serve: Serve, run: Run) -> None:
    """A token may stand in it."""
    for status in (401, 404, 500):
        server = serve(lambda _, status=status: Reply(status))
        ran = run("login", f"{server.url}/?sig=hunter2", "-u", "me", "--password", "secret", "--check")
        assert server.url in ran.err
        assert "hunter2" not in ran.err


@pytest.mark.parametrize("status", [400, 404, 405, 429])
def test_check_warns_where_the_answer_says_nothing(serve: Serve, run: Run, status: int) -> None:
    """A 404 or 429 neither proves nor condemns a credential."""
    server = serve(lambda _: Reply(status))
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 0
    assert "warning: " in ran.err
    assert f"{status}, which says nothing" in ran.err


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (302, "the server answers 302 and does not say where to"),
        (400, "or that it is cut off or too long for the server"),
        (431, "or that it is cut off or too long for the server"),
    ],
)
def test_check_warns_of_an_odd_answer(serve: Serve, run: Run, status: int, said: str) -> None:
    """It is no success, nor open to all, and may come of the credential."""
    ran = run("login", serve(lambda _: Reply(status)).url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 0
    assert said in ran.err
    assert "open to all" not in ran.err


def test_check_stores_nothing_where_the_server_has_a_problem(serve: Serve, run: Run, store: Path) -> None:
    """What could not be checked is not kept."""
    server = serve(lambda _: Reply(503))
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 1
    assert "(503); nothing is stored" in ran.err
    assert not store.exists()


def test_check_stores_nothing_without_an_answer(serve: Serve, run: Run, store: Path) -> None:
    """A server that is not there is one line and exit 1."""
    url = serve(listening=False).url
    ran = run("login", url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 1
    assert "could not be asked (ConnectionError); nothing is stored" in ran.err
    assert not store.exists()


def test_check_survives_what_requests_lets_through(run: Run, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    """A bundle of certificates that is not there is no `RequestException`, but a line all the same."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there")
    ran = run("login", "https://127.0.0.1:9/", "-t", "tok", "--check")
    assert ran.code == 1
    assert "could not be asked (OSError); nothing is stored" in ran.err
    assert not store.exists()


def test_check_follows_a_redirect_to_the_page_that_judges(serve: Serve, run: Run, store: Path) -> None:
    """`/team` leads to `/team/`, and only that one looks at the credential."""
    server = serve(lambda request: redirect("/team/") if request.path == "/team" else refused())
    ran = run("login", server.at("/team"), "-u", "me", "--password", "wrong", "--check")
    assert ran.code == 1
    assert not store.exists()


def test_check_sends_the_credential_to_no_other_host(serve: Serve, run: Run, home: Path) -> None:
    """A redirect to another realm goes without, netrc included; the verdict is the last answer to the credential."""
    other = serve(lambda _: refused())
    server = serve(lambda _: redirect(other.at("/sign-in")))
    (home / ".netrc").write_text("default login stranger password stranger\n")
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 0
    assert other.authorizations == [None]


SIGN_IN = Reply(200, {"Content-Type": "text/html"}, b"<form>Sign in: <input type=password></form>")


@pytest.mark.parametrize("way", ["same host", "another host", "203"])
def test_check_stores_nothing_where_a_page_to_sign_in_on_comes_back(
    serve: Serve, run: Run, way: str, store: Path
) -> None:
    """A request that is not logged in gets that page, so the credential was not taken."""
    other = serve(lambda _: SIGN_IN, host="localhost")

    def respond(request: Request) -> Reply:
        if request.path.startswith("/sign-in"):
            return SIGN_IN
        if request.authorization == ("basic", "me", "right"):
            return Reply(200, {"Content-Type": "text/html"}, b'<a href="thing/">thing</a>')
        if way == "203":
            return Reply(203, {"Content-Type": "text/html"}, b"<html>Sign in</html>")
        return redirect("/sign-in" if way == "same host" else other.at("/sign-in"))

    url = serve(respond).at("/team/simple/")
    ran = run("login", url, "-u", "me", "--password", "wrong", "--check")
    assert ran.code == 1
    assert "is a page to sign in on" in ran.err
    assert not store.exists()
    ran = run("login", url, "-u", "me", "--password", "right", "--check")
    assert (ran.code, ran.err) == (0, f"Stored credentials for me@{url[:-8]}\n")


def test_check_on_a_page_that_is_open_to_all_says_that_it_proves_nothing(serve: Serve, run: Run) -> None:
    """The credential is kept: nothing speaks against it."""
    server = serve()
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 0
    assert f"note: {server.url} is open to all, so its answer proves nothing about this credential\n" in ran.err


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (refused(403), "does not let it in, or answers a wrong password so"),
        (refused(challenge="Negotiate"), "offers Negotiate and neither Basic nor Bearer"),
        (refused(challenge="Bearer"), "it offers Bearer tokens only, so a password may be of the wrong kind"),
        (Reply(511), "the network that this machine is in wants a sign-in first (511)"),
    ],
    ids=["403", "no Basic", "Bearer only", "511"],
)
def test_check_says_what_else_a_refusal_may_mean(serve: Serve, run: Run, reply: Reply, said: str) -> None:
    """In the words of `explain`."""
    ran = run("login", serve(lambda _: reply).url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 1
    assert said in ran.err


def test_check_says_why_no_server_answers(serve: Serve, run: Run) -> None:
    """As `explain --live` does."""
    server = serve(listening=False)
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert f"nothing listens at {server.netloc} (connection refused)" in ran.err
