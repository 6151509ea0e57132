"""What `pip-indexauth` says of a refusal: once for each index, with the reason and the way on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.messages import Reply
from support.pip_sessions import made, taken_over, write_netrc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests

    from support.index import ServeIndex
    from support.messages import Request
    from support.server import Serve

USERS = {"me": "secret"}


@pytest.mark.parametrize(
    ("netrc", "policy", "words"),
    [
        ("wrong", "auto", "Credentials not correct for http://127.0.0.1:{port}/simple/"),
        (None, "auto", "no credentials found for http://127.0.0.1:{port}/simple/ (see: indexauth explain"),
        ("secret", "never", 'no credentials are sent there (authenticate = "never")'),
    ],
    ids=["wrong", "none", "never"],
)
def test_a_refusal_is_one_warning_for_an_index(
    session: requests.Session,
    serve_index: ServeIndex,
    home: Path,
    workdir: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    netrc: str | None,
    policy: str,
    words: str,
) -> None:
    """However many packages it refuses; the words say which of the reasons it is."""
    monkeypatch.setenv("PATH", str(workdir))  # an old `keyring` command would have a warning of its own
    if netrc is not None:
        write_netrc(home, netrc)
    index = serve_index(["one", "two"], USERS)
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{index.index_url()}"\nauthenticate = "{policy}"\n')
    taken_over(session, made(), index.index_url())
    statuses = [session.get(index.page_url(name)).status_code for name in ("one", "two")]
    assert statuses == [401, 401]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert words.format(port=index.port) in warnings[0]


def test_the_command_in_a_warning_is_one_for_the_tool_alone(
    session: requests.Session,
    serve: Serve,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
) -> None:
    """A project's requirements choose the URL, and people copy the command into a shell."""
    monkeypatch.setenv("PATH", str(home))
    server = serve(lambda _: Reply(401))
    taken_over(session, made(), server.at("/;id/simple/"))
    session.get(server.at("/;id/simple/thing/"))
    assert f"see: indexauth explain --for pip {server.at('/%3Bid/simple/')})" in caplog.text


def test_what_no_index_covers_is_named_by_its_host(
    session: requests.Session, serve_index: ServeIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """A file pip was given the URL of."""
    index = serve_index(["thing"], USERS)
    taken_over(session, made())
    session.get(index.file_url())
    assert f"no credentials found for {index.url} " in caplog.text


@pytest.mark.parametrize("wrong", [True, False], ids=["wrong", "none"])
def test_a_refusal_may_be_a_403(
    session: requests.Session,
    serve: Serve,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    workdir: Path,
    *,
    wrong: bool,
) -> None:
    """Some servers answer a wrong password so, and some a missing one."""
    monkeypatch.setenv("PATH", str(workdir))
    server = serve(lambda _: Reply(403))
    taken_over(session, made(), server.at("/simple/", user="me", password="old") if wrong else server.at("/simple/"))
    for name in ("one", "two"):
        session.get(server.at(f"/simple/{name}/"))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    words = "Credentials not correct for" if wrong else "no credentials found for"
    assert len(warnings) == 1
    assert f"403 Error, {words} {server.at('/simple/')}" in warnings[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda _: Reply(203, {"Content-Type": "text/html"}, b"Sign in"), "/simple/thing/ is a page to sign in on"),
        (
            lambda request: (
                Reply(200, {"Content-Type": "text/html"}, b"Sign in")
                if request.path == "/login"
                else Reply(302, {"Location": "/login#top"})
            ),
            "/login is a page to sign in on",
        ),
    ],
    ids=["203", "redirect"],
)
def test_a_sign_in_page_is_told_with_the_credential_that_was_not_sent(
    session: requests.Session,
    serve: Serve,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[[Request], Reply],
    words: str,
) -> None:
    """pip itself would say that there are no versions."""
    write_netrc(home, "secret")
    server = serve(answer)
    taken_over(session, made(), server.at("/simple/"))
    for _ in range(2):
        session.get(server.at("/simple/thing/"))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"no index page from {server.at('/simple/')}: ")
    assert words in warnings[0]
    assert "the credential from netrc was not sent: name" in warnings[0]
    assert 'uv.toml, with authenticate = "always"' in warnings[0]


@pytest.mark.parametrize("where", ["challenge", "redirect"])
def test_what_a_server_quotes_of_a_password_is_masked(
    session: requests.Session, serve: Serve, home: Path, caplog: pytest.LogCaptureFixture, where: str
) -> None:
    """pip's output is often a log that others can read."""

    def answer(request: Request) -> Reply:
        if "Authorization" not in request.headers:
            return Reply(401, {"WWW-Authenticate": "Basic"})
        if where == "challenge":
            return Reply(401, {"WWW-Authenticate": 'secret realm="x"'})
        if request.path.startswith("/login/"):
            return Reply(200, {"Content-Type": "text/html"}, b"Sign in")
        return Reply(302, {"Location": "/login/secret"})

    write_netrc(home, "secret")
    server = serve(answer)
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/thing/"))
    assert ("offers **** and" if where == "challenge" else "/login/**** is a page to sign in on") in caplog.text
    assert "secret" not in caplog.text


def test_a_password_that_a_redirect_has_by_chance_ends_no_pip(
    session: requests.Session, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """Masked, the URL that a redirect led to would have no scheme."""
    away = serve(lambda _request: Reply(401, {"WWW-Authenticate": "Basic"}))
    server = serve(
        lambda request: (
            Reply(302, {"Location": away.at("/x")})
            if "Authorization" in request.headers
            else Reply(401, {"WWW-Authenticate": "Basic"})
        )
    )
    CredentialStore().set(server.at("/simple/thing"), Credentials.basic("me", "http"))
    taken_over(session, made(), server.at("/simple/"))
    assert session.get(server.at("/simple/thing/")).status_code == 401
    assert away.netloc in caplog.text


def test_a_redirect_from_a_page_that_needs_no_login_is_not_told(
    session: requests.Session, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """A package may be called login."""
    server = serve(
        lambda request: (
            Reply(302, {"Location": "/simple/login/"})
            if request.path == "/simple/Login/"
            else Reply(200, {"Content-Type": "text/html"}, b"<a href='x'>x</a>")
        )
    )
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/Login/"))
    assert [record for record in caplog.records if record.levelno == logging.WARNING] == []


@pytest.mark.parametrize(
    ("challenge", "status", "words"),
    [
        ("Basic", 401, "Credentials not correct for {where}: the server refuses the credential from netrc, which is"),
        ("NTLM", 401, "401 Error for {where}: the server offers NTLM and neither Basic nor Bearer"),
        ("Basic", 403, "the server knows the user from netrc and does not let it in, or answers a wrong password so"),
    ],
    ids=["wrong", "NTLM", "403"],
)
def test_a_refusal_of_a_credential_names_its_source_and_what_to_do(
    session: requests.Session,
    serve: Serve,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    challenge: str,
    status: int,
    words: str,
) -> None:
    """In the words of `explain`, so that the two agree."""
    write_netrc(home, "secret")
    server = serve(
        lambda request: Reply(status if request.authorization else 401, {"WWW-Authenticate": challenge}, b"no")
    )
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/thing/"))
    assert words.format(where=server.at("/simple/")) in caplog.text
    assert "secret" not in caplog.text


def test_a_user_name_without_a_password_is_not_called_a_wrong_one(
    session: requests.Session, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """As `explain` says it."""
    server = serve(lambda _: Reply(401, {"WWW-Authenticate": "Basic"}, b"no"))
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/thing/", user="me"))
    assert ": only a user name is known, and no password for it; " in caplog.text
    assert "wrong, expired or revoked" not in caplog.text


def test_a_redirect_to_another_host_that_refuses_is_told(
    session: requests.Session, serve: Serve, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """That no credentials were found would be wrong: there is one, and it stays where it belongs."""
    write_netrc(home, "secret")
    files = serve(lambda _: Reply(401, {"WWW-Authenticate": "Basic"}, b"no"), host="127.0.0.2")
    server = serve(
        lambda request: (
            Reply(302, {"Location": files.at("/f")})
            if request.authorization
            else Reply(401, {"WWW-Authenticate": "Basic"}, b"no")
        )
    )
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/thing/"))
    assert f"401 Error for {server.at('/simple/')}: a redirect led to {files.at('/f')}, which" in caplog.text
    assert f"the credential from netrc is for {server.url} and stays there" in caplog.text
